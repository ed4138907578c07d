"""SSML 1.1 (W3C Recommendation, 7 September 2010) to a passage.

Design choices
- expat reads, and says where each event stands; no document type is accepted, so there are no entities to
  expand and nothing outside the text is ever opened.
- Supported: speak, p, s, break, voice, prosody, phoneme, sub, say-as, emphasis, mark, lang, and style (ours;
  also as an attribute of voice, and as "express-as"). Anything else is reported, its text spoken.
- Elements nest: rates multiply, pitches and volumes add, the innermost voice, style and language win.
- Wrong XML is an error with line and column; wrong values are notices, and speech goes on without them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal
from xml.parsers import expat

from duologue.voice.frontend.attributes import (
    break_seconds,
    pitch_factor,
    pitch_semitones,
    rate_factor,
    volume_decibels,
)
from duologue.voice.frontend.errors import FrontendError
from duologue.voice.frontend.passage import ANCHOR, Manner, Passage, PassageBuilder
from duologue.voice.frontend.sayas import INTERPRETATIONS

__all__ = ["parse_ssml"]

DEEPEST = 200
"""Levels of nesting accepted."""

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
class _Open:
    """An element that is open: what held before it and where its text begins."""

    name: str
    attributes: dict[str, str]
    manner: Manner
    position: int
    start: int
    silent: bool
    substituted: str | None = None


def parse_ssml(text: str, lang_of_voice: Callable[[str], str | None] | None = None) -> Passage:
    """The passage of an SSML document. Raises FrontendError where it is not well-formed XML.

    lang_of_voice: the language a named voice speaks, so that <voice> brings its accent along.
    """
    return _Reader(text, lang_of_voice).read()


class _Reader:
    def __init__(self, text: str, lang_of_voice: Callable[[str], str | None] | None):
        self.text = text
        self.data = text.encode("utf-8", "surrogatepass")
        self.ascii = len(self.data) == len(text)
        self.lang_of_voice = lang_of_voice
        self.builder = PassageBuilder()
        self.stack: list[_Open] = []
        self.pending: tuple[str, int] | None = None
        self.literal = False
        self.known_byte = 0
        self.known_character = 0
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = False
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.StartElementHandler = self.opened
        parser.EndElementHandler = self.closed
        parser.CharacterDataHandler = self.characters
        parser.StartDoctypeDeclHandler = self.doctype
        parser.CommentHandler = self.passed
        parser.ProcessingInstructionHandler = self.passed
        parser.StartCdataSectionHandler = self.literal_begins
        parser.EndCdataSectionHandler = self.literal_ends
        self.parser = parser

    def read(self) -> Passage:
        try:
            self.parser.Parse(self.data, True)
        except expat.ExpatError as error:
            raise self._error(
                self._advice(error), self._character(max(self.parser.ErrorByteIndex, 0))
            ) from None
        return self.builder.build()

    # positions ---------------------------------------------------------------------------------

    def _character(self, byte: int) -> int:
        """The character at a byte offset; offsets asked for mostly grow."""
        if self.ascii:
            return min(byte, len(self.text))
        if byte < self.known_byte:
            return len(self.data[:byte].decode("utf-8", "replace"))
        self.known_character += len(self.data[self.known_byte : byte].decode("utf-8", "surrogatepass"))
        self.known_byte = byte
        return self.known_character

    def _here(self) -> int:
        return self._character(self.parser.CurrentByteIndex)

    def _tag_end(self, start: int) -> int:
        """The end of the tag that begins at `start`, quoted ">" skipped."""
        position, quote = start, ""
        while position < len(self.text):
            character = self.text[position]
            if quote:
                if character == quote:
                    quote = ""
            elif character in "\"'":
                quote = character
            elif character == ">":
                return position + 1
            position += 1
        return len(self.text)

    def _error(self, message: str, position: int) -> FrontendError:
        line = self.text.count("\n", 0, position) + 1
        column = position - (self.text.rfind("\n", 0, position) + 1) + 1
        return FrontendError(f"broken SSML: {message}", line=line, column=column, position=position)

    def _advice(self, error: expat.ExpatError) -> str:
        reason = expat.ErrorString(error.code)
        advice = {
            "no element found": "a document is <speak> ... </speak>, and every element must be closed",
            "mismatched tag": "the innermost open element must be closed first"
            + (f", here </{self.stack[-1].name}>" if self.stack else ""),
            "undefined entity": "only &amp; &lt; &gt; &quot; &apos; and numbers as &#233; are known",
            "not well-formed (invalid token)": "write & as &amp;, < as &lt;, and values in quotes",
            "junk after document element": "one <speak> must hold all",
            "syntax error": "the document must begin with <speak>",
            "XML or text declaration not at start of entity": "nothing may stand before <?xml",
            "duplicate attribute": "name each attribute once",
            "unclosed token": "a tag or a quote was not closed",
            "unbound prefix": "declare the namespace of the prefix, or leave the prefix out",
        }.get(reason, "check the XML at this place")
        return f"{reason}; {advice}"

    # events ------------------------------------------------------------------------------------

    def doctype(self, *_: object) -> None:
        raise self._error("a DOCTYPE is not accepted; leave it out", self._here())

    def passed(self, *_: object) -> None:
        self._settle(self._here())

    def literal_begins(self) -> None:
        self._settle(self._here())
        self.literal = True

    def literal_ends(self) -> None:
        self._settle(self._here())
        self.literal = False

    def characters(self, data: str) -> None:
        start = self._here()
        self._settle(start)
        self.pending = (data, start)

    def _settle(self, end: int) -> None:
        """Add the character data whose end is known now."""
        if self.pending is None:
            return
        data, start = self.pending
        self.pending = None
        if not self.stack:
            return
        top = self.stack[-1]
        if top.silent or top.substituted is not None:
            return
        if self.literal or self.text[start:end] == data:
            self.builder.copy(data, start)
        else:
            self.builder.replace(data, start, end)

    def opened(self, qualified: str, raw: dict[str, str]) -> None:
        start = self._here()
        self._settle(start)
        if len(self.stack) >= DEEPEST:
            raise self._error(f"elements nested deeper than {DEEPEST}; close some first", start)
        name = qualified.rpartition(":")[2]
        attributes = {
            key.rpartition(":")[2]: value.strip() for key, value in raw.items() if not key.startswith("xmlns")
        }
        builder = self.builder
        silent = bool(self.stack) and (self.stack[-1].silent or self.stack[-1].substituted is not None)
        element = _Open(name, attributes, builder.manner, builder.position, start, silent)
        if not self.stack and name != "speak":
            raise self._error(f"the document must begin with <speak>, not <{qualified}>", start)
        self.stack.append(element)
        if silent:
            return
        end = self._tag_end(start)
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
        for key in attributes.keys() - known:
            builder.notice(
                f'attribute {key}="{attributes[key]}" of <{qualified}> is not supported', start, end
            )
        getattr(self, "_" + name.replace("-", "_"))(element, start, end)

    def closed(self, qualified: str) -> None:
        start = self._here()
        self._settle(start)
        element = self.stack.pop()
        builder = self.builder
        end = self._tag_end(start) if self.text.startswith("</", start) else start
        if not element.silent:
            if element.substituted is not None:
                inner = self._tag_end(element.start)
                content = (inner, start) if inner < start else (element.start, end)
                builder.replace(element.substituted, *content)
            elif element.name == "phoneme":
                self._close_phoneme(element, end)
            elif element.name == "say-as":
                self._close_say_as(element, end)
            elif element.name in ("p", "s"):
                builder.cue("paragraph" if element.name == "p" else "sentence", start, end)
        builder.manner = element.manner

    # elements ----------------------------------------------------------------------------------

    def _speak(self, element: _Open, start: int, end: int) -> None:
        self._language(element.attributes.get("lang"), start, end)

    def _p(self, element: _Open, start: int, end: int) -> None:
        self.builder.cue("paragraph", start, end)
        self._language(element.attributes.get("lang"), start, end)

    def _s(self, element: _Open, start: int, end: int) -> None:
        self.builder.cue("sentence", start, end)
        self._language(element.attributes.get("lang"), start, end)

    def _lang(self, element: _Open, start: int, end: int) -> None:
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

    def _voice(self, element: _Open, start: int, end: int) -> None:
        name, style = element.attributes.get("name"), element.attributes.get("style")
        if not name and not style:
            self.builder.notice("<voice> needs a name; it stays the voice it was", start, end)
        if name:
            lang = self.lang_of_voice(name) if self.lang_of_voice else None
            manner = self.builder.manner
            self.builder.manner = replace(manner, voice=name, lang=lang or manner.lang)
        if style:
            self.builder.manner = replace(self.builder.manner, style=style)

    def _style(self, element: _Open, start: int, end: int) -> None:
        name = element.attributes.get("name") or element.attributes.get("style")
        if name:
            self.builder.manner = replace(self.builder.manner, style=name)
        else:
            self.builder.notice(f"<{element.name}> needs a name", start, end)

    _express_as = _style

    def _prosody(self, element: _Open, start: int, end: int) -> None:
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

    def _emphasis(self, element: _Open, start: int, end: int) -> None:
        level = element.attributes.get("level", "moderate")
        if level not in _EMPHASIS:
            self.builder.notice(
                f'level="{level}" was not understood; write strong, moderate, reduced or none', start, end
            )
            return
        self.builder.manner = replace(self.builder.manner.scaled(**_EMPHASIS[level]), emphasis=level)

    def _break(self, element: _Open, start: int, end: int) -> None:
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

    def _mark(self, element: _Open, start: int, end: int) -> None:
        name = element.attributes.get("name")
        if name:
            self.builder.cue("mark", start, end, name=name)
        else:
            self.builder.notice("<mark> needs a name", start, end)

    def _sub(self, element: _Open, start: int, end: int) -> None:
        alias = element.attributes.get("alias")
        if alias is None:
            self.builder.notice("<sub> needs an alias; its text is spoken", start, end)
        else:
            element.substituted = alias

    def _phoneme(self, element: _Open, start: int, end: int) -> None:
        alphabet = element.attributes.get("alphabet", "ipa").lower()
        if alphabet != "ipa":
            self.builder.notice(
                f'alphabet="{alphabet}" is not supported; use ipa. The text is spoken', start, end
            )
        elif not element.attributes.get("ph"):
            self.builder.notice("<phoneme> needs ph; its text is spoken", start, end)

    def _close_phoneme(self, element: _Open, end: int) -> None:
        builder = self.builder
        written = element.attributes.get("ph", "")
        if element.attributes.get("alphabet", "ipa").lower() != "ipa" or not written:
            return
        if builder.position == element.position:
            builder.replace(ANCHOR, element.start, end)
        self._atom(element, end, "ipa", written)

    def _say_as(self, element: _Open, start: int, end: int) -> None:
        kind = element.attributes.get("interpret-as")
        if kind is None:
            self.builder.notice("<say-as> needs interpret-as; its text is spoken as it is", start, end)
        elif kind.lower() not in INTERPRETATIONS:
            self.builder.notice(
                f'interpret-as="{kind}" is not supported; its text is spoken as it is', start, end
            )

    def _close_say_as(self, element: _Open, end: int) -> None:
        kind = element.attributes.get("interpret-as", "").lower()
        if kind in INTERPRETATIONS:
            detail = element.attributes.get("format") or element.attributes.get("detail") or ""
            self._atom(element, end, "say-as", kind, detail)

    def _atom(
        self, element: _Open, end: int, kind: Literal["ipa", "say-as"], value: str, detail: str = ""
    ) -> None:
        if not self.builder.atom(element.position, kind, value, detail):
            message = f"<{element.name}> can hold text only; what it holds is spoken as it is"
            self.builder.notice(message, element.start, end)
