"""The mood of a sentence, and the style it is said in.

Design choices
- A lexicon of this project's own: a few hundred words in eight moods, each a style of the voice. Endings are
  undone (feared, fearing), a negation before a word takes it out, "very" and "so" make it count more.
- Marks count: one "!" lifts what excites, several are excitement by themselves, an ellipsis is hesitation.
- A style is worn only when it clearly leads; between two lively sentences the mood stays, so that a voice
  doesn't flicker. Neutral is a good answer, and the usual one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["MOODS", "mood", "style_of_mood", "styles"]

MOODS: dict[str, frozenset[str]] = {
    "cheerful": frozenset(
        """happy glad joy joyful joyous delight delighted delightful cheer cheerful merry smile smiled
        smiling laugh laughed laughter giggle pleased pleasure pleasant enjoy enjoyed fun funny jolly
        celebrate celebration party sunny sunshine bright welcome thanks thank congratulations lucky luck
        sing singing dance dancing gift hooray hurrah wonderful lovely splendid nice playful grin grinned
        jest joke holiday birthday wedding bloom""".split()
    ),
    "excited": frozenset(
        """amazing astonishing incredible unbelievable thrilling thrilled thrill fantastic brilliant victory
        triumph won win winner champion breakthrough finally wow eureka glorious spectacular magnificent
        record goal excited exciting excitement astounding bravo marvellous marvelous miracle
        dazzling""".split()
    ),
    "sad": frozenset(
        """sad sadly sadness sorrow sorrowful grief grieve mourn mourning weep wept weeping cry cried tear
        tears sob sobbed lonely loneliness alone lost loss dead death died dying die funeral grave bury
        buried farewell goodbye heartbroken broken despair hopeless miserable misery tragic tragedy regret
        sorry gone forsaken orphan widow melancholy ache aching empty forgotten abandoned""".split()
    ),
    "angry": frozenset(
        """angry anger furious fury rage raging mad hate hated hatred outrage outrageous outraged scoundrel
        villain liar lies cheat traitor betray betrayed disgusting disgrace shameful damn damned curse
        cursed insult insulted idiot fool fools nonsense dare intolerable unbearable revenge wrath storming
        slammed detest despise enough""".split()
    ),
    "urgent": frozenset(
        """hurry quick quickly fast run fire help danger dangerous emergency alarm warning warn escape flee
        fled chase chased immediately instantly rush rushed panic terror terrified terrifying fear feared
        afraid scream screamed attack flood explosion exploding crash crashed bomb gun shot evacuate beware
        suddenly racing""".split()
    ),
    "gentle": frozenset(
        """love loved loving beloved dear dearest darling tender tenderly tenderness gentle gently soft
        softly kiss kissed caress embrace embraced hug hugged comfort comforted care cared sweet sweetly
        baby cradle lullaby mother hush forgive forgiven kindness kind warm warmth heart hearts precious
        cherish cherished""".split()
    ),
    "calm": frozenset(
        """calm calmly quiet quietly still stillness peace peaceful peacefully rest rested resting sleep
        slept asleep dream dreaming slowly slow breathe breath drift drifted silent silence silently lake
        meadow evening dusk twilight breeze tranquil serene gentle snow moonlight lapping rippled floating
        murmur murmured""".split()
    ),
    "serious": frozenset(
        """war wars crisis disease illness cancer hospital killed victims victim injured casualties disaster
        collapse collapsed law court judge justice guilty prison crime criminal murder responsibility duty
        solemn solemnly grave gravely warn warned threat threatened threatens extinct extinction poverty
        famine hunger debt failure failed damage corruption sacrifice unemployment pandemic
        catastrophe""".split()
    ),
    "whisper": frozenset("""whisper whispered whispering secret secretly hush shh psst""".split()),
}

_NOT = frozenset("not no never n't without hardly nor neither nobody nothing".split())
_VERY = frozenset("very so too really terribly utterly absolutely extremely deeply how such".split())
_WORD = re.compile(r"[a-z]+(?:['’][a-z]+)?", re.I)
_LEAST, _STAYS = 1.0, 0.6


def mood(sentence: str) -> dict[str, float]:
    """The weight of each mood in a sentence; empty where none speaks."""
    words = [w.replace("’", "'") for w in _WORD.findall(sentence.lower())]
    weights: dict[str, float] = {}
    for at, word in enumerate(words):
        before = words[max(0, at - 3) : at]
        if any(w in _NOT or w.endswith("n't") for w in before):
            continue
        force = 1.5 if before and before[-1] in _VERY else 1.0
        for name, lexicon in MOODS.items():
            if word in lexicon or _plain(word) in lexicon:
                weights[name] = weights.get(name, 0.0) + force
    shouts = sentence.count("!")
    if shouts:
        lively = [name for name in weights if name in ("cheerful", "excited", "angry", "urgent")]
        for name in lively:
            weights[name] += 0.6 * min(shouts, 3)
        if not lively:
            weights["excited"] = weights.get("excited", 0.0) + (1.0 if shouts > 1 else 0.7)
    if re.search(r"\b[A-Z]{4,}\b.*!", sentence):
        weights["angry"] = weights.get("angry", 0.0) + 0.8
    return weights


def _plain(word: str) -> str:
    for ending in ("'s", "ing", "ed", "es", "s", "ly"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def style_of_mood(weights: dict[str, float], words: int, before: str = "neutral") -> str:
    """The style for a sentence of that many words; `before` is the style of the one before it."""
    if not weights:
        return "neutral"
    dampened = {name: value / max(1.0, (words / 22) ** 0.5) for name, value in weights.items()}
    ranked = sorted(dampened.items(), key=lambda pair: (-pair[1], pair[0]))
    best, value = ranked[0]
    second = ranked[1][1] if len(ranked) > 1 else 0.0
    if before in dampened and dampened[before] >= _STAYS and value - dampened[before] < 0.5:
        return before
    return best if value >= _LEAST - 0.31 * (best == "excited") and value - second >= 0.2 else "neutral"


def styles(sentences: Sequence[str]) -> list[str]:
    """A style for each sentence, each one knowing its neighbours."""
    weights = [mood(s) for s in sentences]
    chosen: list[str] = []
    for at, sentence in enumerate(sentences):
        around = dict(weights[at])
        for other, share in ((at - 1, 0.25), (at + 1, 0.15)):
            if 0 <= other < len(weights) and around:
                for name, value in weights[other].items():
                    if name in around:
                        around[name] += share * value
        before = chosen[-1] if chosen else "neutral"
        chosen.append(style_of_mood(around, len(sentence.split()), before))
    return chosen
