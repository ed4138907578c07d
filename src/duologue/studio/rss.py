"""The feed: RSS 2.0 with the tags of iTunes and Podcasting 2.0.

Design choices
- The GUID of an item is the episode's ULID: it stays whatever moves or is renamed.
- Addresses are absolute; the enclosure states the true length in bytes.
- Built as a tree and serialised, never pasted together; characters that XML can't hold are taken out.
- Dates are the record's, so the same episodes give the same feed, byte for byte.
- Items say that the voices are AI-generated, in words and in `podcast:txt`.

rssboard.org/rss-specification; help.apple.com/itc/podcasts_connect (RSS tags);
podcastindex.org/namespace/1.0.
"""

from __future__ import annotations

import html
import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import format_datetime
from urllib.parse import quote

from duologue.studio.chapters import MIME as CHAPTERS_MIME
from duologue.studio.encode import FORMATS
from duologue.studio.episode import Episode
from duologue.studio.labels import MARK, SOFTWARE
from duologue.studio.page import NOTE, clock
from duologue.studio.show import Show

__all__ = ["Item", "feed"]

_NAMES = {
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "podcast": "https://podcastindex.org/namespace/1.0",
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
}
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An episode as it is published. folder: its path below the site; sound: file name; size in bytes;
    others: names of the files beside it."""

    episode: Episode
    folder: str
    sound: str
    size: int
    others: frozenset[str]


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    prefix, _, local = name.rpartition(":")
    tag = f"{{{_NAMES[prefix]}}}{local}" if prefix else name
    made = ET.SubElement(parent, tag, {k: _NOT_XML.sub("", v) for k, v in attributes.items()})
    if text:
        made.text = _NOT_XML.sub("", text)
    return made


def feed(show: Show, items: Sequence[Item]) -> bytes:
    """The feed as UTF-8, newest item first."""
    for prefix, name in _NAMES.items():
        ET.register_namespace(prefix, name)
    root = ET.Element("rss", {"version": "2.0"})
    channel = ET.SubElement(root, "channel")
    _add(channel, "title", show.title)
    _add(channel, "link", show.url)
    _add(channel, "description", show.description)
    _add(channel, "language", show.language)
    _add(channel, "generator", SOFTWARE)
    _add(channel, "atom:link", href=show.feed, rel="self", type="application/rss+xml")
    ordered = sorted(items, key=lambda i: (i.episode.created, i.episode.id), reverse=True)
    if ordered:
        _add(channel, "lastBuildDate", format_datetime(ordered[0].episode.created))
    _add(channel, "itunes:author", show.author)
    if show.email:
        owner = _add(channel, "itunes:owner")
        _add(owner, "itunes:name", show.author)
        _add(owner, "itunes:email", show.email)
        _add(channel, "podcast:locked", "yes" if show.locked else "no", owner=show.email)
    else:
        _add(channel, "podcast:locked", "yes" if show.locked else "no")
    _add(channel, "itunes:category", text=show.category)
    _add(channel, "itunes:explicit", "true" if show.explicit else "false")
    _add(channel, "itunes:image", href=show.url + "cover.jpg")
    _add(channel, "itunes:type", "episodic")
    image = _add(channel, "image")
    for name, text in (("url", show.url + "cover.jpg"), ("title", show.title), ("link", show.url)):
        _add(image, name, text)
    _add(channel, "podcast:guid", show.guid)
    _add(channel, "podcast:medium", "podcast")
    _add(channel, "podcast:txt", MARK, purpose="ai-content")
    for item in ordered:
        _add_item(channel, show, item)
    ET.indent(root)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="utf-8") + b"\n"


def _add_item(channel: ET.Element, show: Show, item: Item) -> None:
    episode = item.episode
    base = show.url + quote(item.folder) + "/"
    made = ET.SubElement(channel, "item")
    summary = episode.description or _summary(episode)
    _add(made, "title", episode.title)
    _add(made, "link", base)
    _add(made, "description", f"{summary}\n\n{NOTE}")
    _add(made, "content:encoded", _notes(episode, summary))
    _add(made, "guid", episode.id, isPermaLink="false")
    _add(made, "pubDate", format_datetime(episode.created))
    mime = FORMATS[item.sound.rsplit(".", 1)[-1]].mime
    _add(made, "enclosure", url=base + quote(item.sound), length=str(item.size), type=mime)
    _add(made, "itunes:title", episode.title)
    _add(made, "itunes:author", show.author)
    _add(made, "itunes:duration", str(max(round(episode.seconds or 0), 1)))
    _add(made, "itunes:explicit", "true" if show.explicit else "false")
    _add(made, "itunes:episodeType", "full")
    _add(made, "itunes:image", href=base + "cover.jpg")
    for name, mime in (
        ("episode.vtt", "text/vtt"),
        ("episode.srt", "application/x-subrip"),
        ("transcript.json", "application/json"),
    ):
        if name in item.others:
            attributes = {"url": base + name, "type": mime, "language": episode.language}
            if name != "transcript.json":
                attributes["rel"] = "captions"
            _add(made, "podcast:transcript", **attributes)
    if "chapters.json" in item.others and episode.chapters:
        _add(made, "podcast:chapters", url=base + "chapters.json", type=CHAPTERS_MIME)
    for speaker in episode.speakers:
        role = speaker.role.lower() if speaker.role.lower() in ("host", "guest", "narrator") else "host"
        _add(made, "podcast:person", speaker.name[:128], role=role)
    _add(made, "podcast:txt", MARK, purpose="ai-content")


def _summary(episode: Episode) -> str:
    titles = [c.title for c in episode.chapters]
    return "; ".join(titles) if titles else " ".join(episode.turns[0].text.split())[:300]


def _notes(episode: Episode, summary: str) -> str:
    """Show notes as HTML: summary, chapters, sources, the mark."""
    parts = [f"<p>{html.escape(summary)}</p>"]
    if len(episode.chapters) > 1:
        rows = "".join(f"<li>{clock(c.start or 0)} {html.escape(c.title)}</li>" for c in episode.chapters)
        parts.append(f"<ul>{rows}</ul>")
    if episode.sources:
        rows = "".join(
            f'<li><a href="{html.escape(s.url)}">{html.escape(s.title or s.url)}</a></li>'
            if s.url.startswith(("https://", "http://"))
            else f"<li>{html.escape(s.title or s.id)}</li>"
            for s in episode.sources
        )
        parts.append(f"<p>Sources</p><ul>{rows}</ul>")
    parts.append(f"<p>{MARK} speech. {NOTE}</p>")
    return "".join(parts)
