"""What all tests share: the voice, loaded once, and a tone to write to files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from duologue.voice import Speech, Word

if TYPE_CHECKING:
    from duologue.voice import Voice


@pytest.fixture(scope="session")
def voice() -> Voice:
    from duologue.voice import Voice

    return Voice.load(threads=1)


@pytest.fixture(scope="session")
def tone() -> Speech:
    """Two seconds of a swelling chord, with words and provenance."""
    t = np.arange(48_000) / 24_000
    audio = sum(0.2 * np.sin(2 * np.pi * f * t) for f in (220, 331, 497)) * np.sin(np.pi * t / 2) ** 2
    text = "One tone — “swelling”, and two."
    words = (
        Word("One", 0.0, 0.3, 0, 3),
        Word("tone", 0.3, 0.6, 4, 8),
        Word("swelling", 0.7, 1.2, 12, 20),
        Word("and", 1.3, 1.5, 23, 26),
        Word("two", 1.5, 2.0, 27, 30),
    )
    return Speech(
        audio=audio.astype(np.float32), words=words, text=text, voice="zoë", style="calm", model="test 1"
    )
