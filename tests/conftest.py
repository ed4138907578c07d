"""What all tests share: the voice and a random text model, loaded once, and a tone to write to files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from duologue.voice import Speech, Word

if TYPE_CHECKING:
    from duologue.text import Text
    from duologue.text.checkpoint import Checkpoint
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


@pytest.fixture(scope="session")
def checkpoint() -> Checkpoint:
    """A text model with random weights."""
    from randommodel import random_checkpoint

    return random_checkpoint()


@pytest.fixture(scope="session")
def dense_checkpoint() -> Checkpoint:
    """Its twin without experts."""
    from randommodel import random_checkpoint

    return random_checkpoint(0)


@pytest.fixture(scope="session")
def weights(checkpoint: Checkpoint, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The random text model as a q8_0 GGUF."""
    from duologue.text.export import write_gguf

    path = tmp_path_factory.mktemp("weights") / "random-q8_0.gguf"
    write_gguf(checkpoint, path, "q8_0", "Random")
    return path


@pytest.fixture(scope="session")
def text(weights: Path) -> Iterator[Text]:
    """The random text model, loaded once."""
    from duologue.text import Text

    with Text.load(weights, threads=1, slots=2) as loaded:
        yield loaded
