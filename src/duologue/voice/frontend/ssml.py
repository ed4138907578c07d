"""SSML 1.1 (W3C Recommendation, 7 September 2010) to a passage.

Design choices
- expat reads, and says where each event stands; no document type is accepted, so there are no entities to
  expand and nothing outside the text is ever opened.
- What the elements mean is elements.py's; this is the walk through the document.
- Wrong XML is an error with line and column, and says how to write it right.
- Character data is copied where it stands in the text as it is read, and replaced where an entity was
  resolved, so that every word keeps its place in the original.
"""

from __future__ import annotations

from collections.abc import Callable
from xml.parsers import expat

from duologue.voice.frontend.elements import Element, Elements
from duologue.voice.frontend.errors import FrontendError
from duologue.voice.frontend.passage import Passage, PassageBuilder

__all__ = ["parse_ssml"]

DEEPEST = 200
"""Levels of nesting accepted."""


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
        self.builder = PassageBuilder()
        self.elements = Elements(self.builder, lang_of_voice)
        self.stack: list[Element] = []
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
        attributes = {
            key.rpartition(":")[2]: value.strip() for key, value in raw.items() if not key.startswith("xmlns")
        }
        builder = self.builder
        silent = bool(self.stack) and (self.stack[-1].silent or self.stack[-1].substituted is not None)
        element = Element(qualified, attributes, builder.manner, builder.position, start, silent)
        if not self.stack and element.name != "speak":
            raise self._error(f"the document must begin with <speak>, not <{qualified}>", start)
        self.stack.append(element)
        if not silent:
            self.elements.open(element, start, self._tag_end(start))

    def closed(self, qualified: str) -> None:
        start = self._here()
        self._settle(start)
        element = self.stack.pop()
        end = self._tag_end(start) if self.text.startswith("</", start) else start
        self.elements.close(element, self._tag_end(element.start), start, end)
