"""robots.txt: what a site asks automatic readers to leave alone.

Design choices
- RFC 9309: the group of our name, else of `*`; the longest matching rule wins, Allow at equal length; `*` and
  `$` in paths; no rule means allowed.
- Patterns are matched by walking their pieces, not by a regular expression, so no file can make it slow.
- A file of more than 512 KiB is read that far, as the RFC says.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, unquote

__all__ = ["LARGEST", "Robots"]

LARGEST = 512 * 1024


def _matches(pattern: str, path: str) -> bool:
    exact = pattern.endswith("$")
    pieces = pattern.removesuffix("$").split("*")
    if not path.startswith(pieces[0]):
        return False
    at = len(pieces[0])
    for piece in pieces[1:]:
        found = path.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    if not exact or at == len(path):
        return True
    return len(pieces) > 1 and path.endswith(pieces[-1]) and len(path) - len(pieces[-1]) >= 0


def _plain(path: str) -> str:
    """One spelling for the percent-encodings of a path."""
    return quote(unquote(path), safe="/?&=*$;,:@!'()+~")


@dataclass(frozen=True, slots=True)
class Robots:
    """The rules for one reader: (allowed, pattern)."""

    rules: tuple[tuple[bool, str], ...] = ()

    @classmethod
    def read(cls, text: str, agent: str) -> Robots:
        """The rules that `text` has for the product `agent` ("duologue")."""
        groups: dict[str, list[tuple[bool, str]]] = {}
        names: list[str] = []
        naming = False
        for line in text[:LARGEST].splitlines():
            key, colon, value = line.split("#", 1)[0].partition(":")
            key, value = key.strip().lower(), value.strip()
            if not colon:
                continue
            if key == "user-agent":
                names = [*names, value.lower()] if naming else [value.lower()]
                naming = True
                groups.setdefault(value.lower(), [])
            elif key in ("allow", "disallow"):
                naming = False
                if value:
                    for name in names:
                        groups[name].append((key == "allow", _plain(value)))
        agent = agent.lower()
        return cls(tuple(groups.get(agent, groups.get("*", []))))

    def allows(self, path: str) -> bool:
        """Whether the path, with its query, may be fetched."""
        path = _plain(path or "/")
        best, allowed = -1, True
        for allow, pattern in self.rules:
            if (len(pattern), allow) > (best, allowed) and _matches(pattern, path):
                best, allowed = len(pattern), allow
            elif len(pattern) == best and allow and _matches(pattern, path):
                allowed = True
        return allowed
