import gc
import itertools
import random
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from duologue.voice.frontend import Frontend, FrontendError, normalize, phonemize
from duologue.voice.frontend.alphabet import SYMBOLS

frontend = Frontend()

HOSTILE = [
    "",
    " \n\t ",
    "!!! ... ??? --- ,,,",
    "a",
    "I",
    "7",
    "😀😀 👨‍👩‍👧 🇬🇧 ❤️",
    "\x00\x01\x7f\u200b\u202e\ufeff",
    "\ud800 lone",
    "x" * 2000,
    "ABC" * 400,
    "1" * 3000,
    "1,2.3-4/5:6" * 100,
    "ha" * 500 + " " + "ha " * 300,
    "МОСКВА и 東京 and مرحبا שלום नमस्ते ไทย 한국어",
    "STOP SHOUTING NOW PLEASE",
    "(((([[[[{{{{<<<<",
    "'''\"\"\"''“”‘’",
    "http://" + "a/" * 300,
    "@" * 50 + "#" * 50 + "a@b.c@d.e",
    "$$$$$5 £ € ¥ 5$ $ 5",
    "²³½⅓ⅣⅯ①⑳㊿",
    "e\u0301" * 200,
    "Z\u0335\u0322\u0321a\u0336\u0327l\u0338g\u0337o\u0334",
    "[x](/a/)[pause:1s][pause:](/x/)[",
    "A.B.C.D.E.F.G. " * 40,
    "1/0 0/0 99/99/9999 25:61 00:00 24:00 -0 +0 1e999 0x1F",
    "Dr. St. Mr. No. vs. etc. e.g. i.e. Jan. Feb.",
    "\u3042\u3044 \u4e00\u4e8c\u4e09\u3002\u56db",
    "- - - – — * * * _ _ _ | | |",
    "٣٤٥ १२३ ൧൨",
    "\n\n\n1.\n2.\n3.\n",
]


def check(text: str, script) -> None:
    """Spans valid, in order and within the text; symbols known; words where they say they are."""
    end = 0
    for utterance in script.utterances:
        assert utterance.phonemes
        assert any(p.symbol.isalpha() for p in utterance.phonemes)
        assert len(utterance.phonemes) <= frontend.max_phonemes + 1
        before = 0
        for phoneme in utterance.phonemes:
            assert phoneme.symbol in SYMBOLS
            assert 0 <= phoneme.start <= phoneme.end <= len(text)
            assert phoneme.start >= before
            before = phoneme.start
        last = 0
        for word in utterance.words:
            assert word.text == text[word.start : word.end]
            assert last <= word.first < word.last <= len(utterance.phonemes)
            last = word.last
        assert utterance.start >= end or not end
        end = utterance.start


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_inputs(text):
    check(text, frontend.script(text))
    check(text, frontend.script(text, lang="en-gb"))


ATOMS = [
    "the cat", "Dr.", "St.", "5", "1,000", "3.2", "$", "£5.50", "billion", "km", "%", "-", "–",
    "—", " ", "  ", "\n", "\n\n", ".", "...", "?", "!", ",", "'", "’", "“", "”", '"', "(", ")",
    "[", "]", "/", "\\", "@", "#", "&", "NASA", "FBI", "iPhone", "é", "e\u0301", "ß", "½", "²",
    "😀", "👍🏽", "\u200b", "\u00ad", "Москва", "東", "10:30", "am", "p.m.", "2024", "'90s", "1st",
    "IV", "Henry", "x", "X", "www.a.com", "a@b.com", "[pause:1s]", "[w](/wɜːd/)", "&amp;",
    "<b>", "°C", "No.", "U.S.", "e.g.", "J.", "\t", "\x07", "ǅ", "ﬁ", "𝐀",
]  # fmt: skip


@pytest.mark.parametrize("seed", range(60))
def test_random_mixtures(seed):
    chance = random.Random(seed)
    text = "".join(chance.choice(ATOMS) + chance.choice(["", " ", " "]) for _ in range(chance.randint(1, 60)))
    script = frontend.script(text)
    check(text, script)
    assert list(frontend.iter_utterances(text)) == list(script.utterances)


@pytest.mark.parametrize("seed", range(20))
def test_random_characters(seed):
    chance = random.Random(1000 + seed)
    ranges = [(32, 127), (160, 0x250), (0x300, 0x600), (0x2000, 0x2C00), (0x3000, 0x3100), (0x1F300, 0x1FB00)]
    text = "".join(chr(chance.randint(*chance.choice(ranges[: 1 + seed % 6]))) for _ in range(150))
    check(text, frontend.script(text))


@pytest.mark.parametrize("seed", range(30))
def test_random_ssml(seed):
    chance = random.Random(seed)
    names = ["p", "s", "emphasis", "foo", 'prosody rate="slow"', 'voice name="v"', 'sub alias="some thing"']
    names += [
        'say-as interpret-as="digits"',
        'phoneme ph="wɜːd"',
        'lang xml:lang="en-GB"',
        'style name="calm"',
    ]
    leaves = [
        "word ",
        "5 km. ",
        "é&amp;x ",
        "<break/>",
        '<mark name="m"/>',
        "&#x20AC;5 ",
        "<![CDATA[a<b]]>",
        "\n",
    ]

    def tree(depth: int) -> str:
        if depth == 0:
            return chance.choice(leaves)
        name = chance.choice(names)
        return f"<{name}>{''.join(tree(chance.randint(0, depth - 1)) for _ in range(3))}</{name.split()[0]}>"

    document = f"<speak>{''.join(tree(3) for _ in range(4))}</speak>"
    check(document, frontend.script(document, ssml=True))


def test_nothing_to_say_is_no_utterance():
    for text in ("", "   ", "...!?", "[pause:2s]", "\u200b", "* * *"):
        assert frontend.script(text).utterances == ()


def test_nothing_is_lost_when_split():
    sentence = "the small grey cat went over the hill and then " * 60
    script = Frontend(max_phonemes=100).script(sentence)
    assert len(script.utterances) > 10
    assert [w.text for u in script.utterances for w in u.words] == sentence.split()
    assert all(len(u.phonemes) <= 100 for u in script.utterances[:-1])


def test_long_sentences_split_at_clauses():
    sentence = (
        "When the rain had stopped at last, the children ran out into the garden, "
        "and nobody called them back."
    )
    script = Frontend(max_phonemes=60).script(sentence)
    assert [str(u)[-1] for u in script.utterances] == [",", ",", "."]
    assert [u.pause_after for u in script.utterances] == [None, None, None]


def test_a_word_of_two_thousand_letters():
    text = "It is " + "supercali" * 222 + " now."
    script = frontend.script(text)
    spoken = sum(len(u.phonemes) for u in script.utterances)
    assert spoken > 1500
    assert script.utterances[-1].words[-1].text == "now"


def test_the_first_utterance_of_a_megabyte_comes_at_once():
    text = "This is a plain sentence about nothing. " * 26_000
    assert len(text) > 1_000_000
    frontend.script("warm up")
    started = time.process_time()
    first = list(itertools.islice(frontend.iter_utterances(text), 3))
    assert time.process_time() - started < 0.2
    assert [u.words[0].text for u in first] == ["This"] * 3


@pytest.mark.parametrize(
    "unit",
    ["hello there. ", "1", "a", "1-", "/x", "a@", "A.", "[a](", "'", '("', "é", "1,", " ", "-", "😀", "&lt;"],
)
def test_time_is_linear(unit):
    """Twice the text takes about twice the time, whatever it is made of."""
    size = 800

    def cost(count: int) -> float:
        text = unit * count
        gc.collect()  # late in a long run a whole collection takes longer than the reading
        gc.disable()
        started = time.process_time()
        for _ in frontend._reading(text, False, "en-us", None, []).spoken():
            pass
        gc.enable()
        return time.process_time() - started

    cost(200)
    small, large = (min(cost(count) for _ in range(2)) for count in (size, size * 4))
    assert large < 12 * small + 0.1


def test_utterances_end_with_a_mark():
    assert str(frontend.script("A heading").utterances[0]).endswith(".")
    assert str(frontend.script("Really?").utterances[0]).endswith("?")
    assert str(frontend.script("wait [pause:1s] for it").utterances[0]).endswith(",")


def test_paragraphs():
    assert [u.paragraph for u in frontend.script("One. Two.\n\nThree.").utterances] == [False, True, False]


def test_words_are_those_of_the_user():
    text = "Dr. O’Brien paid $3.2 billion—for H2O!"
    (utterance,) = frontend.script(text).utterances
    assert [w.text for w in utterance.words] == ["Dr.", "O’Brien", "paid", "$3.2", "billion", "for", "H2O"]


def test_functions():
    assert normalize("It cost $5.") == "It cost five dollars."
    assert "fˈIv dˈɑləɹz" in phonemize("It cost $5.")
    assert phonemize("bath", lang="en-gb") != phonemize("bath")


def test_errors():
    with pytest.raises(FrontendError, match="en-gb"):
        frontend.script("x", lang="fr")
    with pytest.raises(FrontendError, match="str"):
        frontend.script(b"x")
    with pytest.raises(FrontendError, match="16"):
        Frontend(max_phonemes=3)


def test_threads_agree():
    texts = [f"Number {i} costs ${i}.50 on Jan. {i % 28 + 1}." for i in range(40)]
    shared = Frontend()
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda t: str(shared.script(t).utterances[0]), texts))
    assert together == [str(frontend.script(t).utterances[0]) for t in texts]
