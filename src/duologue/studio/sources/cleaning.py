"""HTML fragments and raw prose to the plain text of an article.

Design choices
- Blocks become lines, inline markup vanishes, scripts, tables, captions and forms are left out: what remains
  is what a person would read aloud.
- Lines that sell, share or navigate ("Read more", "Sign up for our newsletter", a bare address) are dropped,
  by short written patterns that match whole lines only.
- A dateline ("LONDON (Reuters) - ") is taken off: it is no part of the first sentence.
"""

from __future__ import annotations

import re
from typing import Any

from duologue.studio.sources.decoding import tidy

__all__ = ["from_html", "prose", "squeeze"]

_BLOCKS = frozenset(
    "address article aside blockquote br dd div dl dt figure footer h1 h2 h3 h4 h5 h6 header hr li main nav"
    " ol p pre section table td th tr ul".split()
)
_SKIPPED = frozenset(
    "script style noscript template svg math form button select iframe object figcaption table nav head code"
    " sup".split()
)
_NOISE = re.compile(
    r"""(read|see|show|learn|find\ out)\ more\b.{0,80} | continue\ reading.{0,80} | click\ here.{0,120}
    | advertisement | sponsored.{0,40} | (image|photo|picture|credit|source|video|listen|watch)s?\s*:.{0,160}
    | (sign\ up|subscribe|register)\ (now|here|today|for|to|and)\b.{0,120}
    | share\ (this|on|via)\b.{0,60} | follow\ us\b.{0,80} | related(\ stories|\ articles)?:?
    | (the\ post|this\ article|this\ story)\ .{0,200}(appeared\ first\ on|was\ originally\ published).*
    | copyright\ (©|\(c\)|\d{4}).* | ©.* | all\ rights\ reserved.* | https?://\S+ | \[?(\.\.\.|…)\]?
    | comments?(\ \(?\d+\)?)? | skip\ to\ (main\ )?content.* | by\ [A-Z][\w.'-]+(\ [A-Z][\w.'-]+){1,3}""",
    re.IGNORECASE | re.VERBOSE,
)
_DATELINE = re.compile(
    r"""^(?: [A-Z][A-Z'.-]+ (?:[ ,]+[A-Z][\w'.-]+){0,4} [ ,]* (?:\([^)]{2,40}\))?
      (?:,?\ (?:\d{1,2}\ [A-Z][a-z]+|[A-Z][a-z]{2,8}\.?\ \d{1,2}))? | \([A-Z][^)]{1,40}\) )
    \s* [-–—]{1,2} \s+ (?=["“A-Z])""",
    re.VERBOSE,
)
_DEPTH = 200


def squeeze(text: str) -> str:
    """One line: runs of white space, no-break spaces among them, become one space."""
    return " ".join(text.replace("\u00ad", "").split())


def prose(text: str) -> str:
    """Lines of `text` squeezed, without empty ones, noise and a dateline."""
    lines = [squeeze(line) for line in tidy(text).split("\n")]
    kept = [line for line in lines if line and not _NOISE.fullmatch(line)]
    if kept:
        kept[0] = _DATELINE.sub("", kept[0], count=1)
        kept[-1] = re.sub(r"\s*(\[(…|\.\.\.|&#8230;)\]|Read more\W*|Continue reading\W*)$", "", kept[-1])
    return "\n".join(line for line in kept if line)


def _walk(element: Any, out: list[str], depth: int) -> None:
    tag = element.tag if isinstance(element.tag, str) else ""
    if not tag or tag.lower().rpartition("}")[2] in _SKIPPED or depth > _DEPTH:
        return
    block = tag.lower().rpartition("}")[2] in _BLOCKS
    if block:
        out.append("\n")
    if element.text:
        out.append(element.text.replace("\n", " "))
    for child in element:
        _walk(child, out, depth + 1)
        if child.tail:
            out.append(child.tail.replace("\n", " "))
    if block:
        out.append("\n")


def from_html(markup: str | bytes) -> str:
    """The readable text of an HTML fragment or page, one paragraph a line; plain text passes unharmed."""
    if isinstance(markup, str) and "<" not in markup and "&" not in markup:
        return prose(markup)
    from lxml import etree, html

    if isinstance(markup, str):
        markup = tidy(markup)
        if not markup.strip():
            return ""
    try:
        root = html.fromstring(markup, parser=html.HTMLParser(no_network=True, recover=True))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return ""
    out: list[str] = []
    _walk(root, out, 0)
    return prose("".join(out))
