"""The phoneme alphabet of the model: symbols and their ids.

Design choices
- The ids are the teacher's (Kokoro-82M), gaps included, because its graph reads them; ours is a
  subset with the same numbers, so a corpus made with the teacher needs no translation.
- Id 0 pads and stands at both ends of what a model reads.
- Symbols are misaki's: IPA, with A I O Q W Y for the diphthongs of face, price, goat (US), goat (GB),
  mouth and choice, ʧ ʤ for the affricates, T for the American flap, ᵊ for a weak schwa and ᵻ for
  the weak vowel of "roses".
"""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["IDS", "PAD", "STRESS", "SYMBOLS", "VOCABULARY_SIZE", "encode"]

PAD = 0

VOCABULARY_SIZE = 178
"""Rows of the embedding table: the largest id and one."""

_RUNS: tuple[tuple[int, str], ...] = (
    (1, ";:,.!?"),
    (9, '—…"()“” \u0303ʣʥʦʨᵝ\uab67AI'),
    (31, "O"),
    (33, "Q"),
    (35, "ST"),
    (39, "W"),
    (41, "Yᵊabcdef"),
    (50, "hijklmnopqrstuvwxyzɑɐɒæ"),
    (75, "βɔɕç"),
    (80, "ɖðʤə"),
    (85, "ɚɛɜ"),
    (90, "ɟ"),
    (92, "ɡ"),
    (99, "ɥ"),
    (101, "ɨɪʝ"),
    (110, "ɯɰŋɳɲɴø"),
    (118, "ɸθœ"),
    (123, "ɹ"),
    (125, "ɾɻ"),
    (128, "ʁɽʂʃʈʧ"),
    (135, "ʊʋ"),
    (138, "ʌɣɤ"),
    (142, "χʎ"),
    (147, "ʒʔ"),
    (156, "ˈˌː"),
    (162, "ʰ"),
    (164, "ʲ"),
    (169, "↓"),
    (171, "→↗↘"),
    (177, "ᵻ"),
)

IDS: dict[str, int] = {symbol: first + i for first, run in _RUNS for i, symbol in enumerate(run)}
"""Symbol to id, exactly as the teacher numbers them."""

SYMBOLS: frozenset[str] = frozenset(IDS)

STRESS = "ˈˌ"


def encode(symbols: Iterable[str]) -> list[int]:
    """The ids of symbols, without padding. Raises KeyError for a symbol outside the alphabet."""
    return [IDS[symbol] for symbol in symbols]
