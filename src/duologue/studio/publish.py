"""A folder of episodes to a static site: list, pages, sounds, feed.

Design choices
- Any web server can serve it: plain files, relative links in pages, absolute ones in the feed alone.
- The source is every folder below that holds an `episode.json`; what isn't whole is left out and reported,
  and the rest is published.
- The site is built beside and takes its place at once; episodes that went are gone from it.
- Sounds are hard links where the disk can, so publishing a year of briefings copies nothing.
"""

from __future__ import annotations

import html
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from string import Template

from duologue.studio.cover import cover
from duologue.studio.encode import FORMATS
from duologue.studio.episode import Episode
from duologue.studio.errors import StudioError
from duologue.studio.folder import recover, staged
from duologue.studio.labels import SOFTWARE
from duologue.studio.page import NOTE, clock, page, site_file
from duologue.studio.rss import Item, feed
from duologue.studio.show import Show

__all__ = ["Published", "publish"]

_ORDER = ("mp3", "m4a", "opus", "ogg", "flac", "wav")
_BESIDE = (
    "episode.vtt",
    "episode.srt",
    "transcript.txt",
    "transcript.json",
    "chapters.json",
    "cover.jpg",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What was built. `notices` says what was left out and why."""

    folder: Path
    items: tuple[Item, ...]
    notices: tuple[str, ...]


def publish(source: str | Path, target: str | Path, show: Show) -> Published:
    """Build the site of all episodes below `source` in the folder `target`.

    Raises StudioError where there is no episode at all, OSError as the disk does.
    """
    source, target = Path(source).resolve(), Path(target).resolve()
    if not source.is_dir():
        raise StudioError(f"there is no folder '{source}' to publish")
    art = _art(source, show)
    notices: list[str] = []
    found: dict[str, tuple[Episode, Path]] = {}
    for record in sorted(source.rglob("episode.json")):
        folder = record.parent
        hidden = any(part.startswith(".") for part in folder.relative_to(source).parts)
        if hidden or target in (folder, *folder.parents):
            continue
        try:
            recover(folder)
            episode = Episode.load(record)
            _sound(folder, episode)
        except StudioError as error:
            notices.append(f"{folder.name}: {error}")
            continue
        if episode.id in found:
            notices.append(f"{folder.name}: it is the same episode as {found[episode.id][1].name}, left out")
            continue
        found[episode.id] = (episode, folder)
    if not found:
        told = f" ({notices[0]})" if notices else ""
        raise StudioError(f"there is no finished episode below '{source}'{told}")
    with staged(target, keep=False) as site:
        items = [_place(episode, folder, site) for episode, folder in found.values()]
        items.sort(key=lambda i: (i.episode.created, i.episode.id), reverse=True)
        (site / "cover.jpg").write_bytes(art)
        (site / "feed.xml").write_bytes(feed(show, items))
        (site / "index.html").write_text(_index(show, items), "utf-8")
    return Published(folder=target, items=tuple(items), notices=tuple(notices))


def _art(source: Path, show: Show) -> bytes:
    """The cover of the show: the user's as a square JPEG, or one that is drawn."""
    if not show.image:
        return cover(show.title, show.author if show.author != "Duologue" else "", seed=show.title)
    import io

    from PIL import Image, UnidentifiedImageError

    path = source / show.image
    try:
        with Image.open(path) as image:
            if image.width != image.height or image.width < 1400:
                raise StudioError(
                    f"'{path}' has {image.width} by {image.height} pixels; a cover is square, 1400 at least"
                )
            out = io.BytesIO()
            image.convert("RGB").save(out, "JPEG", quality=88)
            return out.getvalue()
    except (FileNotFoundError, UnidentifiedImageError, Image.DecompressionBombError):
        raise StudioError(f"'{path}' is no picture that can be read") from None


def _sound(folder: Path, episode: Episode) -> Path:
    """The sound of an episode. Raises StudioError where there is none."""
    if not episode.rendered:
        raise StudioError("it isn't rendered yet; run `duologue episode render`")
    for suffix in _ORDER:
        path = folder / f"episode.{suffix}"
        if path.is_file() and path.stat().st_size:
            return path
    raise StudioError(f"it has no sound; one of {', '.join(FORMATS)} should lie beside the record")


def _link(path: Path, place: Path) -> None:
    try:
        os.link(path, place)
    except OSError:  # another disk, or one without hard links
        shutil.copy2(path, place)


def _place(episode: Episode, folder: Path, site: Path) -> Item:
    """Put an episode into the site."""
    sound = _sound(folder, episode)
    name = f"episodes/{episode.created:%Y-%m-%d}-{episode.id.lower()}"
    place = site / name
    place.mkdir(parents=True)
    _link(sound, place / sound.name)
    others = []
    for beside in _BESIDE:
        if (folder / beside).is_file():
            _link(folder / beside, place / beside)
            others.append(beside)
    if "cover.jpg" not in others:
        (place / "cover.jpg").write_bytes(cover(episode.title))
    captions = "episode.vtt" if "episode.vtt" in others else ""
    listed = (sound.name, *(o for o in others if o != "cover.jpg"))
    text = page(episode, audio=sound.name, captions=captions, downloads=listed, home="../../index.html")
    (place / "index.html").write_text(text, "utf-8")
    return Item(
        episode=episode, folder=name, sound=sound.name, size=sound.stat().st_size, others=frozenset(others)
    )


def _index(show: Show, items: list[Item]) -> str:
    rows = []
    for item in items:
        episode = item.episode
        told = episode.description or "; ".join(c.title for c in episode.chapters)
        rows.append(
            f'<li><h2><a href="{item.folder}/index.html">{html.escape(episode.title)}</a></h2>'
            f"<p>{episode.created:%-d %B %Y} · {clock(episode.seconds or 0)}</p>"
            f"<p>{html.escape(told)}</p></li>"
        )
    return Template(site_file("index.html")).substitute(
        language=html.escape(show.language),
        software=html.escape(SOFTWARE),
        title=html.escape(show.title),
        description=html.escape(show.description),
        style=site_file("style.css"),
        episodes="\n".join(rows),
        note=NOTE,
    )
