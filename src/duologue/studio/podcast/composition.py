"""From sources to a podcast: outline, conversation, turns, and the length that was asked for.

    made = compose([source], minutes=3, format="interview", speakers=2)
    made.episode.save("episode/episode.json")

Design choices
- Without a writer every statement is a sentence of a source, said with at most its opening changed, and has
  its span; with one (`writer.py`), lines are rewritten one by one, and each new line is used only if
  grounding finds nothing wrong with it.
- Length is met by choosing more or fewer statements until the estimated seconds fit; what is left over is
  taken up by the speed of speech, 5 % at most. A source that is too short is told whole, and that is said.
- The same input and seed give the same episode, but for id and time.
"""

from __future__ import annotations

import hashlib
import time
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

from duologue.studio.episode import Chapter, Episode, Source, Span, Speaker, Step, Turn
from duologue.studio.errors import StudioError
from duologue.studio.pace import Pace
from duologue.studio.podcast.document import Document
from duologue.studio.podcast.formats import Format, find_format, perform
from duologue.studio.podcast.moves import Moves
from duologue.studio.podcast.outline import Material, Outline, outline
from duologue.studio.podcast.performance import style_of
from duologue.studio.podcast.personas import Persona, cast
from duologue.studio.podcast.phrases import Phrases
from duologue.studio.podcast.talk import Line, Talk
from duologue.studio.podcast.writer import rewritten
from duologue.studio.protocols import Write

__all__ = ["Composed", "compose"]

LONGEST = 60
"""Minutes that can be asked for."""
_TRIES = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Composed:
    """The episode, not yet rendered; seconds: its length as estimated; minutes: those it was made for;
    everything: the sources hold no more; notes: what a user should know."""

    episode: Episode
    seconds: float
    minutes: float
    everything: bool = False
    notes: tuple[str, ...] = ()


def compose(
    sources: Sequence[Source],
    *,
    minutes: float | None = None,
    format: str = "interview",
    speakers: int | None = None,
    personas: Sequence[Persona] = (),
    title: str = "",
    write: Write | None = None,
    seed: int | None = None,
    pace: Pace | None = None,
) -> Composed:
    """A podcast about `sources`.

    minutes: 0.5 to 60, the format's usual length if None; format: a name of `FORMATS`; speakers: 1 to 4, the
    format's usual number if None; personas: who they are, the house's own fill up; seed: of the choice of
    phrases, made from the text if None. Raises StudioError for what can't be: no text, an unknown format, too
    many speakers.
    """
    form = find_format(format, speakers if speakers is not None else (len(personas) or None))
    minutes = form.minutes if minutes is None else minutes
    if not 0.5 <= minutes <= LONGEST:
        raise StudioError(f"{minutes:g} minutes can't be made; give 0.5 to {LONGEST}")
    people = cast(speakers or max(len(personas), form.usual), form.roles, personas)
    begun = time.perf_counter()
    documents = [d for d in map(Document.read, map(_kept, _numbered(sources))) if d.sentences]
    if not documents:
        raise StudioError("there is nothing to talk about: no source has a whole sentence of text")
    if seed is None:
        seed = zlib.crc32("".join(d.source.text or "" for d in documents).encode())
    pace = pace or Pace()
    turns, chapters, plan = _fitted(documents, form, people, minutes, seed, pace)
    cost = [Step(step="script", backend="extractive", seconds=time.perf_counter() - begun)]
    notes = []
    kept = tuple(d.source for d in documents)
    if write is not None:
        turns, step, note = rewritten(turns, kept, people, form, write, seed)
        cost.append(step)
        notes += [note] if note else []
    seconds = pace.seconds(turns)
    if plan.everything and seconds < 54 * minutes:
        notes.append(
            f"the sources give {seconds / 60:.1f} minutes, not {minutes:g}: everything in them is told"
        )
    turns = _paced(turns, seconds, minutes * 60)
    episode = Episode(
        kind="podcast",
        title=(title or next((d.title for d in documents if d.title), "") or "A conversation")[:200],
        description=f"{'An' if form.name[0] in 'aeiou' else 'A'} {form.name} with"
        f" {' and '.join(p.name for p in people)}.",
        speakers=tuple(Speaker(name=p.name, role=p.role, voice=p.voice, style=p.style) for p in people),
        chapters=tuple(chapters),
        turns=tuple(turns),
        sources=kept,
        cost=tuple(cost),
    )
    return Composed(
        episode=episode, seconds=pace.seconds(turns), minutes=minutes, everything=plan.everything,
        notes=tuple(notes),
    )  # fmt: skip


def _numbered(sources: Sequence[Source]) -> list[Source]:
    """The sources, each with an id of its own."""
    ids = [s.id for s in sources]
    if len(set(ids)) == len(ids):
        return list(sources)
    return [s.model_copy(update={"id": f"s{i}"}) for i, s in enumerate(sources, 1)]


def _kept(source: Source) -> Source:
    text = source.text or ""
    return (
        source
        if source.sha256
        else source.model_copy(update={"sha256": hashlib.sha256(text.encode()).hexdigest()})
    )


def _fitted(
    documents: Sequence[Document],
    form: Format,
    people: Sequence[Persona],
    minutes: float,
    seed: int,
    pace: Pace,
) -> tuple[list[Turn], list[Chapter], Outline]:
    """Turns whose estimated length is as near to `minutes` as the statements allow."""
    target = minutes * 60
    words = target * 1.9
    materials = [Material.read(document) for document in documents]
    best: tuple[float, list[Turn], list[Chapter], Outline] | None = None
    low, high = 0.0, 1e9
    for _ in range(_TRIES):
        plan = outline(materials, round(words))
        talk = _talked(form, plan, people, minutes, seed, [d.title for d in documents])
        turns, chapters = _turns(talk, people, documents)
        seconds = pace.seconds(turns)
        miss = abs(seconds - target)
        if best is None or miss < best[0]:
            best = miss, turns, chapters, plan
        if miss < 0.02 * target or (plan.everything and seconds <= target):
            break
        if seconds > target:
            high = min(high, words)
        else:
            low = max(low, words)
        guess = words + (target - seconds) * 2.2
        words = guess if low < guess < high else ((low + high) / 2 if high < 1e9 else words * 1.15)
        if high - low < 4 or words < 20:
            break
    assert best is not None
    return best[1], best[2], best[3]


def _talked(
    form: Format, plan: Outline, people: Sequence[Persona], minutes: float, seed: int, titles: Sequence[str]
) -> Talk:
    quirks = people[0].quirks.lower()
    lively = 0.0 if "brief" in quirks or "terse" in quirks else 2.0 if "lively" in quirks else 1.0
    moves = Moves(Phrases(seed), frozenset(), minutes, lively)
    return perform(form, plan, people, moves, titles)


def _turns(
    talk: Talk, people: Sequence[Persona], documents: Sequence[Document]
) -> tuple[list[Turn], list[Chapter]]:
    """Lines as turns: those of one speaker in one style run together, up to a few sentences."""
    turns: list[Turn] = []
    chapters: list[Chapter] = []
    for line in talk.lines:
        persona = people[line.speaker]
        style = style_of(line, persona)
        last = turns[-1] if turns else None
        if line.chapter:
            chapters.append(
                Chapter(id=f"c{len(chapters) + 1}", title=line.chapter, turn=f"t{len(turns) + 1}")
            )
        spans = line.spans or _title_span(line, documents)
        joins = (
            last is not None
            and not line.chapter
            and not (line.opens and line.kind in ("tell", "hinge"))
            and last.speaker == persona.name
            and (last.style == style or len(line.text.split()) < 5)
            and len(last.text) + len(line.text) < 600
        )
        if joins and last is not None:
            merged = tuple(dict.fromkeys((*last.spans, *spans)))
            turns[-1] = last.model_copy(update={"text": f"{last.text} {line.text}", "spans": merged})
            continue
        if last is not None and line.opens and not line.chapter and last.speaker == persona.name:
            turns[-1] = last.model_copy(update={"pause_after": 0.75})
        turns.append(
            Turn(
                id=f"t{len(turns) + 1}",
                speaker=persona.name,
                style=style,
                speed=persona.speed,
                text=line.text,
                spans=spans,
                chapter=chapters[-1].id if chapters else None,
            )
        )
    return turns, chapters


def _title_span(line: Line, documents: Sequence[Document]) -> tuple[Span, ...]:
    """The place of a headline that is read out."""
    for document in documents:
        title = document.title
        if title and title.rstrip(".") in line.text and (at := (document.source.text or "").find(title)) >= 0:
            return (Span(source=document.source.id, start=at, end=at + len(title)),)
    return ()


def _paced(turns: list[Turn], seconds: float, target: float) -> list[Turn]:
    """The turns a little faster or slower, so that the length fits; 5 % at most."""
    factor = seconds / target
    if abs(factor - 1) < 0.01 or factor < 0.8:
        return turns
    factor = round(min(max(factor, 0.95), 1.05), 3)
    return [t.model_copy(update={"speed": round(min(max(t.speed * factor, 0.25), 4.0), 4)}) for t in turns]
