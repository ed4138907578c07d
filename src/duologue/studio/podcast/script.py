"""A script as Markdown: what a person edits before it is spoken, and what can be given instead of a source.

    # The harbour bridge

    - Nora (host): voice heart
    - Miles (guest): voice fable, style calm

    ## What happened

    Nora: So, Miles, what happened?
    Miles (serious): The bridge will close on Monday. <!-- s1:120-184 -->

Design choices
- A line that opens with a name and a colon is a turn; a style may stand in brackets behind the name, and a
  pause in seconds too: "Miles (serious, pause 1.5): ...". Lines that follow belong to the turn. `**Name:**`
  will do.
- A heading is a chapter, the first one of level one the title; the list of speakers may be left out, and then
  the names are cast in the order they come.
- Spans stand in a comment at the end of a turn: they survive the editing of words, and an editor that shows
  Markdown doesn't show them. Spans of sources that aren't given along are dropped.
- Reading what was written gives the same turns, word for word.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from duologue.studio.episode import Chapter, Episode, Source, Span, Speaker, Turn
from duologue.studio.errors import StudioError
from duologue.studio.podcast.personas import DEFAULTS, Persona

__all__ = ["read_script", "write_script"]

_SPEAKER = re.compile(r"^[-*]\s+(?P<name>[^:()]{1,40}?)(?:\s*\((?P<role>[^)]*)\))?\s*:\s*(?P<rest>.*)$")
_TURN = re.compile(
    r"^(?:\*\*|__)?(?P<name>[^\W\d_][\w "
    r".’'-]{0,39}?)(?:\s*\((?P<how>[^)]{1,80})\))?\s*(?::(?:\*\*|__)?|(?:\*\*|__):)\s+"
    r"(?P<text>.*)$"
)
_SPANS = re.compile(r"\s*<!--\s*(?P<spans>(?:[^\s:>]+:\d+-\d+\s*)+)-->\s*$")
_COMMENT = re.compile(r"<!--.*?-->", re.S)
_LARGEST = 2_000_000


def write_script(episode: Episode) -> str:
    """The script of an episode."""
    lines = [f"# {episode.title}", ""]
    for speaker in episode.speakers:
        how = ", ".join(
            f"{key} {value}" for key, value in (("voice", speaker.voice), ("style", speaker.style)) if value
        )
        role = f" ({speaker.role})" if speaker.role else ""
        lines.append(f"- {speaker.name}{role}: {how}")
    opens = {c.turn: c.title for c in episode.chapters}
    for turn in episode.turns:
        if turn.id in opens:
            lines += ["", f"## {opens[turn.id]}"]
        own = episode.style_of(turn.model_copy(update={"style": ""}))
        manner = [turn.style] if turn.style and turn.style != own else []
        manner += [f"speed {turn.speed:g}"] if turn.speed != 1 else []
        manner += [f"pause {turn.pause_after:g}"] if turn.pause_after is not None else []
        manner += [f"voice {turn.voice}"] if turn.voice else []
        bracket = f" ({', '.join(manner)})" if manner else ""
        spans = " ".join(f"{s.source}:{s.start}-{s.end}" for s in turn.spans)
        comment = f" <!-- {spans} -->" if spans else ""
        lines += ["", f"{turn.speaker or 'Narrator'}{bracket}: {' '.join(turn.text.split())}{comment}"]
    return "\n".join(lines) + "\n"


def read_script(
    text: str, *, sources: Sequence[Source] = (), personas: Sequence[Persona] = (), title: str = ""
) -> Episode:
    """The episode of a script. sources: what its spans point into; personas: voices for names without one.

    Raises StudioError, naming the line, for what isn't a script.
    """
    if len(text) > _LARGEST:
        raise StudioError(f"the script has {len(text)} characters; {_LARGEST} is the most")
    speakers: dict[str, Speaker] = {}
    turns: list[Turn] = []
    chapters: list[Chapter] = []
    heading = ""
    known = {s.id: len(s.text or "") for s in sources}
    listing = True
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line or (line.startswith("<!--") and line.endswith("-->")):
            continue
        if match := re.match(r"^(#{1,6})\s+(.+)$", line):
            if match[1] == "#" and not title and not turns:
                title = match[2].strip()
            else:
                heading = match[2].strip()
            continue
        if listing and not turns and (match := _SPEAKER.match(line)):
            name = match["name"].strip()
            speakers[name] = _speaker(name, match["role"] or "", match["rest"], number)
            continue
        if match := _TURN.match(line):
            listing = False
            turn = _turn(match, number, len(turns) + 1, known)
            if heading or not chapters:
                chapters.append(
                    Chapter(id=f"c{len(chapters) + 1}", title=heading or "Beginning", turn=turn.id)
                )
                heading = ""
            turns.append(turn.model_copy(update={"chapter": chapters[-1].id}))
            continue
        if not turns:
            raise StudioError(f"line {number} is no turn; write 'Name: what is said'")
        more, spans = _split(line, known)
        last = turns[-1]
        turns[-1] = last.model_copy(
            update={"text": f"{last.text} {more}".strip(), "spans": (*last.spans, *spans)}
        )
    turns = [t for t in turns if t.text]
    if not turns:
        raise StudioError("the script has no turns; write lines such as 'Nora: Good morning.'")
    opened = {t.id for t in turns}
    cast = _cast([t.speaker for t in turns], speakers, personas)
    return Episode(
        kind="podcast",
        title=(title or "A conversation")[:200],
        speakers=tuple(cast),
        chapters=tuple(c for c in chapters if c.turn in opened),
        turns=tuple(
            t
            if t.chapter in {c.id for c in chapters if c.turn in opened}
            else t.model_copy(update={"chapter": None})
            for t in turns
        ),
        sources=tuple(sources),
    )


def _speaker(name: str, role: str, rest: str, number: int) -> Speaker:
    fields = {"voice": "", "style": ""}
    for part in filter(None, (p.strip() for p in rest.split(","))):
        key, _, value = part.partition(" ")
        if key.rstrip(":=") not in fields or not value.strip():
            raise StudioError(f"line {number}: '{part[:40]}' is neither 'voice NAME' nor 'style NAME'")
        fields[key.rstrip(":=")] = value.strip()
    return Speaker(name=name, role=role.strip(), voice=fields["voice"], style=fields["style"])


def _turn(match: re.Match[str], number: int, count: int, known: dict[str, int]) -> Turn:
    style, voice, speed, pause = "", "", 1.0, None
    for part in filter(None, (p.strip() for p in (match["how"] or "").split(","))):
        key, _, value = part.partition(" ")
        try:
            if key == "pause":
                pause = min(60.0, max(0.0, float(value.rstrip("s "))))
            elif key == "speed":
                speed = float(value)
            elif key == "voice":
                voice = value.strip()
            else:
                style = part
        except ValueError:
            raise StudioError(
                f"line {number}: '{part}' has no number; write for example '{key} 1.2'"
            ) from None
    if not 0.25 <= speed <= 4:
        raise StudioError(f"line {number}: speed {speed:g} can't be spoken; give 0.25 to 4")
    text, spans = _split(match["text"], known)
    return Turn(
        id=f"t{count}",
        speaker=match["name"].strip(),
        voice=voice,
        style=style,
        speed=speed,
        text=text,
        spans=tuple(spans),
        pause_after=pause,
    )


def _split(line: str, known: dict[str, int]) -> tuple[str, list[Span]]:
    """The words of a line, and the spans in the comment behind them."""
    spans: list[Span] = []
    if match := _SPANS.search(line):
        line = line[: match.start()]
        for one in match["spans"].split():
            source, _, place = one.rpartition(":")
            start, _, end = place.partition("-")
            if source in known and int(start) <= int(end) <= known[source]:
                spans.append(Span(source=source, start=int(start), end=int(end)))
    return " ".join(_COMMENT.sub(" ", line).split()), spans


def _cast(names: Sequence[str], listed: dict[str, Speaker], personas: Sequence[Persona]) -> list[Speaker]:
    """The speakers in order: those listed, then whoever speaks, with voices nobody has yet."""
    order = list(dict.fromkeys((*listed, *names)))
    if len(order) > 64:
        raise StudioError(f"the script has {len(order)} speakers; 64 is the most (is every line a turn?)")
    given = {p.name.lower(): p for p in personas}
    taken = {s.voice for s in listed.values() if s.voice}
    free = [p.voice for p in DEFAULTS if p.voice not in taken]
    made: list[Speaker] = []
    for name in order:
        speaker = listed.get(name) or Speaker(name=name)
        persona = given.get(name.lower())
        own = next((p.voice for p in DEFAULTS if p.name == name and p.voice in free), "")
        voice = (
            speaker.voice
            or (persona.voice if persona else "")
            or own
            or (free[0] if free else DEFAULTS[len(made) % 4].voice)
        )
        if voice in free:
            free.remove(voice)
        style = speaker.style or (persona.style if persona else "")
        made.append(speaker.model_copy(update={"voice": voice, "style": style}))
    return made
