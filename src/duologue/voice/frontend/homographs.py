"""Words written alike and said differently, told apart by the sentence they stand in.

Design choices
- Most differ by part of speech ("to record", "a record"): the lexicon has a sense for each, and the
  tagger's scores of all tags of a sense are added up, half of them from reading the word blind.
- "read", and "used" before "to", are questions of tense and voice: auxiliaries and the tenses of the
  sentence decide.
- Where the part of speech says nothing (lead, bass, bow, axes ...) words near by do: sets of cues,
  written by hand, the commoner sense standing where no cue is found.
- Names (Polish, Nice, Reading, Job) need their capital in mid-sentence, or a cue.
- The result is a tag for the lexicon or, where it lacks the form, phonemes for both accents.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from duologue.voice.frontend.cues import CUES, FORMS
from duologue.voice.frontend.lexicon import Entry, Lang
from duologue.voice.frontend.tagger import Tagger

__all__ = ["Homographs", "Place", "sense_of"]

_PARENT_OF = {"V": "VERB", "M": "VERB", "N": "NOUN", "J": "ADJ", "R": "ADV"}
_DETERMINERS = frozenset(
    "a an the this that these those my your his her its our their no any some each every another one".split()
)
_BE = frozenset("be is are was were been being am isn't aren't wasn't weren't i'm you're he's she's it's we're".split())
_HAVE = frozenset(
    "have has had having haven't hasn't hadn't i've you've we've they've he'd she'd i'd they'd we'd who'd who've".split()
)
_MODALS = frozenset(
    "to can could will would shall should may might must do does did don't doesn't didn't can't couldn't won't "
    "wouldn't shouldn't i'll you'll he'll she'll we'll they'll let's please cannot".split()
)
_AUXILIARIES = frozenset(
    "can could will would shall should may might must do does did don't doesn't didn't can't couldn't won't "
    "wouldn't shouldn't i'll you'll he'll she'll we'll they'll let's please cannot".split()
)
_LEAN = 1.2
_PAST_WORDS = frozenset("yesterday ago once last then after when earlier before twice morning night".split())
_SKIPPED = frozenset(
    "not never already just also often always ever only even still yet quite carefully really all both".split()
)
_THIRD = frozenset("he she it who everyone somebody someone nobody".split())
_PLACES = frozenset("to in from near at via of around outside through visit visited toward towards leave left".split())


@dataclass(frozen=True, slots=True)
class Place:
    """A word in its sentence. words: lower case; written: as in the text; tags: Penn tags."""

    index: int
    words: Sequence[str]
    written: Sequence[str]
    tags: Sequence[str]

    def word(self, offset: int) -> str:
        """The word `offset` places on, "" outside the sentence."""
        i = self.index + offset
        return self.words[i] if 0 <= i < len(self.words) else ""

    def tag(self, offset: int) -> str:
        """Its tag, "" outside the sentence."""
        i = self.index + offset
        return self.tags[i] if 0 <= i < len(self.tags) else ""

    def near(self, reach: int) -> frozenset[str]:
        """The words up to `reach` places away, and their singulars."""
        around = [*self.words[max(0, self.index - reach) : self.index], *self.words[self.index + 1 : self.index + 1 + reach]]
        return frozenset(around) | {w[:-1] for w in around if w.endswith("s")}

    def before(self) -> str:
        """The nearest word before that is not an adverb."""
        offset = -1
        while self.word(offset) in _SKIPPED or self.tag(offset) == "RB":
            offset -= 1
        return self.word(offset)

    @property
    def here(self) -> str:
        return self.written[self.index]

    @property
    def inside(self) -> bool:
        """Whether a word of the sentence stands before it."""
        return self.index > 0 and any(w[:1].isalpha() for w in self.words[: self.index])


def sense_of(tag: str, senses: Mapping[str, object]) -> str:
    """The key of an entry's senses that a tag selects, "DEFAULT" if none."""
    if tag in senses:
        return tag
    parent = _PARENT_OF.get(tag[:1], "") if tag != "RP" else ""
    return parent if parent in senses else "DEFAULT"


class Homographs:
    """Chooses the reading of homographs. `tagger` gives scores; no state of its own."""

    def __init__(self, lang: Lang, tagger: Tagger):
        self._accent = int(lang == "en-gb")
        self._tagger = tagger
        self._shares = lru_cache(maxsize=64)(self._shares_of)
        self._rules: dict[str, Callable[[Place], str | None]] = {
            "read": _read, "reread": _read, "used": _used, "wound": _wound, "does": _does, "number": _number,
            "minute": _minute, "invalid": _invalid, "polish": _polish, "nice": _nice, "reading": _reading,
            "mobile": _mobile, "job": _job, "august": _august, "blessed": _blessed, "aged": _aged,
            "learned": _learned, "close": _close, "live": _live, "resume": _resume, "content": _content,
            "bow": _bow, "bows": _bow, "tear": _tear, "row": _row, "rows": _row, "dove": _dove, "use": _use,
            "wind": _wind, "present": _present, "lead": _lead,
        }  # fmt: skip

    def by_tag(
        self, entry: Entry, place: Place, seen: npt.NDArray[np.float32], blind: npt.NDArray[np.float32]
    ) -> str:
        """The sense with the most probability; seen, blind: (T,) tag scores of the place."""
        senses, share = self._shares(tuple(entry.senses))
        total = (_softmax(seen) + _softmax(blind)) @ share
        leaning = _leaning(place)
        if leaning:
            total[senses.index(sense_of(leaning, entry.senses))] += _LEAN
        return senses[int(total.argmax())]

    def _shares_of(self, keys: tuple[str, ...]) -> tuple[tuple[str, ...], npt.NDArray[np.float32]]:
        """The senses of an entry, and (T, senses) with a one where a tag selects a sense."""
        senses = (*keys, "DEFAULT")
        share = np.zeros((len(self._tagger.tags), len(senses)), np.float32)
        for row, tag in enumerate(self._tagger.tags):
            share[row, senses.index(sense_of(tag, dict.fromkeys(keys)))] = 1
        return senses, share

    def __contains__(self, word: str) -> bool:
        return word in self._rules or word in CUES

    def resolve(self, place: Place) -> tuple[str, str]:
        """("tag", a tag or sense), ("say", phonemes) or ("", "") where nothing is decided."""
        word = place.words[place.index]
        rule = self._rules.get(word)
        answer = rule(place) if rule else None
        if answer is None and word in CUES:
            answer = _by_cue(word, place)
        if answer is None:
            return "", ""
        form = FORMS.get((word, answer))
        return ("say", form[self._accent]) if form else ("tag", answer)


def _softmax(scores: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    e = np.exp(scores - scores.max())
    result: npt.NDArray[np.float32] = e / e.sum()
    return result


def _leaning(p: Place) -> str:
    """The tag that the grammar around a word asks for, "" where it asks for none."""
    if p.tag(0).startswith("NNP") and p.inside:
        return ""
    before = p.before()
    if before in _AUXILIARIES and p.tag(1) not in ("VB", "MD"):
        return "VB"
    if not p.inside and (p.tag(1) in ("DT", "PRP", "PRP$") or p.word(1) in _DETERMINERS):
        return "VB"
    if p.word(-1) == "and" and p.tag(-2) == "JJ" and p.tag(1) not in ("NN", "NNS"):
        return "JJ"
    plural = p.tag(-1) in ("NNS", "NNPS") or before in ("we", "they", "who", "you", "people")
    plural = plural or (p.index == 1 and p.word(-1).endswith("s") and p.tag(-1) == "NNP")
    finite = [t for i, t in enumerate(p.tags) if i != p.index and t in ("VBD", "VBZ", "VBP", "MD")]
    if plural and (not finite or before == "who") and p.words[-1] == ".":
        return "VB"
    return ""


def _by_cue(word: str, place: Place) -> str | None:
    for reach, sense, cues in CUES[word]:
        if not cues or place.near(reach) & cues:
            return sense
    return None


def _read(p: Place) -> str:
    before = p.before()
    if before in _MODALS and p.word(-1) not in ("be", "been"):
        return "VB"
    if before in _HAVE or before in _BE or p.word(-1) in ("be", "been", "being", "well", "widely", "aloud"):
        return "VBN"
    if p.tag(-1) in ("DT", "JJ", "PRP$"):
        return "NN"
    if before in _THIRD or (p.tag(-1) in ("NNP", "NN") and p.word(-1) != "and"):
        return "VBD"
    around = set(p.words)
    others = [t for i, t in enumerate(p.tags) if i != p.index]
    if around & _PAST_WORDS or others.count("VBD") > others.count("VBZ") + others.count("VBP"):
        return "VBD" if p.inside else "VB"
    return "VB"


def _used(p: Place) -> str | None:
    if p.word(1) != "to":
        return "DEFAULT"
    after = 2
    while p.tag(after) == "RB":
        after += 1
    passive = p.before() in _BE or (p.tag(0) == "VBN" and p.tag(-1) in ("NN", "NNS", "NNP", ","))
    return "DEFAULT" if passive and p.tag(after) == "VB" else "VBD"


def _wound(p: Place) -> str:
    if p.word(1) in ("up", "down", "around", "round", "through", "along", "back", "past", "its", "tightly", "about"):
        return "VBD"
    if p.word(-1) in _DETERMINERS or p.before() in _MODALS or p.tag(-1) in ("JJ", "NN", "CD", "IN"):
        return "DEFAULT"
    return "VBD" if p.tag(-1) in ("PRP", "WP", "NNP", "WDT", "RB") or p.tag(0) in ("VBD", "VBN") else "DEFAULT"


def _does(p: Place) -> str | None:
    animals = {"buck", "fawn", "deer", "stag", "rabbit", "herd", "hare"}
    if p.near(8) & animals and (p.tag(-1) in ("CD", "DT", "JJ", "CC", "PRP$") and p.tag(1) != "PRP" or p.tag(0) == "NNS"):
        return "deer"
    return None


def _number(p: Place) -> str | None:
    growing = {"grew", "grow", "grows", "growing", "became", "become", "went", "getting", "got", "feel", "felt"}
    return "numb" if p.word(-1) in growing or (p.word(-1) == "and" and p.word(-2) == "number") else None


def _minute(p: Place) -> str | None:
    if p.word(-1) in ("a", "one", "the", "this", "that", "each", "every", "per", "last", "next", "any", "another", "ten"):
        plural = p.tag(1) == "NNS" or p.word(1) in ("quantity", "amount", "detail", "fraction", "trace", "particle")
        return "ADJ" if plural and p.word(-1) in ("a", "the", "this", "that", "every", "any") else "NOUN"
    if p.tag(-1) in ("CD", "HYPH") or p.word(1) == "-":
        return "NOUN"
    if p.tag(1) in ("NNS", "NN", "JJ") or p.before() in _BE or p.word(-1) in ("so", "very", "most", "more", "extremely"):
        return "ADJ"
    return None


def _invalid(p: Place) -> str:
    kin = {"mother", "father", "wife", "husband", "sister", "brother", "son", "daughter", "child", "aunt", "uncle", "chair"}
    owned = p.tag(-1) == "PRP$" or p.word(-1) in ("old", "poor", "helpless", "hopeless", "young", "chronic", "permanent")
    alone = p.tag(1) not in ("NN", "NNS", "NNP", "JJ")
    article = p.word(-1) in ("the", "an") and alone
    return "NOUN" if p.word(1) in kin or (owned and alone) or article else "DEFAULT"


def _polish(p: Place) -> str | None:
    if p.here != "Polish":
        return None
    verb = not p.inside and (p.word(1) in _DETERMINERS or p.word(1) in ("it", "them", "up", "off", "and"))
    return "shine" if verb or p.word(-1) in ("shoe", "nail", "floor") else "nation"


def _nice(p: Place) -> str | None:
    if p.here != "Nice":
        return None
    france = bool(p.near(6) & {"france", "riviera", "cannes", "monaco", "marseille", "provence", "french"})
    return "city" if france or (p.inside and p.word(-1) in _PLACES) else None


def _reading(p: Place) -> str | None:
    if p.here != "Reading":
        return None
    town = {"station", "university", "festival", "fc", "council", "berkshire", "railroad", "england", "pennsylvania", "gaol"}
    return "town" if p.near(4) & town or (p.inside and p.word(-1) in _PLACES) else None


def _mobile(p: Place) -> str:
    city = p.near(3) & {"alabama", "bay", "ala"} or (p.inside and p.word(-1) in _PLACES and p.tag(1) not in ("NN", "NNS"))
    return "city" if p.here == "Mobile" and city else "moving"


def _job(p: Place) -> str | None:
    bible = {"patience", "book", "story", "bible", "satan", "trial", "testament", "comforter", "suffering", "god"}
    return "man" if p.here == "Job" and (p.inside and p.near(4) & bible) else None


def _august(p: Place) -> str:
    return "month" if p.here[0].isupper() else "grand"


def _blessed(p: Place) -> str:
    saintly = {"virgin", "sacrament", "trinity", "mother", "saint", "lady", "are", "lord", "saviour", "savior", "relief"}
    if p.word(1) in saintly and (p.word(-1) in _DETERMINERS or not p.inside):
        return "holy"
    holy = p.word(-1) in _DETERMINERS and p.word(-1) != "that" and p.tag(1) in ("NN", "NNS", "NNP", "JJ")
    return "holy" if holy else "DEFAULT"


def _aged(p: Place) -> str:
    things = {"cheese", "wine", "beef", "whisky", "whiskey", "rum", "cheddar", "steak", "oak"}
    if p.tag(1) == "CD" or p.before() in _HAVE or p.near(1) & things:
        return "DEFAULT"
    if p.word(-1) in _DETERMINERS and (p.tag(1) in ("NN", "NNS", "NNP", "JJ") or p.word(-1) == "the"):
        return "elderly"
    return "DEFAULT"


def _learned(p: Place) -> str:
    attributive = p.word(-1) in _DETERMINERS or p.tag(-1) in ("PRP$", "JJ") or p.word(-1) in ("most", "very", "more")
    return "ADJ" if attributive and p.tag(1) in ("NN", "NNS", "NNP", "CC", "JJ", "IN") else "DEFAULT"


def _close(p: Place) -> str | None:
    if p.word(1) in ("to", "by", "enough", "together", "behind", "friend", "friends", "call") and p.before() not in ("to", "will"):
        return "DEFAULT"
    if p.word(1) == "of" and p.word(-1) in ("the", "a"):
        return "NOUN"
    if not p.inside and p.word(1) in _DETERMINERS:
        return "VERB"
    if p.before() in _AUXILIARIES or (p.tag(-1) == "NNS" and p.word(1) in ("at", "on", "early", "late")):
        return "VERB"
    if p.word(-1) in ("so", "very", "too", "how", "as", "pretty", "come", "came", "stay", "stood"):
        return "DEFAULT"
    return None


def _live(p: Place) -> str | None:
    shown = {"broadcast", "broadcasts", "broadcasting", "streamed", "recorded", "performed", "perform", "televised", "reporting"}
    if p.word(-1) in shown or p.word(-2) in shown:
        return "DEFAULT"
    return "VERB" if p.before() in _MODALS - {"do", "does", "did"} and p.word(-1) != "be" else None


def _resume(p: Place) -> str:
    if p.tag(-1) in ("PRP$", "JJ") or p.word(-1) in ("a", "the", "this", "that", "one", "each", "every") or p.here == "résumé":
        return "paper"
    return "again"


def _content(p: Place) -> str | None:
    if p.word(1) in ("with", "to") and p.tag(-1) not in ("DT", "PRP$", "NN"):
        return "DEFAULT"
    if p.before() in _BE or p.word(-1) in ("quite", "perfectly", "seem", "seemed", "feel", "felt"):
        return "DEFAULT" if p.tag(1) not in ("NN", "NNS") else "NOUN"
    if p.tag(-1) in ("DT", "PRP$", "JJ", "NN", "NNP", "CC"):
        return "NOUN"
    return None


def _bow(p: Place) -> str | None:
    ship = {"ship", "stern", "boat", "vessel", "deck", "wave", "sail", "port", "starboard", "hull", "anchor"}
    worn = {"arrow", "violin", "tie", "ribbon", "hair", "string", "knot", "quiver", "cello", "fiddle", "shoot", "archer"}
    if p.near(10) & worn:
        return "knot"
    taken = {"took", "take", "takes", "taking", "made", "make", "final", "low", "deep", "polite", "slight", "gave", "stiff"}
    if p.near(6) & ship or {p.word(-1), p.word(-2)} & taken:
        return "bend"
    if p.before() in _MODALS or p.word(1) in ("to", "before", "down", "out", "his", "her", "their", "your", "my"):
        return "bend" if p.tag(-1) not in ("DT", "PRP$", "JJ") or p.word(1) in ("to", "before") else "knot"
    return "bend" if p.tag(0).startswith("V") else "knot"


def _tear(p: Place) -> str | None:
    if p.word(-1) == "and" and p.word(-2) == "wear":
        return "VERB"
    if p.near(6) & {"eye", "cheek", "gas", "duct", "shed", "wept", "weep", "wiped", "cry", "crying", "drop", "sad", "grief"}:
        return "DEFAULT"
    if p.word(1) in ("in", "along", "across", "down", "up", "apart", "off", "away", "open", "out"):
        return "VERB"
    return None


def _row(p: Place) -> str | None:
    if p.word(-1) in ("a", "the", "this", "blazing", "big", "terrible", "bitter", "furious", "public") and p.word(1) in ("with", "over", "about"):
        return "quarrel"
    had = {p.word(-2), p.word(-3)} & {"had", "having", "kicked", "started", "terrible", "blazing"}
    return "quarrel" if p.words[p.index] == "row" and had and p.word(1) not in ("of", "in") else None


def _dove(p: Place) -> str:
    moving = p.word(1) in ("into", "in", "off", "for", "under", "down", "from", "through", "right", "headfirst", "behind", "straight", "deep")
    subject = p.tag(-1) in ("PRP", "NNP", "WP", "RB", "CC") or p.tag(0) in ("VBD", "VBN")
    return "VERB" if subject and (moving or p.tag(0) == "VBD") else "DEFAULT"


def _use(p: Place) -> str | None:
    if p.before() in _MODALS or p.tag(-1) == "PRP":
        return "DEFAULT"
    return "NOUN" if p.word(-1) in _DETERMINERS or p.word(-1) in ("of", "in", "for", "good", "much", "make", "makes") else None


def _lead(p: Place) -> str | None:
    if p.word(1) in ("paint", "pipe", "pipes", "poisoning", "bullet", "bullets", "acid", "oxide", "shot", "weights"):
        return "metal"
    verb = p.tag(0).startswith("V") or p.word(1) in ("to", "the", "a", "by", "us", "me", "him", "them", "in", "over")
    return "DEFAULT" if verb or p.before() in _MODALS or p.word(-1) in ("the", "took", "take") else None


def _wind(p: Place) -> str | None:
    if p.word(1) in ("blew", "blows", "speed", "farm", "power", "turbine", "turbines", "energy", "instruments"):
        return "DEFAULT"
    if p.word(1) in ("up", "down") and (p.before() in _MODALS or p.tag(-1) in ("PRP", "NNS")):
        return "VERB"
    return "VERB" if p.word(2) == "up" and p.before() in _MODALS else None


def _present(p: Place) -> str | None:
    if p.word(-1) in ("at", "the", "a", "is", "are", "was", "were", "be", "been", "birthday") or p.word(1) in ("at", "day", "in"):
        return "DEFAULT"
    return "VERB" if p.before() in _MODALS else None
