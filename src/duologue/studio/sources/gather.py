"""Gathering: names of any kind in, articles and problems out.

    found = gather(["https://example.org/feed.xml", "notes.md", "papers/"], Fetcher())

Design choices
- What a thing is, is read from its bytes, not from its name: a feed behind .php or a page called feed.xml are
  both right.
- Names are read side by side, a few at a time; the order of the answer is that of the names.
- Nothing that comes from outside can end the run: each fault becomes a `Problem` with the name it belongs to.
- A feed's entry with only a teaser is completed from its page where a fetcher is at hand (`complete`).
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from duologue.studio.episode import Source
from duologue.studio.errors import StudioError
from duologue.studio.sources.article import Article, Problem
from duologue.studio.sources.decoding import decode
from duologue.studio.sources.documents import read_epub, read_markdown, read_pdf, read_text
from duologue.studio.sources.feeds import is_feed, read_feed
from duologue.studio.sources.fetch import Fetcher
from duologue.studio.sources.pages import feed_of, is_page, read_page

__all__ = ["Gathered", "complete", "gather", "read", "uploaded"]

_AT_ONCE = 4
_LARGEST = 64 * 1024 * 1024
_FILES = 200
_SUFFIXES = frozenset(".xml .rss .atom .json .html .htm .xhtml .pdf .epub .md .markdown .txt .text".split())
_TEASER = 400  # characters below which an entry is a teaser


@dataclass(frozen=True, slots=True)
class Gathered:
    """Articles in the order of the names given, and what was wrong."""

    articles: tuple[Article, ...]
    problems: tuple[Problem, ...]

    def sources(self) -> list[Source]:
        """The articles as sources of an episode. Raises StudioError, saying why, where there are none."""
        if not self.articles:
            reason = str(self.problems[0]) if self.problems else "give a file or an address"
            raise StudioError(f"there is no source to talk about ({reason})")
        return [article.source(f"s{number}") for number, article in enumerate(self.articles, 1)]


def read(
    data: bytes, origin: str, *, url: str = "", content_type: str = ""
) -> tuple[list[Article], list[Problem]]:
    """The articles in `data`, whatever kind it is. Raises StudioError where it holds none."""
    if not data.strip():
        raise StudioError("it is empty")
    if data[:1024].lstrip().startswith(b"%PDF-"):
        return [replace(read_pdf(data, origin), url=url)], []
    if data.startswith(b"PK\x03\x04"):
        return [replace(read_epub(data, origin), url=url)], []
    if is_feed(data):
        return read_feed(data, origin, content_type)
    if is_page(data) and not origin.lower().endswith((".md", ".markdown", ".txt")):
        return [read_page(data, origin, url=url, content_type=content_type)], []
    if origin.lower().endswith((".md", ".markdown")) or "markdown" in content_type:
        return [replace(read_markdown(data, origin), url=url)], []
    if data.lstrip()[:5] == b"<?xml":
        raise StudioError("this XML is neither a feed nor a page")
    return [replace(read_text(data, origin), url=url)], []


def _file(path: Path, name: str) -> tuple[list[Article], list[Problem]]:
    size = path.stat().st_size
    if size > _LARGEST:
        raise StudioError(f"the file is larger than {_LARGEST // 1024 // 1024} MiB")
    return read(path.read_bytes(), name)


def _folder(path: Path) -> tuple[list[Article], list[Problem]]:
    articles: list[Article] = []
    problems: list[Problem] = []
    root = path.resolve()
    files = [
        p
        for p in sorted(path.rglob("*"))
        if p.suffix.lower() in _SUFFIXES
        and not any(part.startswith(".") for part in p.relative_to(path).parts)
        and p.is_file()
        and p.resolve().is_relative_to(root)
    ]
    if not files:
        raise StudioError("the folder has no file that can be read (feeds, pages, PDF, EPUB, Markdown, text)")
    if len(files) > _FILES:
        problems.append(Problem(str(path), f"it has {len(files)} files; the first {_FILES} were read"))
    for file in files[:_FILES]:
        found, wrong = _guarded(str(file), lambda name, file=file: _file(file, name))
        articles += found
        problems += wrong
    return articles, problems


def _page(name: str, fetcher: Fetcher) -> tuple[list[Article], list[Problem]]:
    fetched = fetcher.get(name)
    if is_page(fetched.body) and not is_feed(fetched.body):
        feed = feed_of(decode(fetched.body), fetched.url)
        if feed and len(fetched.url.split("/")) <= 4:  # a front page stands for its feed
            fetched = fetcher.get(feed)
    return read(fetched.body, name, url=fetched.url, content_type=fetched.content_type)


def _one(name: str, fetcher: Fetcher | None, files: bool) -> tuple[list[Article], list[Problem]]:
    if not files and not name.startswith(("http://", "https://")):
        raise StudioError("only http and https addresses can be read here; send files instead of naming them")
    if name == "-":
        return read(sys.stdin.buffer.read(_LARGEST), "standard input")
    if name.startswith(("http://", "https://")):
        if fetcher is None:
            raise StudioError("it is an address, and this run is offline")
        return _page(name, fetcher)
    path = Path(name)
    if path.is_dir():
        return _folder(path)
    if not path.exists():
        raise StudioError("there is no such file; give a file, a folder, an http(s) address, or -")
    return _file(path, name)


def _guarded(name: str, work: object) -> tuple[list[Article], list[Problem]]:
    """The result of `work(name)`; a fault of any kind becomes the problem of that name."""
    assert callable(work)
    try:
        return work(name)
    except StudioError as error:
        return [], [Problem(name, str(error))]
    except OSError as error:
        return [], [Problem(name, error.strerror or str(error))]
    except Exception as error:  # parsers meet what nobody foresaw; the briefing goes on
        return [], [Problem(name, f"it can't be read ({type(error).__name__}: {str(error)[:100]})")]


def gather(names: Sequence[str], fetcher: Fetcher | None = None, *, files: bool = True) -> Gathered:
    """The articles of all `names`: addresses, files, folders, or - for standard input.

    fetcher None: offline; files: whether names may be those of files and folders here. Never raises for what
    it reads.
    """
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        results = list(pool.map(lambda name: _guarded(name, lambda n: _one(n, fetcher, files)), names))
    articles = [a for found, _ in results for a in found]
    return Gathered(tuple(articles), tuple(p for _, wrong in results for p in wrong))


def uploaded(files: Mapping[str, bytes]) -> Gathered:
    """The articles in files that a host was sent, by name. Never raises for what it reads."""
    results = [
        _guarded(name, lambda n, data=data: read(data, n))
        if len(data) <= _LARGEST
        else ([], [Problem(name, f"the file is larger than {_LARGEST // 1024 // 1024} MiB")])
        for name, data in files.items()
    ]
    return Gathered(
        tuple(a for found, _ in results for a in found), tuple(p for _, wrong in results for p in wrong)
    )


def complete(articles: Sequence[Article], fetcher: Fetcher) -> Gathered:
    """`articles` with teasers replaced by the text of their pages where these can be had."""

    def fill(article: Article) -> tuple[list[Article], list[Problem]]:
        if not article.url or len(article.text) >= _TEASER:
            return [article], []
        found, problems = _guarded(article.url, lambda name: _page(name, fetcher))
        page = found[0] if len(found) == 1 else None
        if page is None or len(page.text) <= len(article.text):
            return [article], problems
        return [replace(article, text=page.text)], []

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        results = list(pool.map(fill, articles))
    return Gathered(
        tuple(a for found, _ in results for a in found), tuple(p for _, wrong in results for p in wrong)
    )
