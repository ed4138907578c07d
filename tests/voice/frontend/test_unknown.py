"""The network for unknown words: sound output for any input, linear time, and its training run."""

import time

import numpy as np
import pytest

from duologue.voice.frontend.alphabet import SYMBOLS
from duologue.voice.frontend.unknown import SLOTS, UnknownWords, letters_of


@pytest.fixture(scope="module")
def net() -> UnknownWords:
    return UnknownWords.load()


def test_reads_made_up_words(net: UnknownWords) -> None:
    assert net("blent", "en-us") == "blˈɛnt"
    assert net("brock", "en-us") == "bɹˈɑk"
    assert net("brock", "en-gb") == "bɹˈɒk"
    assert net("stook", "en-gb").startswith("stˈ")


def test_one_main_stress(net: UnknownWords) -> None:
    for word in ("florbination", "antivolcanism", "mertz", "quimbledore", "zythogrammatic", "obberlander"):
        for lang in ("en-us", "en-gb"):
            assert net(word, lang).count("ˈ") == 1, net(word, lang)


def test_output_is_in_the_alphabet_whatever_comes(net: UnknownWords) -> None:
    rng = np.random.default_rng(0)
    for _ in range(200):
        word = "".join(rng.choice(list("abcdefghijklmnopqrstuvwxyz'"), size=int(rng.integers(1, 30))))
        assert set(net(word, "en-us")) <= SYMBOLS
        assert set(net(word, "en-gb")) <= SYMBOLS


def test_accents_are_folded() -> None:
    assert letters_of("Łódź") == "lodz"
    assert letters_of("Straße") == "strasse"
    assert letters_of("Æsir-7") == "aesir"
    assert letters_of("日本") == ""


def test_nothing_to_read_is_nothing(net: UnknownWords) -> None:
    assert net("", "en-us") == ""
    assert net("123", "en-gb") == ""


def test_long_words_take_linear_time(net: UnknownWords) -> None:
    word = ("supercalifragilistic" * 100)[:2000]
    assert net.logits(word, "en-us").shape[0] == SLOTS * 2000
    begun = time.perf_counter()
    said = net(word, "en-us")
    assert time.perf_counter() - begun < 2
    assert len(said) > 1000


def test_what_comes_far_away_changes_nothing_here(net: UnknownWords) -> None:
    near = net.logits("abracadabra" * 3 + "b" * 40, "en-us")[:20]
    far = net.logits("abracadabra" * 3 + "b" * 30 + "z" * 10, "en-us")[:20]
    np.testing.assert_allclose(near, far, atol=1e-3)


def test_training_runs_stops_and_goes_on(tmp_path) -> None:  # type: ignore[no-untyped-def]
    torch = pytest.importorskip("torch")
    from duologue.voice.train import unknown as train

    torch.set_num_threads(1)
    few = {"bat": "bˈæt", "tab": "tˈæb", "cat": "kˈæt", "tack": "tˈæk", "back": "bˈæk"}
    words = [train.Example(word, said, "en-us", True) for word, said in few.items()] * 40
    first = train.train(0.003, tmp_path, size=8, data=words)
    steps = torch.load(tmp_path / "checkpoint.pt", weights_only=True)["step"]
    assert steps > 0
    assert first.exists()
    train.train(0.006, tmp_path, size=8, data=words)
    assert torch.load(tmp_path / "checkpoint.pt", weights_only=True)["step"] > steps
    assert set(UnknownWords(first)("back", "en-us")) <= SYMBOLS


def test_numpy_equals_the_trained_network(tmp_path) -> None:  # type: ignore[no-untyped-def]
    torch = pytest.importorskip("torch")
    from duologue.voice.train import unknown as train

    torch.manual_seed(0)
    sounds = ["", "a", "ˈa", "ˌa", "b"]
    module = train.LetterNet(len(sounds)).half().float()
    train.export(module, sounds, tmp_path / "net.safetensors")
    word = "crocodile"
    ids = torch.tensor([[train.LETTERS.index(c) + 1 for c in word]])
    wanted = module(ids, torch.tensor([1]))[0].detach().numpy()
    np.testing.assert_allclose(
        UnknownWords(tmp_path / "net.safetensors").logits(word, "en-gb"), wanted, atol=2e-3
    )


def test_families_are_held_out_together() -> None:
    pytest.importorskip("torch")
    from duologue.voice.train.unknown import held_out, score

    assert held_out("record") == held_out("records") == held_out("recording")
    result = score(["kˈæt", "dˈɔɡ"], ["kˈæt", "dˈɑɡ"])
    assert result["accuracy"] == 0.5
    assert result["per"] == pytest.approx(1 / 8)
