"""Homographs in context: how many of our own test sentences are read right, beside hibari-tts.

The cases (`frontend_cases/homographs.tsv`: sentence TAB word TAB phonemes, alternatives apart by |)
were written before the rules were. American English.

    python benchmarks/frontend_homographs.py
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from duologue.voice.frontend.g2p import Pronouncer
from duologue.voice.frontend.token import PUNCTUATION, Token

__all__ = ["CASES", "Case", "plain_tokens", "run"]

CASES = Path(__file__).parent / "frontend_cases" / "homographs.tsv"
Case = tuple[str, str, list[str]]
_TOKEN = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|[^\w\s]")


def cases() -> list[Case]:
    """(sentence, word, accepted phonemes)."""
    rows = [line.split("\t") for line in CASES.read_text("utf-8").splitlines() if line]
    return [(sentence, word, said.split("|")) for sentence, word, said in rows]


def plain_tokens(sentence: str) -> list[Token]:
    """Tokens of a sentence that needs no normalisation."""
    return [
        Token(m.group(), m.start(), m.end(), kind="punct" if m.group() in PUNCTUATION else "word")
        for m in _TOKEN.finditer(sentence)
    ]


def ours() -> Callable[[str, str], str]:
    """A function that says a word of a sentence, our way."""
    pronouncer = Pronouncer("en-us")

    def say(sentence: str, word: str) -> str:
        tokens = plain_tokens(sentence)
        said = pronouncer.pronounce(tokens)
        return next((p for t, p in zip(tokens, said, strict=True) if t.text.lower() == word.lower()), "")

    return say


def hibari() -> Callable[[str, str], str] | None:
    """The same for hibari-tts, None where it is not installed."""
    try:
        from hibari.g2p import G2P
    except ImportError:
        return None
    peer = G2P()

    def say(sentence: str, word: str) -> str:
        text = peer(sentence)
        written, said = _TOKEN.findall(sentence), re.findall(r"[^\s.,!?;:]+|[.,!?;:]", text)
        if len(written) != len(said):
            return ""
        return next((p for t, p in zip(written, said, strict=True) if t.lower() == word.lower()), "")

    return say


def _without_capital(said: str, accepted: list[str]) -> bool:
    """Right, or right but for the stress a capital letter adds."""
    return said in accepted or said.replace("ˌ", "", 1) in accepted


def run(verbose: bool = False) -> dict[str, float]:
    """Accuracy by system, and the number of cases."""
    tests = cases()
    result: dict[str, float] = {"cases": len(tests)}
    for name, say in (("duologue", ours()), ("hibari-tts", hibari())):
        if say is None:
            continue
        right = 0
        for sentence, word, accepted in tests:
            said = say(sentence, word)
            good = _without_capital(said, accepted)
            right += good
            if verbose and not good:
                print(f"{name}: {sentence} | {word}: {said}, wanted {' or '.join(accepted)}")
        result[name] = right / len(tests)
    return result


if __name__ == "__main__":
    print(run(verbose=True))
