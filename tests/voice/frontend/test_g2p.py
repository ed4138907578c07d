"""The pronouncer: one string per token, context, compounds, initialisms, and hostile words."""

import re
import time

import pytest

from duologue.voice.frontend import phonemize
from duologue.voice.frontend.alphabet import SYMBOLS
from duologue.voice.frontend.g2p import Pronouncer
from duologue.voice.frontend.token import PUNCTUATION, Token


@pytest.fixture(scope="module")
def american() -> Pronouncer:
    return Pronouncer("en-us")


@pytest.fixture(scope="module")
def british() -> Pronouncer:
    return Pronouncer("en-gb")


def tokens(sentence: str) -> list[Token]:
    found = re.finditer(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*['’]?|[^\w\s]", sentence)
    return [
        Token(m.group(), m.start(), m.end(), "punct" if m.group() in PUNCTUATION else "word") for m in found
    ]


def say(pronouncer: Pronouncer, sentence: str) -> str:
    return " ".join(pronouncer.pronounce(tokens(sentence)))


def test_one_string_for_each_token(american: Pronouncer) -> None:
    sentence = tokens('He said, "Wait — (please)…"')
    said = american.pronounce(sentence)
    assert len(said) == len(sentence)
    assert [p for t, p in zip(sentence, said, strict=True) if t.kind == "punct"] == [
        t.text for t in sentence if t.kind == "punct"
    ]
    assert american.pronounce([]) == []


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        ("the apple", "ði ˈæpᵊl"),
        ("the pear", "ðə pˈɛɹ"),
        ("a pear", "ɐ pˈɛɹ"),
        ("to eat", "tʊ ˈit"),
        ("to go", "tə ɡˌO"),
        ("where to?", "wˌɛɹ tu ?"),
        ("come in.", "kˈʌm ˈɪn ."),
        ("in Rome", "ɪn ɹˈOm"),
        ("they have.", "ðA hˈæv ."),
        ("the “apple”", "ði “ ˈæpᵊl ”"),
    ],
)
def test_weak_forms(american: Pronouncer, sentence: str, wanted: str) -> None:
    assert say(american, sentence) == wanted


@pytest.mark.parametrize(
    ("word", "american_form", "british_form"),
    [
        ("didn't", "dˈɪdᵊnt", "dˈɪdᵊnt"),
        ("didn’t", "dˈɪdᵊnt", "dˈɪdᵊnt"),
        ("boss's", "bˈɔsᵻz", "bˈɒsɪz"),
        ("dogs'", "dˈɔɡz", "dˈɒɡz"),
        ("well-known", "wˌɛlnˈOn", "wˌɛlnˈQn"),
        ("non-existence", "nˌɑnɪɡzˈɪstᵊns", "nˌɒnɪɡzˈɪstᵊns"),
        ("café", "kæfˈA", "kˈafA"),
        ("YouTube", "jˈutˌub", "jˈuːtjuːb"),
        ("skateshops", "skˈAtʃˌɑps", "skˈAtʃɒps"),
        ("soooo", "sˌO", "sˌQ"),
        ("résumé", "ɹˈɛzəmˌA", "ɹˈɛzjʊmA"),
    ],
)
def test_words(
    american: Pronouncer, british: Pronouncer, word: str, american_form: str, british_form: str
) -> None:
    assert say(american, f"see {word} here").split()[1] == american_form
    assert say(british, f"see {word} here").split()[1] == british_form


def test_initialisms(american: Pronouncer) -> None:
    assert american.pronounce([Token("FBI", 0, 3, "spell")]) == ["ˌɛfbˌiˈI"]
    assert american.pronounce([Token("PCs", 0, 3, "spell")]) == ["pˌisˈiz"]
    assert say(american, "an XQZ film").split()[1] == "ˌɛkskjˌuzˈi"
    assert say(american, "the NATO plan").split()[1] == "nˈATˌO".replace("ˌ", "")


def test_ipa_tokens_pass_unchanged(american: Pronouncer) -> None:
    sentence = [Token("the", 0, 3), Token("ˈæpᵊl", 4, 9, "ipa")]
    assert american.pronounce(sentence) == ["ði", "ˈæpᵊl"]


def test_emphasis(american: Pronouncer) -> None:
    def one(emphasis: str | None) -> str:
        return american.pronounce([Token("of", 0, 2, emphasis=emphasis), Token("it", 3, 5)])[0]

    assert one(None) == "ʌv"
    assert one("strong") == "ˈʌv"
    assert one("reduced") == "ʌv"
    reduced = american.pronounce([Token("table", 0, 5, emphasis="reduced")])
    assert reduced == ["tAbᵊl"]


def test_capitals_carry_stress(american: Pronouncer) -> None:
    assert say(american, "and so") == "ænd sˌO"
    assert say(american, "And so").split()[0] == "ˌænd"
    assert say(american, "do NOT go").split()[1].startswith("nˈ")


@pytest.mark.parametrize(
    "word",
    [
        "zxqvb",
        "Ptarth",
        "hmmmm",
        "aaaaaaaa",
        "don't'n't",
        "-",
        "'",
        "ŒUVRE",
        "naïveté",
        "McFlurble",
        "iZorb",
        "o'",
        "A.B.C",
        "x-",
        "Ǆ",
    ],
)
def test_hostile_words(american: Pronouncer, british: Pronouncer, word: str) -> None:
    for pronouncer in (american, british):
        (said,) = pronouncer.pronounce([Token(word, 0, len(word))])
        assert set(said) <= SYMBOLS
        if any(c.isascii() and c.isalpha() for c in word):
            assert said, word


def test_very_long_word_and_very_long_sentence(american: Pronouncer) -> None:
    begun = time.perf_counter()
    (said,) = american.pronounce([Token("pneumono" * 250, 0, 2000)])
    assert len(said) > 1000
    many = american.pronounce([Token("word", 0, 4)] * 5000)
    assert many == ["wˈɜɹd"] * 5000
    assert time.perf_counter() - begun < 5


def test_same_answer_every_time(american: Pronouncer) -> None:
    sentence = tokens("They read the Zorbland records in the desert, didn't they?")
    assert american.pronounce(sentence) == Pronouncer("en-us").pronounce(sentence)


def test_quick_when_warm(american: Pronouncer) -> None:
    sentence = tokens("The old woman read her letter while the children played in the garden.")
    american.pronounce(sentence)
    best = min(_seconds(american, sentence) for _ in range(100))
    assert best < 2e-3


def _seconds(pronouncer: Pronouncer, sentence: list[Token]) -> float:
    begun = time.perf_counter()
    pronouncer.pronounce(sentence)
    return time.perf_counter() - begun


def test_a_letter_drawn_out_without_end_is_said_again_and_again() -> None:
    assert len(phonemize("so" + "o" * 12)) < 8
    assert phonemize("a" * 36).count("ɑ") >= 10
