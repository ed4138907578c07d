"""Every generator makes records that pass its own checker, of text written here (no data needed)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from duologue.text.checks import check
from duologue.text.constraints import KINDS
from duologue.text.train.tasks import (
    __main__,
    continuation,
    conversations,
    everyday,
    extraction,
    grounded,
    headline,
    instruction,
    mixture,
    prompts,
    question,
    rewrite,
    script,
    summary,
    topic,
    trivia,
)
from duologue.text.train.tasks.compression import clause, lean
from duologue.text.train.tasks.decontamination import Overlap
from duologue.text.train.tasks.passages import Passage, good, tidy
from duologue.text.train.tasks.record import Record
from duologue.text.train.tasks.salience import best
from duologue.text.train.tasks.wording import Wording

PROMPTS = Path(__file__).parents[3] / "benchmarks" / "text_prompts"
Make = Callable[[Any, Wording], Record | None]


def _passages() -> list[Passage]:
    from duologue.text.sentences import split

    rows = [json.loads(line) for line in (PROMPTS / "passages.jsonl").read_text("utf-8").splitlines()]
    return [Passage(title=r["title"], section="", sentences=tuple(split(r["text"]))) for r in rows]


PASSAGES = _passages()
MAKERS: dict[str, Make] = {
    "headline": headline.make,
    "summary": summary.make,
    "rewrite": rewrite.make,
    "question": question.make,
    "continuation": continuation.make,
    "script": script.interview,
    "instruction": instruction.make,
}


@pytest.fixture(autouse=True)
def _no_data(monkeypatch: pytest.MonkeyPatch) -> None:
    """The factbook's places come from the data, which a test does without."""
    monkeypatch.setattr(extraction, "factbook_places", lambda: frozenset({"Poland", "Paris"}))
    extraction._places.cache_clear()


@pytest.mark.parametrize("task", [*MAKERS, "extraction"])
def test_most_records_of_a_generator_pass_its_checker(task: str) -> None:
    make = MAKERS.get(task, extraction.make)
    wording = Wording(rng=Random(1))
    records = [r for p in PASSAGES for _ in range(2) if (r := make(p, wording)) is not None]
    assert len(records) >= 20
    failed = [(r.answer, r.verdict().reasons) for r in records if not r.verdict().passed]
    assert len(failed) <= 0.06 * len(records), failed[:3]
    assert len({r.prompt for r in records}) > 0.9 * len(records)
    assert all(r.task == task and r.messages[-1][0] == "assistant" for r in records)


LEAD = (
    "A lighthouse is a tower that shows a light to ships at night.",
    "Most lighthouses stand on rocks or at the end of a harbour wall.",
)


def test_an_answer_takes_up_the_topic_that_is_named() -> None:
    lead = Passage(title="Lighthouse", section="", sentences=LEAD)
    wording = Wording(rng=Random(2))
    records = [r for _ in range(60) if (r := topic.make(lead, wording)) is not None]
    assert len({r.prompt for r in records}) > 20
    for record in records:
        assert "a lighthouse" in record.prompt
        assert "lighthouse" in record.answer.lower()
        assert record.verdict().passed, (record.answer, record.verdict().reasons)
    assert check("topic", records[0].source, "Flowers are the largest animals in the world.").reasons
    lists = Passage(title="Lighthouses of 1900", section="", sentences=LEAD)
    assert topic.make(lists, wording) is None


def test_the_same_seed_gives_the_same_records() -> None:
    def lines() -> list[str]:
        wording = Wording(rng=Random("0/headline"))
        return [r.line() for p in PASSAGES if (r := headline.make(p, wording))]

    assert lines() == lines()


def test_a_record_survives_its_line() -> None:
    record = next(r for p in PASSAGES if (r := extraction.make(p, Wording(rng=Random(3)))))
    again = Record.parse(record.line())
    assert again == record
    assert check(again.task, again.source, again.answer).passed


def test_some_wordings_are_kept_for_held_out_prompts() -> None:
    options = tuple(f"w{i}" for i in range(12))
    seen = {Wording(rng=Random(0)).pick(options) for _ in range(1)}
    rng = Random(0)
    train = {Wording(rng=rng).pick(options) for _ in range(500)}
    held = {Wording(rng=rng, unseen=True).pick(options) for _ in range(500)}
    assert seen <= train
    assert held - train == {"w5", "w11"}


@pytest.mark.parametrize(
    ("sentence", "short"),
    [
        (
            "In 1969, the band (from Leeds) moved to London, which was new; it stayed.",
            "The band moved to London.",
        ),
        ("However, the plan, which cost 3 pounds, was good for all.", "The plan was good for all."),
        ("Bees like flowers.", "Bees like flowers."),
    ],
)
def test_lean(sentence: str, short: str) -> None:
    assert lean(sentence) == short


def test_a_clause_never_dangles() -> None:
    assert (
        clause("The band moved to London because the rent in Leeds had become too high.", 8)
        == "The band moved to London"
    )
    assert clause("Word.", 8) is None
    for passage in PASSAGES:
        for sentence in passage.sentences:
            line = clause(lean(sentence), 12)
            assert line is None or not line.endswith((" the", " of", " a", " and", ","))


def test_the_first_sentence_of_a_summary_stands_alone() -> None:
    sentences = [
        "He left.",
        "The mill ground wheat.",
        "It ground barley and wheat at the mill.",
        "Rain fell.",
    ]
    assert best(sentences, 2)[0] in (1, 3)


def test_tidy_and_good() -> None:
    assert tidy("Kendo (剣道, kendō) is an art (; ).") == "Kendo is an art."
    assert good("Kendo is a modern martial art.")
    assert not good("Additional articles may be listed under and .")
    assert not good("and so it goes on for long.")


def test_conversations_are_mended_or_dropped() -> None:
    assert conversations.repair("i dont know , im sorry") == "I don't know, I'm sorry."
    assert conversations.repair("see http://x.com") is None
    assert conversations.repair("WHY ARE YOU SHOUTING") is None
    row = {
        "kind": "small-talk",
        "messages": [
            {"role": "user", "content": "do you like jazz?"},
            {"role": "assistant", "content": "yes i like it a lot"},
        ],
    }
    record = conversations.make(row, Wording(rng=Random(0)))
    assert record is not None
    assert record.answer == "Yes I like it a lot."
    assert record.verdict().passed


def test_trivia_answers_are_choices() -> None:
    row = {
        "question": "Which city is the capital of Italy?",
        "answer": "Rome",
        "choices": ["Rome", "Milan", "Turin"],
    }
    record = trivia.make(row, Wording(rng=Random(0)))
    assert record is not None
    assert record.verdict().passed
    assert trivia.make({**row, "answer": "Pisa"}, Wording(rng=Random(0))) is None


def test_everyday_talk_is_varied_and_sound() -> None:
    wording = Wording(rng=Random(0))
    records = [r for item in everyday.feed("train")[::23] if (r := everyday.make(item, wording))]
    assert len({r.prompt for r in records}) > 150
    assert sum(r.verdict().passed for r in records) > 0.95 * len(records)


def test_a_scene_becomes_a_script() -> None:
    paragraphs = [
        '"Good afternoon, Mr. Winfield," said Ruth.',
        '"I did not expect you," Kirk replied.',
        '"May I come in?" asked Ruth.',
        "He opened the door.",
    ]
    record = script.scene(paragraphs, Wording(rng=Random(0)))
    assert record is not None
    assert record.answer.split("\n")[1] == "KIRK: I did not expect you."
    assert record.verdict().passed


def test_overlap_is_thirteen_words() -> None:
    overlap = Overlap(["one two three four five six seven eight nine ten eleven twelve thirteen fourteen"])
    assert "x One, two three four five six seven eight nine ten eleven twelve THIRTEEN y" in overlap
    assert "one two three four five six seven eight nine ten eleven twelve" not in overlap
    whole = Overlap([], ["What is the moon?"])
    assert "what is the Moon" in whole
    assert "What is the moon like?" not in whole


def test_the_command_writes_rows_and_a_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the passages above in the place of the data's."""
    held = next(r for p in PASSAGES[:1] for _ in range(9) if (r := headline.make(p, Wording(rng=Random(0)))))
    monkeypatch.setattr(__main__, "evaluation", lambda: (held,))
    monkeypatch.setitem(mixture.TASKS, "headline", (lambda _: PASSAGES, headline.make, 1.0))
    avoided = tmp_path / "avoid.jsonl"
    avoided.write_text('{"prompt": "What is the moon?"}\n', "utf-8")
    arguments = ["--out", str(tmp_path), "--per-task", "20", "--only", "headline"]
    assert __main__.main([*arguments, "--avoid", str(avoided)]) == 0
    rows = [Record.parse(line) for line in (tmp_path / "headline.jsonl").read_text("utf-8").splitlines()]
    assert len(rows) == 20
    assert all(row.verdict().passed for row in rows)
    assert not any(held.source["text"] in row.prompt for row in rows)
    assert "| headline |" in (tmp_path / "tasks.md").read_text("utf-8")
    assert "headline" in capsys.readouterr().out
    first = (tmp_path / "headline.jsonl").read_bytes()
    __main__.main(arguments)
    assert (tmp_path / "headline.jsonl").read_bytes() == first


def test_grounded_prompts_are_made_of_written_passages_where_the_data_is_not_there() -> None:
    lines = (PROMPTS / "passages.jsonl").read_text("utf-8").splitlines()
    records = grounded.of_passages(lines)
    counts = Counter(r.task for r in records)
    assert set(counts) == {"headline", "summary", "extraction", "rewrite"}
    assert min(counts.values()) >= 25
    assert all(r.verdict().passed for r in records)
    assert records[:3] == grounded.of_passages(lines[:3])[:3]


def test_the_prompts_of_the_benchmarks_are_sound() -> None:
    def rows(name: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (PROMPTS / name).read_text("utf-8").splitlines()]

    instructions, chat = rows("instructions.jsonl"), rows("chat.jsonl")
    assert len(instructions) == len(chat) == 60
    assert len({r["prompt"] for r in instructions + chat}) == 120
    assert all(r["constraints"] and set(r["constraints"]) <= KINDS for r in instructions)
    ours = {p.text.lower() for p in prompts.prompts(0)}
    assert not ours & {r["prompt"].lower() for r in chat}


def test_an_unknown_task_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no task 'poems'"):
        __main__.main(["--out", str(tmp_path), "--only", "poems"])
