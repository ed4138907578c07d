"""Corpus: cutting, decontamination, copies to learn from, packing with a mask."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("tokenizers")

from duologue.text.errors import TextError
from duologue.text.tokenizer import BOS, END, START, VOCABULARY, load
from duologue.text.train.corpus import Contaminated, cut, ngrams, write
from duologue.text.train.documents import clean, documents
from duologue.text.train.echo import echo
from duologue.text.train.pack import encode, rows
from duologue.text.train.pack import write as pack

PARAGRAPH = (
    "The ferry left the harbour at noon with forty passengers. A storm was expected before evening. "
    "Captain Hale kept close to the shore. Nobody on board was worried."
)


def test_the_tokenizer_gives_back_what_it_was_given() -> None:
    tokenizer = load()
    assert tokenizer.get_vocab_size() == VOCABULARY
    for text in (PARAGRAPH, "Ω café 12,345 — “so”\n\n\tdef f(x): return x", "🚢 naïve\r\n"):
        assert tokenizer.decode(tokenizer.encode(text).ids) == text
    ids = tokenizer.encode("<|im_start|>user\nHi<|im_end|>").ids
    assert (ids[0], ids[-1]) == (START, END)
    assert len(tokenizer.encode("1985").ids) == 4  # digit by digit
    assert len(PARAGRAPH) / len(tokenizer.encode(PARAGRAPH).ids) > 3.5


def test_cleaning_takes_white_space_and_empty_sections() -> None:
    text = "Title\n\n\n\nBody  of\u00a0 it. \n## Empty\n\n## Also empty\n## Full\nWords.\n## Last\n"
    assert clean(text) == "Title\n\nBody of it.\n## Full\nWords."


def test_a_document_is_cut_at_a_paragraph_or_a_sentence() -> None:
    text = f"{PARAGRAPH}\n## History\n{PARAGRAPH}"
    assert cut(text, 10_000) == text
    assert cut(text, len(PARAGRAPH) + 30) == PARAGRAPH
    assert cut(PARAGRAPH, 100) == PARAGRAPH[: PARAGRAPH.index(" Captain")]


def test_thirteen_words_in_common_are_found_whatever_the_marks() -> None:
    held_out = Contaminated([PARAGRAPH])
    shared = " ".join(PARAGRAPH.split()[4:17])
    assert f"Something else. {shared.upper()}! And more." in held_out
    assert (
        f"Something else. {' '.join(PARAGRAPH.split()[4:16])} and more of another kind, too." not in held_out
    )
    assert "short" not in held_out
    assert len(ngrams(PARAGRAPH)) == len(PARAGRAPH.split()) - 12


def test_an_echo_can_be_copied_from_its_prompt() -> None:
    seen = set()
    for seed in range(60):
        text = echo(PARAGRAPH, random.Random(seed))
        if text is None:
            continue
        user, answer = (part.split("<|im_end|>")[0] for part in text.split("<|im_start|>")[1:])
        answer = answer.removeprefix("assistant\n")
        assert answer in user
        seen.add(answer)
    assert len(seen) >= 4
    assert echo("Too short.", random.Random(0)) is None


def test_documents_are_packed_behind_their_mark_and_the_forbidden_left_out(tmp_path: Path) -> None:
    texts = [f"Document number {i} says something of its own." for i in range(5)] + [PARAGRAPH]
    report = write(texts, tmp_path / "a.bin", forbidden=Contaminated([PARAGRAPH]))
    tokens = np.fromfile(tmp_path / "a.bin", np.uint16)
    assert report == {"documents": 5, "dropped": 1, "tokens": len(tokens), "bytes": sum(map(len, texts[:5]))}
    assert (tokens == BOS).sum() == 5
    assert tokens[0] == BOS
    decoded = {load().decode(part) for part in np.split(tokens, np.flatnonzero(tokens == BOS)[1:])}
    assert decoded == set(texts[:5])


def test_only_the_answers_are_learned() -> None:
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Hello there."},
        {"role": "assistant", "content": "Good day."},
        {"role": "user", "content": "And you?"},
        {"role": "assistant", "content": "Well, thanks."},
    ]
    ids, mask = encode(load(), messages)
    learned = load().decode(ids[mask.astype(bool)], skip_special_tokens=False)
    assert learned == "Good day.<|im_end|>Well, thanks.<|im_end|>"


def test_rows_without_messages_are_named(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps({"messages": []}) + "\n" + json.dumps({"text": "x"}) + "\n")
    with pytest.raises(TextError, match=r"rows\.jsonl, line 2: a row needs 'messages'"):
        list(rows([path]))


def test_unknown_splits_are_named() -> None:
    with pytest.raises(TextError, match="splits: train, held-out"):
        next(documents("test", "wiki"))  # type: ignore[arg-type]


def test_windows_hold_whole_conversations_and_padding_is_not_learned(tmp_path: Path) -> None:
    talks = [
        [
            {"role": "user", "content": f"Say {i}."},
            {"role": "assistant", "content": "Well, " * (i % 7) + "yes."},
        ]
        for i in range(80)
    ]
    report = pack(talks, tmp_path / "rows.bin", longest=64, window=64, whole=True)
    tokens = np.fromfile(tmp_path / "rows.bin", np.uint16).reshape(-1, 64)
    mask = np.fromfile(tmp_path / "rows.mask", np.uint8).reshape(-1, 64)
    assert report["rows"] == 80
    assert (tokens[:, 0] == START).all()
    assert ((tokens == BOS) == (mask == 0)).all()
    assert mask.mean() > 0.7
    found = "".join(
        load().decode(row[m.astype(bool)], skip_special_tokens=False)
        for row, m in zip(tokens, mask, strict=True)
    )
    assert all(f"Say {i}." in found for i in range(80))
