"""The briefing: merged, ranked, fitted to its length, grounded, remembered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from duologue.studio.cache import TurnCache
from duologue.studio.claims import names, numbers
from duologue.studio.daily import Briefing, Listener, brief
from duologue.studio.daily.memory import Memory
from duologue.studio.daily.ranking import rank
from duologue.studio.daily.script import Lines
from duologue.studio.daily.stories import merge
from duologue.studio.errors import StudioError
from duologue.studio.fitting import fitted
from duologue.studio.grounding import Grounding
from duologue.studio.sources.article import Article

DAY = date(2026, 11, 22)


def test_stories_of_two_feeds_are_one(articles: tuple[Article, ...]) -> None:
    stories = merge(articles)
    shared = {frozenset(s.publishers) for s in stories if len(s.articles) > 1}
    assert len(articles) - len(stories) == 4
    assert len(shared) == 3  # the ferry and the storm are shared by the same two papers
    assert sum(len(s.articles) for s in stories) == len(articles)
    ferry = next(s for s in stories if "Marianne" in s.first.text)
    assert ferry.publishers == ("The Saltmere Courier", "Meridian World Service")


def test_the_same_article_twice_is_once(articles: tuple[Article, ...]) -> None:
    copies = [replace(a, origin="another feed", publisher="Copy") for a in articles]
    assert len(merge([*articles, *copies])) == len(merge(articles))


@pytest.mark.parametrize("style", ["crisp", "warm", "in depth"])
@pytest.mark.parametrize("minutes", [1.0, 5.0, 10.0])
def test_length_and_truth(articles: tuple[Article, ...], style: str, minutes: float) -> None:
    edition = brief(articles, Listener(minutes=minutes, style=style, name="Ada"), day=DAY)
    assert edition.seconds == pytest.approx(60 * minutes, rel=0.05)
    assert edition.report.supported == 1.0
    assert edition.report.kept == 1.0
    assert not any(v.faults for v in edition.report.verdicts)
    everything = " ".join(f"{s.title} {s.publisher} {s.text}" for s in edition.episode.sources)
    known = set(numbers(everything))
    for turn in edition.episode.turns:
        assert set(numbers(turn.text)) <= known
        for name in names(turn.text):
            assert all(part.strip("'’s.,") in everything for part in name.split()), name
    texts = {s.id: s.text or "" for s in edition.episode.sources}
    told = [t for t in edition.episode.turns if t.spans]
    assert all(texts[s.source][s.start : s.end].rstrip(".") in t.text for t in told for s in t.spans)


def test_styles_differ_in_how_many_and_how_long(articles: tuple[Article, ...]) -> None:
    counts = [len(brief(articles, Listener(style=s), day=DAY).stories) for s in ("crisp", "warm", "in depth")]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] >= counts[2] + 4


def test_chapters_begin_with_their_stories(articles: tuple[Article, ...]) -> None:
    edition = brief(articles, Listener(), day=DAY, lines=Lines(weather="Rain.", calendar=("At 10:15, tea.",)))
    titles = [c.title for c in edition.episode.chapters]
    assert titles[0] == "Opening"
    assert titles[-3:] == ["Weather", "Calendar", "Closing"]
    assert len(titles) == len(edition.stories) + 4
    assert all(c.url for c in edition.episode.chapters[1:-3])
    assert edition.episode.title == "Your briefing, Sunday 22 November 2026"


def test_interests_move_stories(articles: tuple[Article, ...]) -> None:
    stories = merge(articles)
    plain = [r.story.title for r in rank(stories, Listener())]
    keen = [
        r.story.title
        for r in rank(stories, Listener(more=("chess",), less=("science",), never=("football",)))
    ]
    chess = next(t for t in plain if t.startswith("Chess"))
    whales = next(t for t in plain if t.startswith("Whale"))
    assert keen.index(chess) < plain.index(chess)
    assert keen.index(whales) > plain.index(whales)
    assert not any("Saltmere United" in t for t in keen)
    assert len(keen) == len(plain) - 1


def test_tomorrow_tells_what_is_new(articles: tuple[Article, ...], tmp_path: Path) -> None:
    first = brief(articles, Listener(minutes=12), day=DAY)
    memory = Memory().remember(list(first.stories), DAY)
    memory = Memory.load(memory.save(tmp_path / "memory.json"))
    again = brief(articles, Listener(minutes=12), day=DAY, memory=memory)
    assert [t.text for t in again.episode.turns] == [t.text for t in first.episode.turns]
    tomorrow = date(2026, 11, 23)
    left = brief(articles, Listener(minutes=20), day=tomorrow, memory=memory)
    assert not {s.title for s in left.stories} & {s.title for s in first.stories}
    update = Article(
        title="Ferry Marianne towed into Saltmere after engine fire",
        text=(
            "The freight ferry Marianne, whose crew of nine was rescued off Gannet Point, reached Saltmere "
            "under tow at noon on Monday. Investigators found a cracked fuel pipe above the second "
            "generator. All nine crew members were brought ashore early on Sunday after a fire broke out "
            "in the engine room."
        ),
        publisher="The Saltmere Courier",
        published=datetime(2026, 11, 23, 13, tzinfo=UTC),
        url="https://courier.saltmere.example/2026/11/23/tow",
    )
    news = brief([*articles, update], Listener(minutes=2), day=tomorrow, memory=memory)
    text = " ".join(t.text for t in news.episode.turns)
    assert "There is news on a story from yesterday: Ferry crew of nine rescued" in text
    assert "cracked fuel pipe" in text
    assert "All nine crew members were brought ashore" not in text
    assert news.report.supported == 1.0


def test_a_broken_memory_is_said(tmp_path: Path) -> None:
    path = tmp_path / "m.json"
    path.write_text("[1,")
    with pytest.raises(StudioError, match="move it away"):
        Memory.load(path)
    assert Memory.load(tmp_path / "none.json").told == []


def test_little_news_is_not_stretched() -> None:
    one = Article(title="A quiet day", text="The harbour was quiet on Sunday. Two boats came in before noon.")
    edition = brief([one], Listener(minutes=5), day=DAY)
    assert edition.seconds < 60
    assert "nothing was stretched" in edition.notes[-1]
    empty = brief([], Listener(), day=DAY)
    assert "There is nothing new in your feeds." in empty.episode.turns[0].text


def test_items_with_a_headline_alone_are_told_with_it() -> None:
    items = [
        Article(title=f"Bridge number {n} opens in Harrow", text=f"Bridge number {n} opens in Harrow")
        for n in (3, 4)
    ]
    text = " ".join(t.text for t in brief(items, Listener(minutes=1), day=DAY).episode.turns)
    assert "Bridge number 3 opens in Harrow." in text


@dataclass(frozen=True)
class Sound:
    audio: NDArray[np.float32]
    sample_rate: int = 8000
    words: tuple[()] = ()


@dataclass
class Counter:
    """Speaks `rate` characters a second as a tone."""

    rate: float = 15.0
    model: str = "counter"
    calls: int = 0

    def speak(
        self, text: str, *, voice: str = "", style: str = "", speed: float = 1.0, seed: int = 0
    ) -> Sound:
        self.calls += 1
        count = round(8000 * len(text) / self.rate)
        return Sound((0.3 * np.sin(np.arange(count) * 0.3)).astype(np.float32))


@pytest.mark.parametrize("rate", [11.0, 15.0, 21.0])
def test_the_length_is_met_by_ear(articles: tuple[Article, ...], tmp_path: Path, rate: float) -> None:
    speak = Counter(rate)
    found = fitted(
        Briefing(articles, Listener(minutes=4), day=DAY).compose, speak, 240, cache=TurnCache(tmp_path)
    )
    assert found.seconds == pytest.approx(240, rel=0.05)
    assert found.rendering.made == speak.calls


class Writer:
    """Answers with what it is given, changed in one number."""

    model = "writer"

    def __init__(self, lie: bool) -> None:
        self.lie, self.asked = lie, 0

    def write(self, messages, *, max_tokens=0, temperature=0.0, seed=0, json_schema=None) -> str:  # type: ignore[no-untyped-def]
        self.asked += 1
        lines = [line[2:] for line in messages[-1]["content"].split("\n") if line.startswith("- ")]
        text = " ".join(lines)
        return text.replace("nine", "eighteen").replace("2:10", "3:40") if self.lie else f"**{text}**"


def test_a_writer_is_held_to_the_sources(articles: tuple[Article, ...]) -> None:
    honest, liar = Writer(False), Writer(True)
    good = brief(articles, Listener(), day=DAY, write=honest)
    assert honest.asked >= 7
    assert good.report.kept == 1.0
    assert "checked against its sources" in good.episode.turns[-1].text
    bad = brief(articles, Listener(), day=DAY, write=liar)
    said = " ".join(t.text for t in bad.episode.turns)
    assert "eighteen crew" not in said
    assert "3:40" not in said
    assert "All nine crew members" in said
    assert bad.report.supported == 1.0
    assert any("eighteen" in v.said for v in bad.report.verdicts)
    assert [s.step for s in bad.episode.cost] == ["compose", "write"]


def test_the_report_can_be_made_again_from_the_record(articles: tuple[Article, ...]) -> None:
    edition = brief(articles, Listener(), day=DAY)
    phrases = [v.text for v in edition.report.verdicts if v.kind == "phrase"]
    _, report = Grounding(edition.episode.sources, phrases).ground(edition.episode.turns)
    assert report.supported == 1.0
    assert report.figures == edition.report.figures
