"""The user's own lexicon and the mapping from IPA: what it takes, what it refuses and how it says so."""

from itertools import islice
from pathlib import Path

import pytest

from duologue.voice.frontend.alphabet import SYMBOLS
from duologue.voice.frontend.g2p import Pronouncer
from duologue.voice.frontend.ipa import ipa_to_phonemes
from duologue.voice.frontend.lexicon import Lexicon
from duologue.voice.frontend.token import Token
from duologue.voice.frontend.userlexicon import UserLexicon, UserLexiconError


def say(text: str, lexicon: str, lang: str = "en-us") -> list[str]:
    tokens = [Token(word, 0, len(word)) for word in text.split()]
    return Pronouncer(lang, UserLexicon.parse(lexicon)).pronounce(tokens)  # type: ignore[arg-type]


def test_reads_a_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.txt"
    path.write_text("\ufeff# names\nSiobhan = /ʃɪˈvɔːn/\n\nSQL = sequel  # as we say it\n", "utf-8")
    lexicon = UserLexicon.load(path)
    assert set(lexicon.entries) == {"Siobhan", "SQL"}
    siobhan = lexicon.find("Siobhan")
    assert siobhan is not None
    assert siobhan.phonemes == {"en-us": "ʃɪvˈɔn", "en-gb": "ʃɪvˈɔːn"}


def test_ipa_and_respelling_are_said() -> None:
    assert say("Siobhan", "Siobhan = /ʃɪˈvɔːn/") == ["ʃɪvˈɔn"]
    assert say("SQL", "SQL = sequel") == ["sˈikwəl"]
    assert say("Xyzzy", "xyzzy = easy") == ["ˈizi"]
    assert len(say("Nguyen's", "Nguyen = win")) == 1
    assert say("Nguyen's", "Nguyen = win") == ["wˈɪnz"]


def test_a_capital_answers_only_as_written() -> None:
    entry = "Job = /dʒoʊb/"
    assert say("Job", entry) == ["ʤOb"]
    assert say("job", entry) == ["ʤˈɑb"]
    assert say("GIF gif Gif", "gif = /ˈdʒɪf/") == ["ʤˈɪf"] * 3


def test_it_wins_over_context_and_spelling() -> None:
    spelled = [Token("GNU", 0, 3, "spell")]
    assert Pronouncer("en-us", UserLexicon.parse("GNU = /ɡnuː/")).pronounce(spelled) == ["ɡnu"]
    assert say("I read it", "read = /rɛd/")[1] == "ɹɛd"


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("word\n", 1, "word = /ipa/"),
        ("a = b\n = c", 2, "word = /ipa/"),
        ("ok = okay\ntwo words = x", 2, "one word"),
        ("a = /x", 1, "two slashes"),
        ("a = /h3/", 1, "'3'"),
        ("a = //", 1, "two slashes"),
        ("a = n4me", 1, "letters only"),
        ("a = b\na = c", 2, "line 1"),
        ("a = /ǃa/", 1, "ǃ"),
    ],
)
def test_mistakes_name_file_and_line(text: str, line: int, says: str) -> None:
    with pytest.raises(UserLexiconError) as caught:
        UserLexicon.parse(text, "mine.txt")
    message = str(caught.value)
    assert message.startswith(f"mine.txt, line {line}: ")
    assert says in message or (says == "one word" and "more than one word" in message)


def test_unreadable_files(tmp_path: Path) -> None:
    with pytest.raises(UserLexiconError, match="cannot be read"):
        UserLexicon.load(tmp_path / "none.txt")
    (tmp_path / "latin.txt").write_bytes(b"caf\xe9 = cafay")
    with pytest.raises(UserLexiconError, match="UTF-8"):
        UserLexicon.load(tmp_path / "latin.txt")


@pytest.mark.parametrize(
    ("ipa", "american", "british"),
    [
        ("/həˈloʊ/", "həlˈO", "həlˈQ"),
        ("[ˈwɔːtə]", "wˈɔtə", "wˈɔːtə"),
        ("t͡ʃiːz", "ʧiz", "ʧiːz"),
        ("ˈbʌɾɚ", "bˈʌTəɹ", "bˈʌtə"),
        ("ˈlɪtl̩", "lˈɪtᵊl", "lˈɪtᵊl"),
        ("bɜːd", "bɜɹd", "bɜːd"),
        ("ˈdʒəʊk", "ʤˈOk", "ʤˈQk"),
        ("ˈstrʌktʃə", "stɹˈʌkʧə", "stɹˈʌkʧə"),
        ("kæt", "kæt", "kat"),
        ("ˌɪn.təˈnæʃ.nəl", "ˌɪntənˈæʃnəl", "ˌɪntənˈaʃnəl"),
    ],
)
def test_ipa_in_both_accents(ipa: str, american: str, british: str) -> None:
    assert ipa_to_phonemes(ipa, "en-us") == american
    assert ipa_to_phonemes(ipa, "en-gb") == british


def test_what_the_front_end_shows_can_be_given_back() -> None:
    for lang in ("en-us", "en-gb"):
        some = [entry for _, entry in islice(Lexicon.load(lang).items(), 0, 20_000, 20) if entry.gold]
        changed = [e.default for e in some if ipa_to_phonemes(e.default, lang) != e.default]
        assert len(some) > 200
        assert len(changed) <= len(some) // 100, changed


def test_all_sounds_come_out_in_the_alphabet() -> None:
    for ipa in ("ʁʀxçøyœɲʎβɣɨʉɯ", "ɑ̃ ɔ̃ ɛ̃", "pʰitʲɐ", "ʈʂɭɳ", "r̩ʒ"):
        for lang in ("en-us", "en-gb"):
            assert set(ipa_to_phonemes(ipa, lang)) <= SYMBOLS


@pytest.mark.parametrize("ipa", ["", "//", "[]", " ", "ˈ", "/ǃ/", "日本", "a1", "<p>"])
def test_no_sound_is_refused(ipa: str) -> None:
    with pytest.raises(ValueError, match="IPA"):
        ipa_to_phonemes(ipa, "en-us")
