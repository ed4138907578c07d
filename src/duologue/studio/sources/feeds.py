"""Feeds: RSS, RDF, Atom and JSON Feed to articles.

Design choices
- `feedparser` reads what people publish, well formed or not; it gets bytes, never an address to open, and
  no document type of its own: entity declarations are cut out before it sees them, so a bomb has no fuse.
- Only the first entries of a feed are read, cut before parsing: ten thousand cost no more than two hundred.
- An entry without a title is named by its first sentence, one without a date has none, one without any
  text is left out and counted; the feed goes on.
- Dates of tomorrow and later, and of before 1995, are mistakes: they are dropped.

RSS 2.0, RFC 4287, jsonfeed.org/version/1.1.
"""

from __future__ import annotations

import io
import json
import re
from calendar import timegm
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from duologue.studio.errors import StudioError
from duologue.studio.sources.article import Article, Problem
from duologue.studio.sources.cleaning import from_html, squeeze
from duologue.studio.sources.decoding import decode

__all__ = ["MOST", "is_feed", "read_feed"]

MOST = 200
"""Entries that are read of one feed."""
_LONGEST = 40_000  # characters of one article
_START = re.compile(rb"<(rss|feed|rdf:RDF)[\s>]", re.IGNORECASE)
_DOCTYPE = re.compile(rb"<!DOCTYPE(?:[^\[>]|\[(?:[^\]]|\](?!\s*>))*\])*>", re.IGNORECASE)
_ENTITY = re.compile(rb"<!(ENTITY|ELEMENT|ATTLIST|NOTATION)\b[^>]*>", re.IGNORECASE)
_ENDLESS = re.compile(rb"<[^<>]{20000,}>")  # a tag that takes a parser minutes
_ENTRY = re.compile(rb"<(?:\w+:)?(item|entry)[\s>]", re.IGNORECASE)
_TAILS = {b"rss": b"</channel></rss>", b"feed": b"</feed>", b"rdf:rdf": b"</rdf:RDF>"}
_EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)


def is_feed(data: bytes) -> bool:
    """Whether the beginning of `data` is that of a feed."""
    head = data[:65536]
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        return b"jsonfeed.org/version" in head
    flat = head.replace(b"\0", b"")  # UTF-16
    return _START.search(flat) is not None


def _date(value: Any) -> datetime | None:
    try:
        if isinstance(value, str):
            found = datetime.fromisoformat(value)
            found = found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
        elif value:
            found = datetime.fromtimestamp(timegm(value), UTC)
        else:
            return None
    except (ValueError, OverflowError, OSError, TypeError):
        return None
    return found if _EARLIEST <= found <= datetime.now(UTC) + timedelta(days=1) else None


def _named(title: str, text: str) -> str:
    """The title, or the first sentence in its place, at most 120 characters."""
    title = title or text.split("\n", 1)[0].split(". ", 1)[0]
    if len(title) > 200:
        title = title[:200].rsplit(" ", 1)[0] + "…"
    return title


def _article(
    *, title: str, bodies: list[str], origin: str, place: int, url: str, **known: Any
) -> Article | None:
    title = squeeze(from_html(title).replace("\n", " "))
    text = max((from_html(body[: 4 * _LONGEST]) for body in bodies), key=len, default="")[:_LONGEST]
    if not title and not text:
        return None
    if urlsplit(url).scheme not in ("http", "https"):
        url = ""
    title = _named(title, text)
    return Article(title=title, text=text or title, url=url, origin=origin, place=place, **known)


def _from_json(data: bytes, origin: str) -> tuple[list[Article | None], int]:
    try:
        feed = json.loads(decode(data))
    except (ValueError, RecursionError):
        raise StudioError("this JSON Feed is not well formed") from None
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list):
        raise StudioError("this JSON Feed has no list of items")
    publisher = squeeze(str(feed.get("title") or ""))
    found: list[Article | None] = []
    for place, item in enumerate(items[:MOST]):
        if not isinstance(item, dict):
            found.append(None)
            continue
        bodies = [item.get(k) for k in ("content_html", "content_text", "summary")]
        tags = item.get("tags")
        found.append(
            _article(
                title=str(item.get("title") or ""),
                bodies=[b for b in bodies if isinstance(b, str)],
                origin=origin,
                place=place,
                url=str(item.get("url") or ""),
                publisher=publisher,
                published=_date(item.get("date_published")),
                categories=tuple(str(t) for t in tags[:10]) if isinstance(tags, list) else (),
                language=str(item.get("language") or feed.get("language") or ""),
            )
        )
    return found, len(items)


def _shorten(data: bytes) -> tuple[bytes, int]:
    """The feed with its first `MOST` entries, and how many it had."""
    starts = [m.start() for m in _ENTRY.finditer(data)]
    if len(starts) <= MOST:
        return data, len(starts)
    head = _START.search(data)
    tail = _TAILS[head[1].lower()] if head else b""
    if head and head[1].lower() == b"rdf:rdf":
        return data[: starts[MOST]] + tail, len(starts)
    return data[: starts[MOST]] + tail, len(starts)


def _from_xml(data: bytes, origin: str, content_type: str) -> tuple[list[Article | None], int]:
    import feedparser

    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        data = re.sub(r"encoding=([\"'])[\w-]+\1", 'encoding="utf-8"', decode(data), count=1).encode()
        content_type = ""
    data = _ENDLESS.sub(b"", _ENTITY.sub(b"", _DOCTYPE.sub(b"", data, count=1)))
    data, count = _shorten(data)
    headers = {"content-type": content_type} if content_type else {}
    parsed = feedparser.parse(
        io.BytesIO(data), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )
    if not parsed.version and not parsed.entries:
        raise StudioError("this is not a feed that can be read")
    publisher = squeeze(from_html(str(parsed.feed.get("title", ""))))[:120]
    categories = tuple(t.get("term") or "" for t in parsed.feed.get("tags", []))
    found = []
    for place, entry in enumerate(parsed.entries[:MOST]):
        bodies = [str(c.get("value", "")) for c in entry.get("content", [])] + [str(entry.get("summary", ""))]
        tags = tuple(str(t.get("term") or t.get("label") or "") for t in entry.get("tags", [])[:10])
        found.append(
            _article(
                title=str(entry.get("title", "")),
                bodies=bodies,
                origin=origin,
                place=place,
                url=str(entry.get("link", "")),
                publisher=squeeze(str(entry.get("source", {}).get("title", "") or publisher)),
                published=_date(dict.get(entry, "published_parsed") or dict.get(entry, "updated_parsed")),
                categories=tuple(t for t in (*tags, *categories) if t),
                language=str(parsed.feed.get("language", "")),
            )
        )
    return found, max(count, len(parsed.entries))


def read_feed(data: bytes, origin: str, content_type: str = "") -> tuple[list[Article], list[Problem]]:
    """The articles of a feed in its order, and what was wrong with it.

    origin: its address or file name. Raises StudioError where it can't be read at all.
    """
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
        found, count = _from_json(data, origin)
    else:
        found, count = _from_xml(data, origin, content_type)
    articles = [a for a in found if a is not None]
    problems = []
    if count > MOST:
        problems.append(Problem(origin, f"it has {count} entries; the first {MOST} were read"))
    if empty := len(found) - len(articles):
        problems.append(Problem(origin, f"{empty} of its entries have neither title nor text"))
    if not articles:
        problems.append(Problem(origin, "it has no entries"))
    return articles, problems
