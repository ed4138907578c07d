"""Values of SSML attributes as numbers: rates, pitches, ranges, volumes, pauses.

Design choices
- Every reader gives a number or None; None means "not understood" and becomes a notice of the caller.
- Percentages are relative with a sign ("+10%") and absolute without one ("80%"), as SSML 1.1 has rates.
- Pitch is in semitones and relative to the voice, for absolute Hz means something else for every voice.
"""

from __future__ import annotations

import math
import re

from duologue.voice.frontend.markup import seconds_of

__all__ = ["break_seconds", "pitch_factor", "pitch_semitones", "rate_factor", "volume_decibels"]

_NUMBER = re.compile(
    r"(?P<sign>[+-]?)(?P<n>\d{1,6}(?:\.\d{0,6})?|\.\d{1,6})\s*(?P<unit>%|st|dB|Hz|)", re.IGNORECASE
)

_RATES = {"x-slow": 0.5, "slow": 0.75, "medium": 1.0, "default": 1.0, "fast": 1.25, "x-fast": 1.6}
_PITCHES = {"x-low": -6.0, "low": -3.0, "medium": 0.0, "default": 0.0, "high": 3.0, "x-high": 6.0}
_RANGES = {"x-low": 0.4, "low": 0.7, "medium": 1.0, "default": 1.0, "high": 1.4, "x-high": 1.8}
_VOLUMES = {
    "silent": -120.0,
    "x-soft": -12.0,
    "soft": -6.0,
    "medium": 0.0,
    "default": 0.0,
    "loud": 4.0,
    "x-loud": 8.0,
}
_BREAKS = {"none": 0.0, "x-weak": 0.1, "weak": 0.25, "medium": 0.5, "strong": 1.0, "x-strong": 1.5}


def _percent(match: re.Match[str]) -> float:
    """The factor a percentage stands for."""
    value = float(match.group("n")) / 100.0
    return {"+": 1.0 + value, "-": 1.0 - value}.get(match.group("sign"), value)


def rate_factor(written: str) -> float | None:
    """Factor on the rate of speech: "slow", "80%", "+10%", "1.2"."""
    if written in _RATES:
        return _RATES[written]
    match = _NUMBER.fullmatch(written)
    if match is None or match.group("unit") not in ("%", ""):
        return None
    factor = _percent(match) if match.group("unit") else float(match.group("n"))
    return factor if factor > 0 and not (match.group("sign") and not match.group("unit")) else None


def pitch_semitones(written: str) -> float | None:
    """Semitones relative to the voice: "high", "+2st", "-10%"."""
    if written in _PITCHES:
        return _PITCHES[written]
    match = _NUMBER.fullmatch(written)
    if match is None:
        return None
    unit = match.group("unit").lower()
    if unit == "st":
        return float(match.group("n")) * (-1.0 if match.group("sign") == "-" else 1.0)
    if unit == "%":
        factor = _percent(match)
        return 12.0 * math.log2(factor) if factor > 0 else None
    return None


def pitch_factor(written: str) -> float | None:
    """Factor on the pitch range: "low", "+20%", "+2st" (an octave doubles it)."""
    if written in _RANGES:
        return _RANGES[written]
    match = _NUMBER.fullmatch(written)
    if match is None:
        return None
    unit = match.group("unit").lower()
    if unit == "%":
        return max(0.0, _percent(match))
    if unit == "st":
        return 2.0 ** (float(match.group("n")) * (-1.0 if match.group("sign") == "-" else 1.0) / 12.0)
    return None


def volume_decibels(written: str) -> float | None:
    """Decibels relative to the voice: "loud", "+6dB", "50%", or 0 to 100 as in SSML 1.0."""
    if written in _VOLUMES:
        return _VOLUMES[written]
    match = _NUMBER.fullmatch(written)
    if match is None:
        return None
    unit = match.group("unit").lower()
    if unit == "db":
        return float(match.group("n")) * (-1.0 if match.group("sign") == "-" else 1.0)
    if unit == "hz" or unit == "st":
        return None
    if not unit and match.group("sign"):
        return None
    factor = _percent(match) if unit else float(match.group("n")) / 100.0
    return 20.0 * math.log10(factor) if factor > 1e-6 else -120.0


def break_seconds(time: str | None, strength: str | None) -> float | None:
    """Seconds of a <break>: its time, else its strength, else a medium one."""
    if time is not None:
        return seconds_of(time)
    return _BREAKS.get(strength or "medium")
