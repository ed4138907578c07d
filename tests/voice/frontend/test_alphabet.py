import pytest

from duologue.voice.frontend.alphabet import IDS, PAD, STRESS, SYMBOLS, VOCABULARY_SIZE, encode


def test_ids_are_the_teachers():
    spots = {";": 1, ",": 3, " ": 16, "A": 24, "I": 25, "O": 31, "Q": 33, "Y": 41, "a": 43, "ɡ": 92, "ɹ": 123}
    spots |= {"ʤ": 82, "ʧ": 133, "θ": 119, "ˈ": 156, "ˌ": 157, "ː": 158, "↘": 173, "ᵻ": 177, "\u0303": 17}
    assert {symbol: IDS[symbol] for symbol in spots} == spots
    assert len(IDS) == 114


def test_ids_are_distinct_and_fit_the_table():
    assert len(set(IDS.values())) == len(IDS)
    assert max(IDS.values()) == VOCABULARY_SIZE - 1
    assert PAD not in IDS.values()
    assert set(STRESS) <= SYMBOLS


def test_encode():
    assert encode("həlˈO.") == [50, 83, 54, 156, 31, 4]
    with pytest.raises(KeyError):
        encode("§")
