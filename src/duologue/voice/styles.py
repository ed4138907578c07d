"""Styles: how a thing is said, as a handful of acoustic controls.

Design choices
- A style is numbers that a person can read; they act on what the prosody network predicted and on the
  spectrum, so every voice has every style and nothing is trained for it.
- Directions follow the published acoustic correlates of vocal emotion: joy and excitement raise mean
  and range of F0, rate, level and high-frequency energy; sadness lowers all of them; anger raises
  level and high-frequency energy most; tenderness is low, slow and soft. Sizes are about half of what
  actors do, which is heard and still natural.
- Whispering is speech without harmonics: noise of the same envelope, flatter towards the bass, as in
  whispered vowels; the pitch stays in the formants and rhythm only.

Banse & Scherer, J. Pers. Soc. Psychol. 70 (1996) 614; Scherer, Speech Communication 40 (2003) 227;
Juslin & Laukka, Psychological Bulletin 129 (2003) 770; Ito et al. (whisper),
Speech Communication 45 (2005) 139.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from duologue.voice.errors import VoiceError

__all__ = ["STYLES", "Style", "find_style"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Style:
    """pitch: semitones on the mean of F0; pitch_range: factor on its excursion in semitones; rate: factor
    on speed; pause: factor on the length of pauses; energy: dB; tilt: dB per octave above 500 Hz;
    breath: share (0 to 1) of the harmonics' power that becomes noise, most of it high up; whisper: no
    harmonics at all."""

    name: str
    description: str
    pitch: float = 0.0
    pitch_range: float = 1.0
    rate: float = 1.0
    pause: float = 1.0
    energy: float = 0.0
    tilt: float = 0.0
    breath: float = 0.0
    whisper: bool = False

    @property
    def plain_spectrum(self) -> bool:
        """Whether the spectrum is left as the network made it."""
        return not (self.tilt or self.breath or self.whisper)


_ALL = (
    Style(name="neutral", description="as the voice reads by itself"),
    Style(
        name="news", description="brisk, level, clearly phrased",
        pitch=0.4, pitch_range=1.08, rate=1.06, pause=0.9, energy=1.0, tilt=0.4,
    ),
    Style(
        name="story", description="unhurried, with wide melody and long pauses",
        pitch=-0.3, pitch_range=1.3, rate=0.93, pause=1.35, energy=-0.5, breath=0.06,
    ),
    Style(
        name="cheerful", description="bright, lively, a smile in the voice",
        pitch=1.6, pitch_range=1.35, rate=1.05, pause=0.9, energy=1.5, tilt=0.7,
    ),
    Style(
        name="excited", description="high, fast, wide",
        pitch=2.6, pitch_range=1.55, rate=1.15, pause=0.75, energy=3.0, tilt=1.2,
    ),
    Style(
        name="calm", description="slow, soft, narrow",
        pitch=-0.8, pitch_range=0.8, rate=0.9, pause=1.3, energy=-2.0, tilt=-0.8, breath=0.08,
    ),
    Style(
        name="sad", description="low, slow, flat, breathy",
        pitch=-1.5, pitch_range=0.62, rate=0.84, pause=1.5, energy=-3.5, tilt=-1.5, breath=0.15,
    ),
    Style(
        name="serious", description="low, steady, weighty",
        pitch=-1.3, pitch_range=0.85, rate=0.95, pause=1.15, energy=0.8, tilt=0.2,
    ),
    Style(
        name="angry", description="loud, hard, fast, with sharp highs",
        pitch=1.2, pitch_range=1.4, rate=1.1, pause=0.7, energy=4.0, tilt=1.8,
    ),
    Style(
        name="gentle", description="soft and tender",
        pitch=0.3, pitch_range=0.88, rate=0.92, pause=1.2, energy=-2.5, tilt=-1.0, breath=0.14,
    ),
    Style(
        name="urgent", description="fast and pressing",
        pitch=1.0, pitch_range=1.12, rate=1.22, pause=0.6, energy=2.0, tilt=0.9,
    ),
    Style(
        name="whisper", description="noise instead of voice",
        rate=0.94, pause=1.1, energy=-5.0, whisper=True,
    ),
)  # fmt: skip

STYLES: dict[str, Style] = {style.name: style for style in _ALL}
"""All styles by name, neutral first."""


def find_style(name: str) -> Style:
    """The style of that name. Raises VoiceError naming those there are."""
    if isinstance(name, str) and (found := STYLES.get(name.strip().lower())):
        return found
    close = difflib.get_close_matches(str(name).lower(), STYLES, 1)
    hint = f" (did you mean '{close[0]}'?)" if close else ""
    raise VoiceError(f"unknown style '{name}'{hint}; known are {', '.join(STYLES)}")
