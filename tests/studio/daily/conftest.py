"""The example feeds, gathered once."""

from __future__ import annotations

from pathlib import Path

import pytest

from duologue.studio.sources.article import Article
from duologue.studio.sources.gather import gather

FEEDS = Path(__file__).parents[3] / "examples/feeds"


@pytest.fixture(scope="session")
def articles() -> tuple[Article, ...]:
    found = gather([str(p) for p in sorted(FEEDS.glob("*.xml"))])
    assert not found.problems
    return found.articles
