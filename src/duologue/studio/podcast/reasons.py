"""A sentence with a reason, told in two halves: what is so, and why.

Design choices
- Only one plain "because" between two whole clauses is cut; "not because", "only because" and "because of"
  stay as they are, for there the first half alone wouldn't be true.
- Where the reason stands in front, the halves change places, if nothing in the second half points back.
"""

from __future__ import annotations

import re

from duologue.studio.podcast.grammar import tokens, upper_first

__all__ = ["split_at_reason"]

_REASON = re.compile(r"^(?P<main>[^,;:\"“”]{20,160}?),? because (?P<why>(?!of\b)[^;:\"“”]{12,180})\.$", re.S)
_FRONT_REASON = re.compile(r"^Because (?P<why>[^,]{10,140}), (?P<main>[^\"“”]{15,180})\.$", re.S)
_PARTLY = re.compile(r"\b(?:not|only|partly|mainly|mostly|largely|simply|just|perhaps|probably|precisely)$")


def split_at_reason(text: str) -> tuple[str, str] | None:
    """(what is so, why) for a sentence with one plain "because", or None."""
    if match := _REASON.match(text):
        main = match["main"].strip()
        if not _PARTLY.search(main) and " that " not in f" {main} " and len(main.split()) > 4:
            return main + ".", f"Because {match['why'].strip()}."
    if match := _FRONT_REASON.match(text):
        main, why = match["main"].strip(), match["why"].strip()
        opening = tokens(main)
        if (
            opening
            and opening[0].tag not in ("PRP", "PRP$", "IN")
            and " said" not in main
            and " she " not in main
        ):
            return upper_first(main) + ".", f"Because {why}."
    return None
