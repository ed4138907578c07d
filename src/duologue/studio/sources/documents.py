"""Documents: PDF, EPUB, Markdown and plain text to articles.

Design choices
- PDF through `pypdf`, page by page under a clock; words broken at line ends are joined again and lines
  become paragraphs. A scan without text says so.
- EPUB is a zip of HTML: its own reading order (container, package, spine) is followed with `zipfile` and
  `lxml`, entities off, sizes counted while unpacking, so no bomb and no second package are needed.
- Markdown loses its marks, code and tables; its front matter gives title and date.
- Plain text: a short first line followed by an empty one is the title. Single line breaks inside a
  paragraph are joined, as wrapped text has them.
"""

from __future__ import annotations

import io
import re
import time
import zipfile
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote

from duologue.studio.errors import StudioError
from duologue.studio.sources.article import Article
from duologue.studio.sources.cleaning import from_html, prose, squeeze
from duologue.studio.sources.decoding import decode

__all__ = ["read_epub", "read_markdown", "read_pdf", "read_text"]

_LONGEST = 2_000_000  # characters of one document
_PAGES = 1000
_SECONDS = 20.0
_UNPACKED = 64 * 1024 * 1024
_SENTENCE_END = re.compile(r"[.!?:…][\"”’)\]]*$")


def _paragraphs(text: str) -> str:
    """Wrapped lines joined: an empty line, or a short line that ends a sentence, ends a paragraph."""
    lines = [squeeze(line) for line in text.split("\n")]
    width = max((len(line) for line in lines), default=0)
    whole = sum(bool(_SENTENCE_END.search(line)) for line in lines)
    wrapped = width <= 130 and whole < 0.7 * sum(map(bool, lines))
    out = [""]
    for line in lines:
        if not line:
            out.append("")
        elif not out[-1]:
            out[-1] = line
        elif out[-1].endswith("-") and out[-1][-2:-1].isalpha() and line[:1].islower():
            out[-1] = out[-1][:-1] + line
        else:
            out[-1] += " " + line
        if not wrapped or (line and len(line) < 0.6 * width and _SENTENCE_END.search(line)):
            out.append("")
    return "\n".join(p for p in out if p)


def _made(title: str, text: str, origin: str, published: datetime | None = None) -> Article:
    text = prose(text)[:_LONGEST]
    if not text:
        raise StudioError("there is no text in it")
    title = squeeze(title) or PurePosixPath(origin.replace("\\", "/")).stem.replace("_", " ") or "Untitled"
    return Article(title=title[:200], text=text, origin=origin, published=published)


def read_pdf(data: bytes, origin: str) -> Article:
    """The text of a PDF. Raises StudioError for a damaged, locked or textless one."""
    import logging

    import pypdf

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what is wrong is said in the exception
    begun, pages, title = time.monotonic(), [], ""
    try:
        reader = pypdf.PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise StudioError("the PDF is locked with a password")
        title = str((reader.metadata.title if reader.metadata else "") or "")
        for number, page in enumerate(reader.pages):
            if number >= _PAGES or time.monotonic() - begun > _SECONDS:
                break
            pages.append(_paragraphs(page.extract_text() or ""))
    except StudioError:
        raise
    except Exception as error:  # pypdf lets many kinds through: KeyError, RecursionError, zlib.error …
        raise StudioError(f"the PDF can't be read ({str(error)[:100] or type(error).__name__})") from None
    if not "".join(pages).strip():
        raise StudioError("the PDF has no text; it may be a scan, which needs character recognition first")
    return _made(title, "\n".join(pages), origin)


def _member(book: zipfile.ZipFile, name: str, budget: list[int]) -> bytes:
    with book.open(name) as file:
        data = file.read(budget[0] + 1)
    budget[0] -= len(data)
    if budget[0] < 0:
        raise StudioError(f"the EPUB unpacks to more than {_UNPACKED // 1024 // 1024} MiB")
    return data


def _xml(data: bytes) -> Any:
    from lxml import etree

    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))


def read_epub(data: bytes, origin: str) -> Article:
    """The chapters of an EPUB in reading order. Raises StudioError for what is none."""
    from lxml import etree

    budget = [_UNPACKED]
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            container = _xml(_member(book, "META-INF/container.xml", budget))
            package = str(container.xpath("string(//*[local-name()='rootfile']/@full-path)"))
            root = _xml(_member(book, package, budget))
            title = str(root.xpath("string(//*[local-name()='metadata']/*[local-name()='title'])"))
            items = {
                str(i.get("id")): unquote(str(i.get("href")))
                for i in root.xpath("//*[local-name()='manifest']/*[local-name()='item']")
                if "html" in str(i.get("media-type"))
            }
            names = set(book.namelist())
            chapters = []
            for ref in root.xpath("//*[local-name()='spine']/*[local-name()='itemref']/@idref"):
                path = str(PurePosixPath(package).parent / items.get(str(ref), "")).removeprefix("./")
                if path in names:
                    chapters.append(from_html(_member(book, path, budget)))
    except StudioError:
        raise
    except (zipfile.BadZipFile, KeyError, etree.XMLSyntaxError, RuntimeError, OSError, ValueError) as error:
        raise StudioError(f"the EPUB can't be read ({str(error)[:100]})") from None
    return _made(title, "\n".join(chapters), origin)


def _front_matter(text: str) -> tuple[dict[str, str], str]:
    match = re.match(r"---\n(.{0,4000}?)\n---\n", text, re.DOTALL)
    if not match:
        return {}, text
    pairs = (line.partition(":") for line in match[1].split("\n"))
    return {k.strip().lower(): v.strip().strip("\"'") for k, _, v in pairs}, text[match.end() :]


def read_markdown(data: bytes, origin: str) -> Article:
    """The prose of a Markdown file."""
    known, text = _front_matter(decode(data))
    text = re.sub(r"^(```|~~~).*?^\1\s*$", "", text, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    heading = re.search(r"^#\s+(.+?)\s*#*$", text, re.MULTILINE)
    title = known.get("title") or (heading[1] if heading else "")
    if heading and heading[1] == title:
        text = text[: heading.start()] + text[heading.end() :]
    text = re.sub(r"^\s*\|.*\|\s*$|^\s*([-*_]\s*){3,}$|^\[[^\]]+\]:\s.*$", "", text, flags=re.MULTILINE)
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", text)
    text = re.sub(r"\[([^\]]+)\](\([^)]*\)|\[[^\]]*\])", r"\1", text)
    text = re.sub(r"^\s{0,3}(#{1,6}\s+|>\s?|[-*+]\s+|\d{1,3}[.)]\s+)", "\n", text, flags=re.MULTILINE)
    text = re.sub(r"(\*\*|__|~~|`)(.+?)\1", r"\2", text)
    text = re.sub(r"(?<!\w)[*_](?!\s)(.+?)(?<!\s)[*_](?!\w)", r"\1", text)
    text = re.sub(r"</?[a-zA-Z][^>]{0,200}>", "", text)
    try:
        day = datetime.fromisoformat(known.get("date", "")).replace(tzinfo=UTC)
    except ValueError:
        day = None
    return _made(title, _joined(text), origin, day)


def _joined(text: str) -> str:
    """Paragraphs between empty lines, each on one line."""
    return "\n".join(squeeze(p) for p in re.split(r"\n\s*\n", text))


def read_text(data: bytes, origin: str, declared: str = "") -> Article:
    """Plain text."""
    text = decode(data, declared).strip("\n")
    first, _, rest = text.partition("\n")
    title = ""
    if rest.startswith("\n") and 0 < len(first.strip()) <= 120 and first.rstrip()[-1] != "." and rest.strip():
        title, text = first, rest
    return _made(title.strip(" #="), _joined(text) if "\n\n" in text else _paragraphs(text), origin)
