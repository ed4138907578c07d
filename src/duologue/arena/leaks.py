"""Answers that say whose they are: such a battle isn't blind, and doesn't count.

Design choices
- Two rules. An answer that holds a name of its own contestant (its deployment, model, maker, or an alias from
  the configuration) leaks, unless the user had said that name first. An answer that presents itself under any
  known model's or maker's name ("I am ChatGPT", "as a model trained by Mistral") leaks whatever the user
  said, and also if the claim is false: it sways votes all the same.
- Text is folded first: case, accents, look-alike widths, zero-width characters, and the marks between the
  parts of a name ("Llama 3", "llama-3" and "LLAMA_3" are one).
- Names that are plain English ("base", "fable", "tiny") only count where the answer presents itself.
- A contestant whose name is one word in lower case ("careful", "friendly") is taken for plain English as
  well.
- The parts of an id are names too: "acme/lyra-7b-instruct" gives away "acme" and "lyra".

LMArena drops votes whose answers identify the model in the same spirit: arxiv.org/abs/2403.04132, section 4.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

__all__ = ["KNOWN", "SYSTEM", "given_away", "leak", "names_of"]

SYSTEM = "duologue"
"""Our own name: the system's."""

KNOWN = (
    "ChatGPT", "GPT", "OpenAI", "Claude", "Anthropic", "Gemini", "Bard", "PaLM", "Gemma", "Google",
    "DeepMind", "Llama", "Meta AI", "Mistral", "Mixtral", "Qwen", "Tongyi", "Alibaba", "DeepSeek",
    "Grok", "xAI", "Copilot", "Microsoft", "Phi", "Cohere", "Command R", "Kimi", "Moonshot AI", "GLM",
    "Zhipu", "Yi", "01.AI", "Baichuan", "ERNIE", "Baidu", "Hunyuan", "Tencent", "Nova", "Amazon",
    "Titan", "Falcon", "Granite", "IBM", "Nemotron", "NVIDIA", "OLMo", "Ai2", "SmolLM", "Hugging Face",
    "Vicuna", "Alpaca", "Duologue", "Siri", "Alexa", "Apple",
)  # fmt: skip
"""Names of models and makers that an answer may present itself by."""

_PLAIN = frozenset(
    "tiny small base large medium mini nano micro fast slow turbo pro plus max ultra light chat text "
    "voice speech model local remote default test main other new old good best first second instruct "
    "preview latest stable it careful bold free heart emma fable nova titan command falcon granite "
    "apple yi phi meta amazon write writer writes assistant openai-compatible server gateway api v1 v2 "
    "v3 q4 q8 gguf onnx fp16 int8".split()
)
"""Words that an answer may hold without saying who it is."""

_JOIN = r"[\W_]{0,3}"
_CLAIM = (
    r"\b(?:i am|i m|im|i was|my name is|call me|you can call me|this is|speaking as|as an?|known as|named|"
    r"called|(?:made|trained|built|developed|created|designed|provided|powered|released) (?:by|at))\b"
)


def _fold(text: str) -> str:
    """Lower case without accents, widths and invisible characters; apostrophes become spaces."""
    text = unicodedata.normalize("NFKD", text.casefold())
    text = "".join(c for c in text if not unicodedata.combining(c) and unicodedata.category(c) != "Cf")
    return re.sub(r"[’'`*_~]+", " ", text)


@lru_cache(maxsize=512)
def _pattern(name: str) -> re.Pattern[str] | None:
    """What finds `name` in folded text, however its parts are joined; None for a name without letters."""
    parts = re.findall(r"[^\W\d_]+|\d+", _fold(name))
    if not any(p[0].isalpha() for p in parts):
        return None
    return re.compile(rf"(?<![^\W_]){_JOIN.join(map(re.escape, parts))}(?![^\W\d_])")


@lru_cache(maxsize=512)
def _claim(name: str) -> re.Pattern[str] | None:
    """What finds `name` where a text presents itself under it: at most six words after the phrase that
    does."""
    found = _pattern(name)
    return found and re.compile(rf"{_CLAIM}(?:\W+\w+){{0,6}}?\W+{found.pattern}")


def names_of(aliases: Iterable[str]) -> tuple[str, ...]:
    """The names that ids give away: each whole, and those of its parts that are no size, format or plain
    word.
    """
    found: dict[str, None] = {}
    for alias in aliases:
        if not alias.strip():
            continue
        found[alias] = None
        for part in re.split(r"[/\\:@|\s]+|(?<=[^\W\d_])-(?=\w)|(?<=\d)-", alias):
            bare = re.sub(r"\.(?:gguf|onnx|bin)$", "", part.strip("-_. "))
            if len(re.sub(r"[\W\d_]", "", bare)) >= 3 and not re.fullmatch(r"[\d.]+[bkmg]?", bare.lower()):
                found[bare] = None
    return tuple(found)


def given_away(answer: str, names: Iterable[str], prompt: str = "") -> str:
    """The first of `names` that `answer` gives away, "" if none does."""
    text, asked = _fold(answer), _fold(prompt)
    for name in names:
        found, claim = _pattern(name), _claim(name)
        if found is None or claim is None:
            continue
        plain = _fold(name).strip() in _PLAIN
        if not plain and found.search(text) and not found.search(asked):
            return name
        if claim.search(text):
            return name
    return ""


def leak(answer: str, name: str, aliases: Iterable[str] = (), prompt: str = "") -> str:
    """Why an answer isn't blind, "" where it is.

    name: its contestant's. aliases: ids and names of what stands behind it. prompt: all that the user said.
    """
    text, word = _fold(answer), name.isalpha() and name.islower()
    own = given_away(answer, (*names_of(aliases), *(() if word else (name,)), SYSTEM), prompt)
    if own:
        return f"names itself: {own}"
    for known in (name, *KNOWN):
        claim = _claim(known)
        if claim is not None and claim.search(text):
            return f"presents itself as: {known}"
    return ""
