"""The formats: how many may speak, in which roles, and how the talk opens and closes.

Design choices
- A format is a row of a table; what differs between them is one function each (`interview.py`, `debate.py`,
  `roundtable.py`, `critique.py`, `monologue.py`).
- Openings name the speakers, so that a listener can tell the voices apart from the first minute on, and the
  subject in the source's own headline.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from duologue.studio.errors import StudioError
from duologue.studio.podcast.critique import critique
from duologue.studio.podcast.debate import debate
from duologue.studio.podcast.interview import conversation
from duologue.studio.podcast.monologue import monologue
from duologue.studio.podcast.moves import Moves
from duologue.studio.podcast.outline import Outline
from duologue.studio.podcast.personas import Persona
from duologue.studio.podcast.roundtable import roundtable
from duologue.studio.podcast.spoken import without_asides
from duologue.studio.podcast.talk import Talk

__all__ = ["FORMATS", "Format", "find_format", "perform"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Format:
    """fewest, most: speakers; usual: speakers where none are asked for; roles: in order of the speakers;
    minutes: the usual length."""

    name: str
    description: str
    fewest: int = 2
    most: int = 4
    usual: int = 2
    roles: tuple[str, ...] = ("host", "guest")
    minutes: float = 3.0


_ALL = (
    Format(
        name="interview",
        description="a host asks, the guests answer",
        roles=("host", "guest", "guest", "guest"),
    ),
    Format(
        name="deep dive",
        description="two or more hosts go through it, asking and telling in turn",
        roles=("host", "co-host", "co-host", "co-host"),
    ),
    Format(
        name="debate",
        description="what is gained against what it costs, out of the same source",
        usual=3,
        roles=("moderator", "for", "against", "reporter"),
    ),
    Format(
        name="round table",
        description="guests with a beat each: figures, people, doubts",
        usual=4,
        roles=("host", "figures", "people", "doubts"),
    ),
    Format(
        name="monologue",
        description="one speaker tells it",
        fewest=1,
        most=1,
        usual=1,
        roles=("narrator",),
    ),
    Format(
        name="summary",
        description="one speaker tells the gist of it in two minutes",
        fewest=1,
        most=1,
        usual=1,
        roles=("narrator",),
        minutes=2.0,
    ),
    Format(
        name="critique",
        description="a close reading: who is named, what is counted, what is left open",
        fewest=1,
        roles=("critic", "critic", "critic", "critic"),
    ),
)

FORMATS: dict[str, Format] = {one.name: one for one in _ALL}
"""All formats by name, the default first."""


def find_format(name: str, speakers: int | None = None) -> Format:
    """The format of that name ("deep-dive" is "deep dive"). Raises StudioError, also where it takes another
    number of speakers."""
    found = FORMATS.get(" ".join(name.lower().replace("-", " ").replace("_", " ").split()))
    if found is None:
        raise StudioError(f"there is no format '{name[:60]}'; there are {', '.join(FORMATS)}")
    if speakers is not None and not found.fewest <= speakers <= found.most:
        wanted = f"{found.fewest}" if found.fewest == found.most else f"{found.fewest} to {found.most}"
        raise StudioError(f"a {found.name} takes {wanted} speakers, not {speakers}")
    return found


def perform(
    form: Format, outline: Outline, people: Sequence[Persona], moves: Moves, titles: Sequence[str]
) -> Talk:
    """All lines of an episode in this format."""
    talk = Talk()
    _open(talk, form, people, moves, titles)
    count = len(outline.parts)
    for at, part in enumerate(outline.parts):
        moves.common = part.document.common
        last = at == count - 1
        if at:
            talk.chapter(part.document.title or f"Part {at + 1}")
            headline = f" {_closed(part.document.title)}" if part.document.title else ""
            talk.say(0, f"{_AGAIN[(at - 1) % len(_AGAIN)]}{headline}", "ask")
        if form.name in ("monologue", "summary"):
            monologue(talk, part, moves)
        elif form.name == "debate":
            debate(talk, part, people, moves)
        elif form.name == "critique":
            critique(talk, part, people, moves)
        elif form.name == "round table":
            roundtable(talk, part, people, moves, last=last)
        else:
            conversation(talk, part, people, moves, rotate=form.name == "deep dive", last=last)
    _close(talk, form, people, moves)
    return talk


_AGAIN = (
    "And now to something else.",
    "Next on the table:",
    "That brings us to the next piece.",
    "One more today.",
)


def _open(talk: Talk, form: Format, people: Sequence[Persona], moves: Moves, titles: Sequence[str]) -> None:
    names = [p.name for p in people]
    title = without_asides(titles[0]) if titles else ""
    headline = f" {_closed(title)}" if title else ""
    subject = f"Today:{headline}" if headline else "We have a report to talk about."
    talk.chapter("Welcome")
    if form.name in ("monologue", "summary"):
        if headline:
            talk.say(0, headline, "greet")
        return
    hello = moves.phrases.take("hello")
    rest = _listed(names[1:])
    many = "are" if len(names) > 2 else "is"
    if form.name == "interview":
        talk.say(0, f"{hello} I'm {names[0]}. {subject}", "greet")
        talk.say(
            0,
            f"With me {many} {rest}, who {'have' if len(names) > 2 else 'has'} read it from start to finish.",
            "greet",
        )
    elif form.name == "round table":
        talk.say(0, f"{hello} I'm {names[0]}. {subject}", "greet")
        talk.say(0, f"At the table {many} {rest}.", "greet")
    elif form.name == "debate" and len(names) > 2:
        talk.say(0, f"{hello} I'm {names[0]}, and this is a debate. {subject}", "greet")
    elif form.name == "critique":
        talk.say(
            0,
            f"{hello} I'm {names[0]}{f', here with {rest}' if rest else ''}. We read one piece closely."
            f"{f' It is called:{headline}' if headline else ''}",
            "greet",
        )
    else:
        talk.say(0, f"{hello} I'm {names[0]}.", "greet")
        for at, name in enumerate(names[1:], 1):
            talk.say(at, f"And I'm {name}.", "greet")
        talk.say(0, subject, "greet")


def _close(talk: Talk, form: Format, people: Sequence[Persona], moves: Moves) -> None:
    if form.name in ("monologue", "summary"):
        return
    if form.name in ("interview", "round table"):
        talk.say(0, moves.phrases.take("thanks", _listed([p.name for p in people[1:]])), "greet")
    talk.say(0, moves.phrases.take("goodbye"), "greet")


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""


def _closed(title: str) -> str:
    return title if title[-1:] in ".!?" else f"{title}."
