"""What kind of prompt it is: its task, language and length, by which the leaderboard can be filtered.

Design choices
- Rules, not a model: the same prompt falls into the same class next year, and everybody can read why.
- Tasks are those of the text model's checks where they fit (`headline`, `summary`, ...), then `code`,
  `maths`, and `chat` for the rest; of speech it is what is hard in a text: numbers, names, a question,
  feeling, dialogue.
- Language: by script first, then by which language's commonest words (some twenty each, more of English) the
  text has most of; "und" where it has too few of any. It sorts battles, it is no claim about linguistics.
- Length: of the text in words: short below 15, medium below 80, long from there.

Codes of languages: ISO 639-1, and "und" of ISO 639-2.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import Literal

__all__ = [
    "LENGTHS",
    "SPEECH_TASKS",
    "TEXT_TASKS",
    "Length",
    "language",
    "length",
    "speech_task",
    "text_task",
]

Length = Literal["short", "medium", "long"]
LENGTHS: tuple[Length, ...] = ("short", "medium", "long")
TEXT_TASKS = (
    "chat", "code", "extraction", "headline", "instruction", "maths", "question", "rewrite", "script",
    "summary",
)  # fmt: skip
SPEECH_TASKS = ("dialogue", "feeling", "names", "news", "numbers", "plain", "question", "story")

_RULES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (task, re.compile(pattern, re.IGNORECASE))
    for task, pattern in (
        ("code", r"```|\b(?:python|javascript|typescript|rust|java|c\+\+|sql|html|css|regex|bash)\b.*"
                 r"\b(?:write|function|code|script|fix|bug|query)|\b(?:write|fix|debug|refactor)\b.{0,40}"
                 r"\b(?:function|code|program|query|script in|regex)\b|\bdef \w+\("),
        ("headline", r"\b(?:headline|title for|give .{0,20}title)\b"),
        ("summary", r"\b(?:summari[sz]e|summary|tl;?dr|sum up|in (?:one|two|three|\d+) sentences?)\b"),
        ("script", r"\b(?:dialogue|podcast|script|conversation between|interview between)\b"),
        ("extraction", r"\b(?:extract|as json|json object|list (?:all|every) (?:the )?(?:names|dates|numbers)"
                       r")\b"),
        ("rewrite", r"\b(?:rewrite|rephrase|paraphrase|translate|simplify|shorten|make (?:it|this) "
                    r"(?:more|less)|more (?:formal|polite)|correct (?:the )?(?:grammar|spelling))\b"),
        ("maths", r"\d\s*[-+*/×÷^=]\s*\d|\b(?:solve|calculate|how much is|integral|derivative|equation|"
                  r"probability of|square root|percent of)\b"),
        ("instruction", r"^\s*(?:write|list|give|name|make|draft|suggest|plan|compose|create|describe|"
                        r"explain)\b"),
        ("question", r"^\s*(?:who|what|when|where|why|which|how|is|are|was|were|do|does|did|can|could|"
                     r"should)\b[^.!]*\?\s*$"),
    )
)  # fmt: skip

_COMMON = {
    "en": "the of and to in is that it for was on are as with his they be at this have from or had by not "
    "but what i you he she we me my your their do did can will would there been out up if about over back "
    "before after good",
    "de": "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es",
    "fr": "de la le et les des en un une du est que qui dans pour au il par sur ne se ce",
    "es": "de la que el en y los se del las un por con no una su para es al lo como más",
    "it": "di e il la che in un a per è una sono con non del si da le della i come al",
    "pt": "de a o que e do da em um para é com não uma os no se na por mais as dos",
    "nl": "de van het een en in is dat op te zijn met voor niet aan er die om ook als dan maar",
    "sv": "och att det i en jag på är som för inte med den av till har om ett var men från kan",
    "pl": "i w nie na się z do to że jest o jak po a co tak ale od za czy przez dla",
    "tr": "bir ve bu da de için çok ne ile mi ben var daha gibi o kadar sonra olan ama değil her en",
    "id": "yang dan di itu dengan untuk tidak ini dari dalam akan pada juga saya ke karena",
    "vi": "là và của có không được cho một người những trong này với các để đã khi tôi đó như cũng về",
}
_WORDS = {code: frozenset(words.split()) for code, words in _COMMON.items()}
_SCRIPTS = (
    ("ja", ("HIRAGANA", "KATAKANA")), ("ko", ("HANGUL",)), ("zh", ("CJK",)), ("ru", ("CYRILLIC",)),
    ("ar", ("ARABIC",)), ("he", ("HEBREW",)), ("el", ("GREEK",)), ("hi", ("DEVANAGARI",)), ("th", ("THAI",)),
)  # fmt: skip


def text_task(prompt: str) -> str:
    """The task of a prompt for a text model, one of TEXT_TASKS."""
    start = prompt[:2000]
    return next((task for task, rule in _RULES if rule.search(start)), "chat")


def speech_task(text: str) -> str:
    """What is to be heard in a text, one of SPEECH_TASKS."""
    if len(re.findall(r"[\"“”]", text)) >= 2 and re.search(
        r"\b(?:said|asked|replied|whispered|cried)\b", text
    ):
        return "dialogue"
    if len(re.findall(r"\d", text)) >= 3:
        return "numbers"
    if "!" in text:
        return "feeling"
    if text.strip().endswith("?"):
        return "question"
    # A name is a capital within a sentence.
    names = re.findall(r"(?<=[a-z,;] )[A-Z][a-zà-ÿ]+", text)
    if len(names) >= 3:
        return "names"
    return "plain"


def language(text: str) -> str:
    """ISO 639-1 code of the language a text seems to be in, "und" where that can't be said."""
    letters = Counter(
        unicodedata.name(c, "?").split()[0].split("-")[0]
        for c in text[:4000]
        if c.isalpha() and not c.isascii()
    )
    total = sum(c.isalpha() for c in text[:4000])
    if not total:
        return "und"
    for code, scripts in _SCRIPTS:
        share = sum(letters[s] for s in scripts) / total
        if share > (0.1 if code == "ja" else 0.4):
            return code
    words = re.findall(r"[^\W\d_]+", text[:4000].casefold())
    scores = {code: sum(w in common for w in words) for code, common in _WORDS.items()}
    best = max(scores, key=lambda code: scores[code])
    others = max(s for code, s in scores.items() if code != best)
    if scores[best] == others or scores[best] < max(1, 0.12 * len(words)):
        # A few plain ASCII words without any common one: most likely a title or a name in English.
        return "und"
    return best


def length(text: str) -> Length:
    """Which length class a text is in, by its words."""
    count = len(text.split())
    return "short" if count < 15 else "medium" if count < 80 else "long"
