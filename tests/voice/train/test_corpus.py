"""The corpus on disk: what is read back, and what an interruption costs."""

from pathlib import Path

import numpy as np
import pytest

from duologue.voice.train.corpus import Corpus, CorpusWriter, Item

FIELDS = ("ids", "durations", "f0", "energy", "audio")


def made(phonemes: int, seed: int) -> Item:
    rng = np.random.default_rng(seed)
    durations = rng.integers(1, 6, phonemes).astype(np.uint16)
    frames = int(durations.sum())
    return Item(
        ids=rng.integers(1, 170, phonemes).astype(np.uint8),
        durations=durations,
        f0=rng.uniform(80, 300, 2 * frames).astype(np.float32),
        energy=rng.normal(size=2 * frames).astype(np.float32),
        audio=rng.integers(-3000, 3000, 600 * frames).astype(np.int16),
    )


def write(folder: Path, items: list[Item], first: int = 0) -> None:
    writer = CorpusWriter(folder, "af_heart", FIELDS)
    for line, item in enumerate(items, first):
        writer.append(item, line)
    writer.close()


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    items = [made(5 + n, n) for n in range(4)]
    write(tmp_path, items)
    corpus = Corpus(tmp_path)
    assert len(corpus) == 4
    assert corpus.voice == "af_heart"
    for got, want in zip(corpus, items, strict=True):
        for name in FIELDS:
            assert np.array_equal(getattr(got, name), getattr(want, name))
    assert corpus.seconds == pytest.approx(sum(int(i.durations.sum()) for i in items) * 0.025)


def test_an_utterance_cut_off_by_a_kill_is_dropped_and_writing_goes_on(tmp_path: Path) -> None:
    items = [made(6, n) for n in range(3)]
    write(tmp_path, items[:2])
    # Killed in the middle of the third: sound half written, index line half written.
    with (tmp_path / "audio.bin").open("ab") as file:
        file.write(b"\x01\x02\x03")
    with (tmp_path / "index.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"voice": "af_h')
    write(tmp_path, items[2:], first=2)
    corpus = Corpus(tmp_path)
    assert corpus.lines == [0, 1, 2]
    assert np.array_equal(corpus[2].audio, items[2].audio)
    assert np.array_equal(corpus[2].f0, items[2].f0)


def test_an_empty_folder_says_how_to_fill_it(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"duologue\.voice\.train\.corpus"):
        Corpus(tmp_path)
