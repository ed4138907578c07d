"""Durations, the common axis of a batch, and grouping."""

from __future__ import annotations

import numpy as np

from duologue.voice.batching import groups
from duologue.voice.frontend.utterance import Phoneme, Utterance
from duologue.voice.timing import GAP, axis, whole_frames


def test_rounding_errors_are_carried_on() -> None:
    wanted = [1.4, 2.4, 1.4, 3.4, 1.4] * 40
    frames = whole_frames(wanted, [False] * 200, hurried=False)
    assert abs(sum(frames) - sum(wanted)) <= 0.5
    assert all(abs(n - w) < 1.01 for n, w in zip(frames, wanted, strict=True))


def test_sounds_last_a_frame_and_signs_may_vanish_in_a_hurry() -> None:
    wanted, silent = [0.3] * 100, [i % 2 == 0 for i in range(100)]
    assert whole_frames(wanted, silent, hurried=False) == [1] * 100
    frames = whole_frames(wanted, silent, hurried=True)
    assert [n for n, mute in zip(frames, silent, strict=True) if not mute] == [1] * 50
    assert sum(frames) == 50


def test_sentences_lie_behind_each_other_with_gaps() -> None:
    line = axis([[2, 3], [1, 1, 4]])
    assert line.starts == [0, 5 + GAP]
    assert line.frames == [5, 6]
    assert len(line.index) == 11 + 2 * GAP
    assert line.mask[:, 0].tolist() == [1] * 5 + [0] * GAP + [1] * 6 + [0] * GAP
    assert line.index[:5].tolist() == [0, 0, 1, 1, 1]
    assert line.index[8:14].tolist() == [4, 5, 6, 6, 6, 6]
    assert line.place[0].tolist() == [0.25, np.float32(np.log(2)), 0.75]
    assert not line.place[5:8].any()
    assert line.spread(np.arange(9, dtype=np.float32))[:4].tolist() == [0, 0, 0, 0]


def test_an_axis_is_cut_to_what_is_heard() -> None:
    line = axis([[2, 3], [1, 1, 4]])
    part, kept = line.cut([3, 5])
    assert kept.tolist() == [0, 1, 2, 5, 6, 7, 8, 9, 10, 11, 12]
    assert part.starts == [0, 3 + GAP]
    assert part.frames == [3, 5]
    assert part.mask[:, 0].tolist() == [1] * 3 + [0] * GAP + [1] * 5
    assert np.array_equal(part.index, line.index[kept])
    assert np.array_equal(part.place, line.place[kept])
    later, kept = line.cut([3, 5], [0, 2])
    assert kept.tolist() == [0, 1, 2, 5, 6, 7, 10, 11, 12]
    assert (later.starts, later.frames) == ([0, 3 + GAP], [3, 3])


def _utterance(size: int, voice: str | None = None) -> Utterance:
    return Utterance(phonemes=(Phoneme("a", 0, 1),) * size, words=(), start=0, end=1, voice=voice)


def test_the_first_group_is_small_and_groups_grow_up_to_a_limit() -> None:
    sizes = [len(g.utterances) for g in groups(iter([_utterance(30)] * 60), 320)]
    assert sizes[0] == 1
    assert sizes == sorted(sizes[:-1]) + sizes[-1:]
    assert max(sizes) <= 11
    assert sum(sizes) == 60


def test_groups_keep_order_and_end_where_the_voice_changes() -> None:
    made = list(groups(iter([_utterance(5), _utterance(6, "b"), _utterance(7, "b"), _utterance(8)]), 320))
    assert [len(u.phonemes) for g in made for u in g.utterances] == [5, 6, 7, 8]
    assert [g.voice for g in made if g.voice] == ["b"] * len([g for g in made if g.voice])
    assert [g.first for g in made] == [sum(len(x.utterances) for x in made[:i]) for i in range(len(made))]
