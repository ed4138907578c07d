"""Inline markup in plain text: `[word](/ipa/)` and `[pause:500ms]`.

Design choices
- Anything in brackets that is not exactly one of these forms is text and is read as text; a pause that
  is meant but malformed ("[pause:soon]") is reported.
- The word in front of given phonemes keeps its own span; the brackets belong to no word.
- Text without "[" costs one search.
"""

from __future__ import annotations

import re

from duologue.voice.frontend.aligned import Aligned
from duologue.voice.frontend.cleaning import clean
from duologue.voice.frontend.passage import Passage, PassageBuilder

__all__ = ["parse_inline", "seconds_of"]

_MARKUP = re.compile(
    r"\[(?P<word>[^\[\]\n]{1,200})\]\(/(?P<ipa>[^()/\n]{1,400})/\)"
    r"|\[(?P<pause>[Pp]ause:\s*(?P<time>[^\[\]\n]{0,30}))\]"
)
_TIME = re.compile(r"\+?(?P<n>\d{1,9}(?:\.\d{0,9})?|\.\d{1,9})\s*(?P<unit>ms|s)", re.IGNORECASE)


def seconds_of(written: str) -> float | None:
    """ "500ms" -> 0.5, "1.5s" -> 1.5; None for what is no such time."""
    match = _TIME.fullmatch(written.strip())
    if match is None:
        return None
    return float(match.group("n")) / (1000.0 if match.group("unit").lower() == "ms" else 1.0)


def parse_inline(text: str) -> Passage:
    """The passage of a plain text with inline markup."""
    if "[" not in text or _MARKUP.search(text) is None:
        return Passage(clean(Aligned(text)))
    builder = PassageBuilder()
    last = 0
    for match in _MARKUP.finditer(text):
        start, end = match.span()
        if match.group("pause") is not None:
            seconds = seconds_of(match.group("time"))
            builder.copy(text[last:start], last)
            if seconds is None:
                builder.notice(
                    f"{match.group()} is no pause: write [pause:500ms] or [pause:1.5s]", start, end
                )
            else:
                builder.cue("pause", start, end, seconds=seconds)
        else:
            builder.copy(text[last:start], last)
            here = builder.position
            builder.copy(match.group("word"), match.start("word"))
            builder.atom(here, "ipa", match.group("ipa"))
        last = end
    builder.copy(text[last:], last)
    return builder.build()
