"""The minimal pairs: as many as asked for, each different in one way, the same at every call."""

import re
from collections import Counter

import pytest

from duologue.text.train import grammar_words as words
from duologue.text.train.grammar_phenomena import PHENOMENA
from duologue.text.train.minimal_pairs import pairs


def test_a_hundred_different_pairs_of_every_phenomenon() -> None:
    made = pairs(100)
    assert len(made) == len(PHENOMENA) >= 12
    for name, kind in made.items():
        assert len({p.good for p in kind}) == 100, name
        assert not {p.good for p in kind} & {p.bad for p in kind}, name


def test_sentences_are_clean_and_of_one_length() -> None:
    for name, kind in pairs(100).items():
        for pair in kind:
            assert pair.phenomenon == name
            for sentence in (pair.good, pair.bad):
                assert re.fullmatch(r"[A-Z][A-Za-z' ]+[.?]", sentence), sentence
                assert "  " not in sentence
            if name != "complement_form":  # "to go" is two words, "going" one
                apart = len(pair.good.split()) - len(pair.bad.split())
                assert apart == 0, pair


def test_the_same_at_every_call_and_for_every_count() -> None:
    few, many = pairs(5), pairs(40)
    assert all(many[name][:5] == kind for name, kind in few.items())
    assert pairs(5, seed=1) != few
    # What Random("1870 agreement") draws must not change from one Python to the next.
    assert few["agreement"][0].good == "The officer opens the window by the window."


def test_preferring_the_commoner_word_earns_no_more_than_half() -> None:
    """In phenomena that swap one word for another, each of the two is as often right as wrong."""
    for name, kind in pairs(100).items():
        if name in ("existential_there", "auxiliary_order", "complement_form", "negative_polarity"):
            continue
        right: Counter[str] = Counter()
        wrong: Counter[str] = Counter()
        for pair in kind:
            good, bad = Counter(pair.good.split()), Counter(pair.bad.split())
            right.update(good - bad)
            wrong.update(bad - good)
        # A preference for some words over all others: count what it could win at the very best if it
        # knew only how often each word is right here.
        best = sum(max(right[w], wrong[w]) for w in right | wrong) / sum((right + wrong).values())
        assert best < 0.75, (name, best)


def test_more_than_the_templates_give_is_an_error() -> None:
    with pytest.raises(ValueError, match="has no 5000 different pairs"):
        pairs(5_000)


def test_verbs_have_four_forms_that_differ_where_they_must() -> None:
    assert all(len({v.base, v.past, v.participle}) == 3 for v in words.STRONG)
    assert all(v.objects for v in (*words.STRONG, *words.TRANSITIVE))
    assert not any(v.objects for v in words.INTRANSITIVE)
    assert len(words.STRICT) == 11
