"""The elements of SSML: what each does to the passage under construction.

Design choices
- Supported: speak, p, s, break, voice, prosody, phoneme, sub, say-as, emphasis, mark, lang, and style (ours;
  also as an attribute of voice, and as "express-as"). Anything else is reported, its text spoken.
- Elements nest: rates multiply, pitches and volumes add, the innermost voice, style and language win.
- One method per element, named after it; wrong values are notices, and speech goes on without them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from duologue.voice.frontend.attributes import (
    break_seconds,
    pitch_factor,
    pitch_semitones,
    rate_factor,
    volume_decibels,
)
from duologue.voice.frontend.passage import ANCHOR, Manner, PassageBuilder
from duologue.voice.frontend.sayas import INTERPRETATIONS

__all__ = ["Element", "Elements"]

_SILENT = frozenset({"metadata", "meta", "lexicon", "lookup", "desc", "title"})
_EMPHASIS = {
    "strong": {"rate": 0.88, "pitch": 1.0, "pitch_range": 1.25, "volume": 3.0},
    "moderate": {"rate": 0.94, "pitch": 0.5, "pitch_range": 1.1, "volume": 1.5},
    "reduced": {"rate": 1.1, "pitch": -0.3, "pitch_range": 0.8, "volume": -2.0},
    "none": {},
}
_LANGUAGES = {"en": None, "en-us": "en-us", "en-gb": "en-gb", "en-uk": "en-gb"}
_ATTRIBUTES = {
    "speak": {"version", "lang", "base", "schemaLocation", "onlangfailure", "startmark", "endmark"},
    "voice": {"name", "style", "required"},
    "prosody": {"rate", "pitch", "range", "volume"},
    "break": {"time", "strength"},
    "phoneme": {"alphabet", "ph"},
    "sub": {"alias"},
    "say-as": {"interpret-as", "format", "detail"},
    "emphasis": {"level"},
    "mark": {"name"},
    "lang": {"lang", "onlangfailure"},
    "p": {"lang", "id"},
    "s": {"lang", "id"},
    "style": {"name"},
    "express-as": {"style"},
}


@dataclass(slots=True)
class Element:
    """An element that is open: what held before it and where its text begins.

    qualified: its name with the prefix; silent: nothing in it is spoken; substituted: what is said instead.
    """

    qualified: str
    attributes: dict[str, str]
    manner: Manner
    position: int
    start: int
    silent: bool
    substituted: str | None = None

    @property
    def name(self) -> str:
        """The name without its prefix."""
        return self.qualified.rpartition(":")[2]


class Elements:
    """Opens and closes elements on a passage.

    lang_of_voice: the language a named voice speaks, so that <voice> brings its accent along.
    """

    def __init__(
        self, builder: PassageBuilder, lang_of_voice: Callable[[str], str | None] | None = None
    ) -> None:
        self.builder = builder
        self.lang_of_voice = lang_of_voice

    def open(self, element: Element, start: int, end: int) -> None:
        """What the tag from `start` to `end` asks for."""
        builder, name, qualified = self.builder, element.name, element.qualified
        known = _ATTRIBUTES.get(name)
        if known is None:
            if name in _SILENT:
                element.silent = True
                if name != "desc":
                    builder.notice(f"<{qualified}> is not supported and was passed over", start, end)
            else:
                spoken = (
                    "what it holds is spoken instead" if name == "audio" else "its text is spoken as it is"
                )
                builder.notice(f"<{qualified}> is not supported; {spoken}", start, end)
            return
        for key in element.attributes.keys() - known:
            builder.notice(
                f'attribute {key}="{element.attributes[key]}" of <{qualified}> is not supported', start, end
            )
        getattr(self, "_" + name.replace("-", "_"))(element, start, end)

    def close(self, element: Element, inner: int, start: int, end: int) -> None:
        """What is due at the closing tag from `start` to `end`; inner: where the opening tag ended."""
        builder = self.builder
        if not element.silent:
            if element.substituted is not None:
                content = (inner, start) if inner < start else (element.start, end)
                builder.replace(element.substituted, *content)
            elif element.name == "phoneme":
                self._close_phoneme(element, end)
            elif element.name == "say-as":
                self._close_say_as(element, end)
            elif element.name in ("p", "s"):
                builder.cue("paragraph" if element.name == "p" else "sentence", start, end)
        builder.manner = element.manner

    def _speak(self, element: Element, start: int, end: int) -> None:
        self._language(element.attributes.get("lang"), start, end)

    def _p(self, element: Element, start: int, end: int) -> None:
        self.builder.cue("paragraph", start, end)
        self._language(element.attributes.get("lang"), start, end)

    def _s(self, element: Element, start: int, end: int) -> None:
        self.builder.cue("sentence", start, end)
        self._language(element.attributes.get("lang"), start, end)

    def _lang(self, element: Element, start: int, end: int) -> None:
        written = element.attributes.get("lang")
        if written is None:
            self.builder.notice('<lang> needs xml:lang="en-US" or "en-GB"', start, end)
        self._language(written, start, end)

    def _language(self, written: str | None, start: int, end: int) -> None:
        if written is None:
            return
        key = written.lower().replace("_", "-")
        if key not in _LANGUAGES:
            self.builder.notice(f"language {written} is not supported; use en-US or en-GB", start, end)
        elif _LANGUAGES[key] is not None:
            self.builder.manner = replace(self.builder.manner, lang=_LANGUAGES[key])

    def _voice(self, element: Element, start: int, end: int) -> None:
        name, style = element.attributes.get("name"), element.attributes.get("style")
        if not name and not style:
            self.builder.notice("<voice> needs a name; it stays the voice it was", start, end)
        if name:
            lang = self.lang_of_voice(name) if self.lang_of_voice else None
            manner = self.builder.manner
            self.builder.manner = replace(manner, voice=name, lang=lang or manner.lang)
        if style:
            self.builder.manner = replace(self.builder.manner, style=style)

    def _style(self, element: Element, start: int, end: int) -> None:
        name = element.attributes.get("name") or element.attributes.get("style")
        if name:
            self.builder.manner = replace(self.builder.manner, style=name)
        else:
            self.builder.notice(f"<{element.name}> needs a name", start, end)

    _express_as = _style

    def _prosody(self, element: Element, start: int, end: int) -> None:
        readers: dict[str, tuple[str, Callable[[str], float | None], str]] = {
            "rate": ("rate", rate_factor, "write slow, 80%, +10% or 1.2"),
            "pitch": ("pitch", pitch_semitones, "write high, +2st or +10%"),
            "range": ("pitch_range", pitch_factor, "write low, +20% or +2st"),
            "volume": ("volume", volume_decibels, "write soft, +6dB or 50%"),
        }
        changes: dict[str, float] = {}
        for key, (field, read, advice) in readers.items():
            if (written := element.attributes.get(key)) is not None:
                value = read(written)
                if value is not None:
                    changes[field] = value
                elif written.lower().endswith("hz"):
                    self.builder.notice(
                        f'{key}="{written}": pitch is relative to the voice; {advice}', start, end
                    )
                else:
                    self.builder.notice(f'{key}="{written}" was not understood; {advice}', start, end)
        self.builder.manner = self.builder.manner.scaled(**changes)

    def _emphasis(self, element: Element, start: int, end: int) -> None:
        level = element.attributes.get("level", "moderate")
        if level not in _EMPHASIS:
            self.builder.notice(
                f'level="{level}" was not understood; write strong, moderate, reduced or none', start, end
            )
            return
        self.builder.manner = replace(self.builder.manner.scaled(**_EMPHASIS[level]), emphasis=level)

    def _break(self, element: Element, start: int, end: int) -> None:
        time, strength = element.attributes.get("time"), element.attributes.get("strength")
        seconds = break_seconds(time, strength)
        if seconds is None:
            wrong = f'time="{time}"' if time is not None else f'strength="{strength}"'
            self.builder.notice(
                f'{wrong} was not understood; write time="500ms" or strength="strong"', start, end
            )
            seconds = break_seconds(None, None) or 0.0
        if seconds > 0:
            self.builder.cue("pause", start, end, seconds=seconds)

    def _mark(self, element: Element, start: int, end: int) -> None:
        name = element.attributes.get("name")
        if name:
            self.builder.cue("mark", start, end, name=name)
        else:
            self.builder.notice("<mark> needs a name", start, end)

    def _sub(self, element: Element, start: int, end: int) -> None:
        alias = element.attributes.get("alias")
        if alias is None:
            self.builder.notice("<sub> needs an alias; its text is spoken", start, end)
        else:
            element.substituted = alias

    def _phoneme(self, element: Element, start: int, end: int) -> None:
        alphabet = element.attributes.get("alphabet", "ipa").lower()
        if alphabet != "ipa":
            self.builder.notice(
                f'alphabet="{alphabet}" is not supported; use ipa. The text is spoken', start, end
            )
        elif not element.attributes.get("ph"):
            self.builder.notice("<phoneme> needs ph; its text is spoken", start, end)

    def _close_phoneme(self, element: Element, end: int) -> None:
        builder = self.builder
        written = element.attributes.get("ph", "")
        if element.attributes.get("alphabet", "ipa").lower() != "ipa" or not written:
            return
        if builder.position == element.position:
            builder.replace(ANCHOR, element.start, end)
        self._atom(element, end, "ipa", written)

    def _say_as(self, element: Element, start: int, end: int) -> None:
        kind = element.attributes.get("interpret-as")
        if kind is None:
            self.builder.notice("<say-as> needs interpret-as; its text is spoken as it is", start, end)
        elif kind.lower() not in INTERPRETATIONS:
            self.builder.notice(
                f'interpret-as="{kind}" is not supported; its text is spoken as it is', start, end
            )

    def _close_say_as(self, element: Element, end: int) -> None:
        kind = element.attributes.get("interpret-as", "").lower()
        if kind in INTERPRETATIONS:
            detail = element.attributes.get("format") or element.attributes.get("detail") or ""
            self._atom(element, end, "say-as", kind, detail)

    def _atom(
        self, element: Element, end: int, kind: Literal["ipa", "say-as"], value: str, detail: str = ""
    ) -> None:
        if not self.builder.atom(element.position, kind, value, detail):
            message = f"<{element.name}> can hold text only; what it holds is spoken as it is"
            self.builder.notice(message, element.start, end)
