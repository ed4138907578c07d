"""From a record to a finished folder: speak, mix, encode, caption, and put everything in place at once.

    made = produce(episode, Voice.load(), "tuesday", formats=("mp3", "opus"))

Design choices
- One door for daily, podcast, expressions and `duologue episode render`.
- `derive` makes every file from the record and the mix, in memory; `produce` puts them into the folder, which
  is whole or absent (`folder.py`).
- The record states what each step took; encoding is measured as well as speaking and mixing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from duologue.studio.cache import TurnCache
from duologue.studio.chapters import chapters_json
from duologue.studio.cover import cover
from duologue.studio.encode import FORMATS, encoded, format_named
from duologue.studio.episode import Episode, Step
from duologue.studio.errors import StudioError
from duologue.studio.folder import staged
from duologue.studio.labels import labels_of
from duologue.studio.mixdown import Mix, gap_of, head_of, mixdown
from duologue.studio.page import page
from duologue.studio.protocols import Speak
from duologue.studio.render import Rendering, render
from duologue.studio.transcript import plain, segments, srt, vtt
from duologue.studio.watch import Watch

__all__ = ["KINDS", "Produced", "derive", "mixed", "placed", "produce"]

TEXTS = ("vtt", "srt", "txt", "json", "chapters", "html", "cover")
KINDS = (*FORMATS, *TEXTS)
"""What can be derived: sounds by suffix, captions, transcripts, chapters, page and cover."""
_NAMES = {
    "vtt": "episode.vtt",
    "srt": "episode.srt",
    "txt": "transcript.txt",
    "json": "transcript.json",
    "chapters": "chapters.json",
    "html": "index.html",
    "cover": "cover.jpg",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Produced:
    """A finished episode. `made` and `cached` count turns; `seconds` is the time that all of it took."""

    episode: Episode
    folder: Path
    files: tuple[Path, ...]
    made: int
    cached: int
    seconds: float
    notices: tuple[str, ...] = ()


def placed(
    episode: Episode,
    speak: Speak,
    *,
    cache: TurnCache | None = None,
    progress: Callable[[int, int], None] | None = None,
    voice: str = "heart",
) -> Rendering:
    """The turns spoken, with the room for music and stings that the episode's mastering asks for."""
    mastering = episode.mastering
    return render(
        episode, speak, cache=cache, progress=progress, voice=voice,
        head=head_of(mastering), gap=lambda turn, follows: gap_of(mastering, turn, follows),
    )  # fmt: skip


def mixed(
    episode: Episode,
    speak: Speak,
    *,
    cache: TurnCache | None = None,
    progress: Callable[[int, int], None] | None = None,
    voice: str = "heart",
    rendering: Rendering | None = None,
) -> tuple[Mix, int, tuple[str, ...]]:
    """The finished sound, how many turns had to be spoken, and what is to be reported.

    rendering: of this episode, where it was rendered already. Raises StudioError for what can't be spoken or
    read.
    """
    if rendering is None:
        rendering = placed(episode, speak, cache=cache, progress=progress, voice=voice)
    begun = time.perf_counter()
    mix = mixdown(rendering)
    step = Step(step="mix", backend="duologue", seconds=round(time.perf_counter() - begun, 3))
    return (
        Mix(episode=mix.episode.with_cost(step), audio=mix.audio, sample_rate=mix.sample_rate),
        rendering.made,
        rendering.notices,
    )


def derive(
    episode: Episode, mix: Mix | None, kinds: Sequence[str], *, show: str = "", home: str = ""
) -> dict[str, bytes]:
    """Files by name, of the given kinds, from a rendered record and its mix.

    mix: None where no sound is asked for. Raises StudioError for a kind that is unknown.
    """
    for kind in kinds:
        if kind not in TEXTS:
            format_named(kind)  # complains
    art = cover(show or episode.title, episode.title if show else f"{episode.created:%-d %B %Y}")
    sounds = [k for k in kinds if k in FORMATS]
    made: dict[str, bytes] = {}
    if sounds and mix is None:
        raise StudioError("there is no mix to encode; render the episode first")
    if sounds and mix is not None:
        labels = labels_of(episode, cover=cover(show or episode.title, size=600), show=show)
        with ThreadPoolExecutor() as pool:  # the encoders run outside Python's lock
            top = episode.mastering.ceiling_dbtp
            jobs = {
                k: pool.submit(encoded, mix.audio, mix.sample_rate, k, labels, ceiling=top) for k in sounds
            }
            made |= {f"episode.{kind}": job.result() for kind, job in jobs.items()}
    texts: dict[str, Callable[[], str]] = {
        "vtt": lambda: vtt(episode),
        "srt": lambda: srt(episode),
        "txt": lambda: plain(episode),
        "json": lambda: segments(episode),
        "chapters": lambda: chapters_json(episode, show=show),
    }
    for kind in kinds:
        if kind in texts:
            made[_NAMES[kind]] = texts[kind]().encode()
    if "cover" in kinds or "html" in kinds:
        made[_NAMES["cover"]] = art
    if "html" in kinds:
        names = tuple(n for n in made if n != _NAMES["cover"])
        played = min((n for n in names if n.startswith("episode.")), key=_playable, default="episode.mp3")
        track = _NAMES["vtt"] if "vtt" in kinds else ""
        made[_NAMES["html"]] = page(
            episode, audio=played, captions=track, downloads=names, home=home
        ).encode()
    return made


def _playable(name: str) -> int:
    """Every browser plays MP3; the rest by how likely it is."""
    order = ("mp3", "m4a", "opus", "ogg", "flac", "wav")
    suffix = name.rsplit(".", 1)[-1]
    return order.index(suffix) if suffix in order else len(order)


def produce(
    episode: Episode,
    speak: Speak,
    folder: str | Path,
    *,
    formats: Sequence[str] = ("mp3",),
    cache: TurnCache | None = None,
    progress: Callable[[int, int], None] | None = None,
    watch: Watch | None = None,
    extra: Mapping[str, bytes | str] | None = None,
    voice: str = "heart",
    show: str = "",
    rendering: Rendering | None = None,
) -> Produced:
    """Render `episode` into `folder`: sounds, captions, transcripts, chapters, cover, page and record.

    extra: more files by name, put in place with the rest; progress: turns done and turns in all; watch: hears
    of every stage and may end the run; voice: for turns whose speaker has none; rendering: of this episode,
    where it was rendered already. The folder is the old one or the whole new one, whatever happens.
    Raises StudioError for what can't be made, OSError as the disk does, Cancelled when told to stop.
    """
    begun = time.perf_counter()
    for name in formats:
        format_named(name)
    cache, watch = cache if cache is not None else TurnCache(), watch or Watch()
    mix, made, notices = mixed(
        episode, speak, cache=cache, progress=progress or watch.turns, voice=voice, rendering=rendering
    )
    watch.at("encoding")
    started = time.perf_counter()
    files = derive(mix.episode, mix, (*dict.fromkeys(formats), *TEXTS), show=show)
    step = Step(step="encode", backend="duologue", seconds=round(time.perf_counter() - started, 3))
    done = mix.episode.with_cost(step)
    watch.at("encoding", 1.0)
    if "index.html" in files:  # it shows the cost, this step's too
        files |= {"index.html": _page_again(done, files)}
    with staged(folder) as place:
        for name, data in (*files.items(), *(extra or {}).items()):
            (place / name).write_bytes(data.encode() if isinstance(data, str) else data)
        done.save(place / "episode.json")
    cache.prune()
    target = Path(folder)
    names = ["episode.json", *files, *(extra or {})]
    return Produced(
        episode=done, folder=target, files=tuple(target / n for n in names), made=made,
        cached=len(done.turns) - made, seconds=time.perf_counter() - begun, notices=notices,
    )  # fmt: skip


def _page_again(episode: Episode, files: Mapping[str, bytes]) -> bytes:
    names = tuple(n for n in files if n not in (_NAMES["cover"], _NAMES["html"]))
    played = min((n for n in names if n.startswith("episode.")), key=_playable)
    return page(episode, audio=played, captions=_NAMES["vtt"], downloads=names).encode()
