"""A passage: the text to be spoken, freed from markup, with what the markup asked for.

Design choices
- Inline markup and SSML both end here, so all that follows knows one form only.
- Manner (prosody, emphasis, voice, style, language) is a list of changes at positions, atoms are stretches
  that are read as one thing (given phonemes, say-as), cues are points (pauses, boundaries, marks).
- All positions are in the passage's own text; `aligned` leads from them to the original.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from duologue.voice.frontend.aligned import Aligned, AlignedBuilder
from duologue.voice.frontend.cleaning import clean
from duologue.voice.frontend.utterance import NEUTRAL, Notice, Prosody

__all__ = ["Atom", "Cue", "Manner", "Passage", "PassageBuilder"]

ANCHOR = "\ufffc"
"""Stands in the text for an atom that has no text of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a stretch is to be spoken; `lang`, `voice`, `style` None: as the caller has them."""

    prosody: Prosody = NEUTRAL
    emphasis: str | None = None
    voice: str | None = None
    style: str | None = None
    lang: str | None = None

    def spoken_by(self) -> tuple[str | None, str | None, str | None]:
        """What can't change within an utterance."""
        return self.voice, self.style, self.lang

    def scaled(
        self, *, rate: float = 1.0, pitch: float = 0.0, pitch_range: float = 1.0, volume: float = 0.0
    ) -> Manner:
        """The manner with its prosody changed relative to what it was."""
        was = self.prosody
        prosody = Prosody(
            rate=was.rate * rate,
            pitch=was.pitch + pitch,
            pitch_range=was.pitch_range * pitch_range,
            volume=was.volume + volume,
        )
        return replace(self, prosody=prosody)


PLAIN = Manner()


@dataclass(frozen=True, slots=True)
class Atom:
    """Passage characters [start, end) read in a given way: "ipa" with phonemes, or "say-as" with the
    interpretation and its format or detail."""

    start: int
    end: int
    kind: Literal["ipa", "say-as"]
    value: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Cue:
    """A point of the passage: a pause in seconds, a sentence or paragraph boundary, or a mark."""

    position: int
    kind: Literal["pause", "sentence", "paragraph", "mark"]
    seconds: float = 0.0
    name: str = ""
    start: int = 0
    """Where in the original text it was asked for."""
    end: int = 0


@dataclass(frozen=True, slots=True)
class Passage:
    """The spoken text and what goes with it, all lists in order of position."""

    aligned: Aligned
    manners: tuple[tuple[int, Manner], ...] = ((0, PLAIN),)
    atoms: tuple[Atom, ...] = ()
    cues: tuple[Cue, ...] = ()
    notices: tuple[Notice, ...] = field(default=())


class PassageBuilder:
    """Collects a passage in order. `manner` is what holds for text added from now on."""

    def __init__(self) -> None:
        self._text = AlignedBuilder()
        self._manners: list[tuple[int, Manner]] = [(0, PLAIN)]
        self._atoms: list[Atom] = []
        self._cues: list[Cue] = []
        self.notices: list[Notice] = []
        self.manner = PLAIN

    @property
    def position(self) -> int:
        """Where the next text will stand."""
        return self._text.length

    def copy(self, text: str, origin: int) -> None:
        """Text that stands character for character at `origin` of the original."""
        if not text:
            return
        self._settle()
        cleaned = clean(Aligned(text))
        if cleaned.identical:
            self._text.copy(cleaned.text, origin)
            return
        for position, character in enumerate(cleaned.text):
            start, end = cleaned.span(position, position + 1)
            self._text.replace(character, origin + start, origin + end)

    def replace(self, text: str, start: int, end: int) -> None:
        """Text that stands as a whole for original [start, end)."""
        if text:
            self._settle()
            self._text.replace(clean(Aligned(text)).text, start, end)

    def atom(self, start: int, kind: Literal["ipa", "say-as"], value: str, detail: str = "") -> bool:
        """What was added since passage position `start` is read in a given way.

        False, and nothing done, where that holds atoms, boundaries or changes of voice of its own.
        """
        if self.position <= start:
            return True
        for cue in reversed(self._cues):
            if cue.position <= start:
                break
            if cue.kind != "mark":
                return False
        speakers = {self.manner.spoken_by()}
        for position, manner in reversed(self._manners):
            speakers.add(manner.spoken_by())
            if position <= start:
                break
        if len(speakers) > 1 or (self._atoms and self._atoms[-1].end > start):
            return False
        self._atoms.append(Atom(start, self.position, kind, value, detail))
        return True

    def cue(
        self,
        kind: Literal["pause", "sentence", "paragraph", "mark"],
        start: int,
        end: int,
        *,
        seconds: float = 0.0,
        name: str = "",
    ) -> None:
        """A point here, asked for at original [start, end)."""
        self._cues.append(Cue(self.position, kind, seconds, name, start, end))

    def notice(self, message: str, start: int, end: int) -> None:
        """Report what can't be given."""
        self.notices.append(Notice(message, start, end))

    def build(self) -> Passage:
        """The passage as collected."""
        return Passage(
            self._text.build(),
            tuple(self._manners),
            tuple(self._atoms),
            tuple(self._cues),
            tuple(self.notices),
        )

    def _settle(self) -> None:
        here, last = self._manners[-1]
        if last == self.manner:
            return
        if here == self.position:
            self._manners[-1] = (here, self.manner)
        else:
            self._manners.append((self.position, self.manner))
