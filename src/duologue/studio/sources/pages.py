"""Web pages: the article without its surroundings.

Design choices
- `trafilatura` finds the main text; where it finds none, the readable text of the body is taken if there is
  enough of it.
- Publisher, date and title come from the page's own metadata; the host name stands in for a publisher.
- A page that only points to a feed can say so: `feed_of` reads its `<link rel="alternate">`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit

from duologue.studio.errors import StudioError
from duologue.studio.sources.article import Article
from duologue.studio.sources.cleaning import from_html, prose, squeeze
from duologue.studio.sources.decoding import decode

__all__ = ["feed_of", "is_page", "read_page"]

_LARGEST = 3 * 1024 * 1024
_LONGEST = 200_000
_SHORTEST = 80
_PAGE = re.compile(rb"<(!doctype html|html|body|head|article|p|div)[\s>]", re.IGNORECASE)
_FEED_LINK = re.compile(r"<link\b[^>]*>", re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]*>(.{1,400}?)</title>", re.IGNORECASE | re.DOTALL)


def is_page(data: bytes) -> bool:
    """Whether the beginning of `data` is that of a web page."""
    return _PAGE.search(data[:4096]) is not None


def feed_of(markup: str, url: str) -> str | None:
    """The address of the feed that a page names as its own, or None."""
    for link in _FEED_LINK.findall(markup[:200_000]):
        if re.search(r"application/(rss|atom|feed)\+(xml|json)", link, re.IGNORECASE):
            found = re.search(r"href\s*=\s*[\"']?([^\"'\s>]+)", link, re.IGNORECASE)
            if found:
                return urljoin(url, found[1])
    return None


def _day(value: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(value or "")
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def read_page(data: bytes, origin: str, *, url: str = "", content_type: str = "") -> Article:
    """The article of a web page. Raises StudioError where there is none."""
    if len(data) > _LARGEST:
        raise StudioError(f"the page is larger than {_LARGEST / 1024 / 1024:g} MiB")
    charset = re.search(r"charset=([\w-]+)", content_type) or re.search(
        r"charset=[\"']?([\w-]+)", data[:4096].decode("latin-1"), re.IGNORECASE
    )
    markup = decode(data, charset[1] if charset else "")
    import trafilatura

    found = trafilatura.bare_extraction(
        markup, url=url or None, with_metadata=True, include_comments=False, include_tables=False
    )
    text = prose(getattr(found, "text", None) or "")
    title = squeeze(getattr(found, "title", None) or "")
    if not title:
        named = _TITLE.search(markup)
        title = squeeze(from_html(named[1])) if named else ""
    if len(text) < _SHORTEST:
        text = max(text, from_html(markup), key=len)
    if len(text) < _SHORTEST:
        raise StudioError("the page has no text to speak of")
    if title and text.startswith(title + "\n"):
        text = text[len(title) + 1 :]
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    return Article(
        title=title or text.split("\n", 1)[0][:120],
        text=text[:_LONGEST],
        url=url,
        publisher=squeeze(getattr(found, "sitename", None) or "") or host,
        published=_day(getattr(found, "date", None)),
        language=getattr(found, "language", None) or "",
        origin=origin,
    )
