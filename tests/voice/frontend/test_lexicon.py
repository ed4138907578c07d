"""The lexicon file: lookups, case, tiers, senses, and the packing itself."""

import struct
import time
import zlib

import pytest

from duologue.voice.frontend.alphabet import SYMBOLS
from duologue.voice.frontend.inflection import Inflector
from duologue.voice.frontend.lexicon import DATA, Lexicon, pack


@pytest.fixture(scope="module")
def american() -> Lexicon:
    return Lexicon.load("en-us")


def test_finds_words_of_both_accents(american: Lexicon) -> None:
    water = american.find("water")
    assert water is not None
    assert water.default == "wˈɔTəɹ"
    british = Lexicon.load("en-gb").find("water")
    assert british is not None
    assert british.default == "wˈɔːtə"


def test_first_letter_may_change_case(american: Lexicon) -> None:
    assert american.find("Water") == american.find("water")
    assert american.find("january") == american.find("January")
    polish, nation = american.find("polish"), american.find("Polish")
    assert polish is not None
    assert nation is not None
    assert polish.default != nation.default


def test_unknown_word_is_none(american: Lexicon) -> None:
    for word in ("zorblification", "", "a b", "ÿ", "\t", "water\twˈɔTəɹ"):
        assert american.find(word) is None, word


def test_senses_by_part_of_speech(american: Lexicon) -> None:
    record = american.find("record")
    assert record is not None
    assert record.senses == {"VERB": "ɹəkˈɔɹd"}
    assert record.default == "ɹˈɛkəɹd"
    us = american.find("US")
    assert us is not None
    assert us.senses["NOUN"] is None


@pytest.mark.parametrize("accent", ["us", "gb"])
def test_every_pronunciation_is_in_the_alphabet(accent: str) -> None:
    data = (DATA / f"lexicon_{accent}.bin").read_bytes()
    (blocks,) = struct.unpack_from("<I", data, 4)
    lines = zlib.decompress(data[8 + 4 * blocks :]).decode().split("\n")[1:-1]
    assert len(lines) > 150_000
    assert lines == sorted(lines, key=lambda line: line.partition("\t")[0].encode())
    symbols = set("".join(line.partition("\t")[2] for line in lines))
    tags = set("DEFAULTNOUNVERBADJADVVBDVBNVBPDTNone")
    assert symbols - tags - set("~|=-") <= SYMBOLS
    assert "ɾ" not in symbols


def test_pack_keeps_everything_over_many_blocks() -> None:
    words = {f"w{i:04d}": f"p{i}" for i in range(500)} | {"x": "~q", "y": "a|VERB=b|NOUN=-"}
    lexicon = Lexicon(pack(words.items()))
    assert all(lexicon.find(word) for word in words)
    assert {word for word, _ in lexicon.items()} == set(words)
    x, y = lexicon.find("x"), lexicon.find("y")
    assert x is not None
    assert not x.gold
    assert x.default == "q"
    assert y is not None
    assert y.senses == {"VERB": "b", "NOUN": None}


def test_wrong_file_and_language_are_refused() -> None:
    with pytest.raises(ValueError, match="DLX1"):
        Lexicon(b"PK\x03\x04 not ours")
    with pytest.raises(ValueError, match="en-gb"):
        Lexicon.load("de")  # type: ignore[arg-type]


def test_lookups_are_quick(american: Lexicon) -> None:
    def seconds(word: str) -> float:
        begun = time.perf_counter()
        american.find(word)
        return time.perf_counter() - begun

    for word in ("the", "zorbly", "Polish", "zzz"):
        assert min(seconds(word) for _ in range(500)) < 60e-6


@pytest.mark.parametrize(
    ("stem", "plural", "past"),
    [
        ("kˈæt", "kˈæts", "kˈæTᵻd"),
        ("wˈɔk", "wˈɔks", "wˈɔkt"),
        ("ɹˈOz", "ɹˈOzᵻz", "ɹˈOzd"),
        ("nˈid", "nˈidz", "nˈidᵻd"),
    ],
)
def test_american_endings(stem: str, plural: str, past: str) -> None:
    inflector = Inflector("en-us")
    assert inflector.plural(stem) == plural
    assert inflector.past(stem) == past


def test_british_endings() -> None:
    inflector = Inflector("en-gb")
    assert inflector.plural("ɹˈQz") == "ɹˈQzɪz"
    assert inflector.past("wˈɒnt") == "wˈɒntɪd"
    stems = {"store": "stˈɔː", "see": "sˈiː", "wait": "wˈAt"}
    assert inflector.ending("storing", stems.get) == "stˈɔːɹɪŋ"
    assert inflector.ending("seeing", stems.get) == "sˈiːɪŋ"
    assert inflector.ending("waiting", stems.get) == "wˈAtɪŋ"


def test_stems_are_found_through_spelling_changes() -> None:
    stems = {"google": "ɡˈuɡᵊl", "podcat": "pˈɑdkæt", "fluffy": "flˈʌfi", "vape": "vˈAp"}
    inflector = Inflector("en-us")
    said = {
        w: inflector.ending(w, stems.get) for w in ("googling", "podcatting", "fluffies", "fluffier", "vaped")
    }
    assert said == {
        "googling": "ɡˈuɡᵊlɪŋ",
        "podcatting": "pˈɑdkæTɪŋ",
        "fluffies": "flˈʌfiz",
        "fluffier": "flˈʌfiəɹ",
        "vaped": "vˈApt",
    }


def test_names_take_only_plurals_and_possessives() -> None:
    stems = {"dilling": "dˈɪlɪŋ", "smith": "smˈɪθ"}
    inflector = Inflector("en-us")
    assert inflector.ending("dillinger", stems.get, name=True) is None
    assert inflector.ending("smith's", stems.get, name=True) == "smˈɪθs"


def test_prefixes_and_compounds() -> None:
    stems = {
        "friend": "fɹˈɛnd",
        "skate": "skˈAt",
        "shop": "ʃˈɑp",
        "mean": "mˈin",
        "tone": "tˈOn",
        "meant": "mˈɛnt",
        "one": "wˈʌn",
    }
    inflector = Inflector("en-us")
    assert inflector.beginning("unfriend", stems.get) == "ˌʌnfɹˈɛnd"
    assert inflector.beginning("untold", stems.get) is None
    assert inflector.compound("skateshop", stems.get) == "skˈAtʃˌɑp"
    assert inflector.compound("meantone", stems.get) == "mˈintˌOn"
