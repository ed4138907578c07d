"""The conversation, produced once."""

from __future__ import annotations

from pathlib import Path

import pytest

from conversation import conversation
from duologue.studio.cache import TurnCache
from duologue.studio.produce import Produced, produce
from duologue.voice import Voice


@pytest.fixture(scope="session")
def turn_cache(tmp_path_factory: pytest.TempPathFactory) -> TurnCache:
    return TurnCache(tmp_path_factory.mktemp("turns"))


@pytest.fixture(scope="session")
def finished(voice: Voice, turn_cache: TurnCache, tmp_path_factory: pytest.TempPathFactory) -> Produced:
    """The conversation, produced with music in stereo as MP3, WAV and Opus."""
    folder: Path = tmp_path_factory.mktemp("shows") / "ferries"
    episode = conversation(channels=2, music="calm", stings="warm")
    return produce(episode, voice, folder, formats=("mp3", "wav", "opus"), cache=turn_cache)
