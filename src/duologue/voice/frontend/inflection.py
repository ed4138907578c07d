"""Words the lexicon lacks but whose stem it has: endings, beginnings and compounds.

Design choices
- A rule is a spelling (ending, what to put in its place to get the stem) and a way to join sounds;
  the first rule whose stem is known is taken, so they stand from frequent and sure to rare.
- American and British allophones are made at the joint: the flap in "-ted" and "-ting" (T), ᵻ against
  ɪ, and British linking r in "-ring" and "-rer".
- A doubled consonant before an ending ("podcatting") and a lost e ("googling") are undone.
- Compounds of two edited words are stressed on the first ("skateshop"); British entries mark no
  second stress there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from duologue.voice.frontend.lexicon import Lang
from duologue.voice.frontend.stress import VOWELS, lowered, unstressed

__all__ = ["Inflector"]

Find = Callable[[str], str | None]

_FLAPPING = frozenset("AIOWYiuæɑəɛɪɹʊʌ")
_DOUBLED = frozenset("bdgklmnprtvz")
_PREFIXES_US = {
    "un": "ˌʌn", "re": "ɹˌi", "non": "nˌɑn", "pre": "pɹˌi", "mis": "mˌɪs", "over": "ˌOvəɹ", "under": "ˌʌndəɹ",
    "anti": "ˌænti", "super": "sˌupəɹ", "inter": "ˌɪntəɹ", "semi": "sˌɛmi", "multi": "mˌʌlti",
    "micro": "mˌIkɹO",
    "cyber": "sˌIbəɹ", "hyper": "hˌIpəɹ", "ultra": "ˌʌltɹə", "out": "ˌWt", "dis": "dˌɪs", "sub": "sˌʌb",
    "counter": "kˌWntəɹ", "neo": "nˌiO", "pseudo": "sˌudO", "auto": "ˌɔTO", "nano": "nˌænO", "mega": "mˌɛɡə",
    "de": "dˌi", "bio": "bˌIO", "geo": "ʤˌiO", "eco": "ˌikO", "mini": "mˌɪni", "mid": "mˌɪd", "post": "pˌOst",
}  # fmt: skip
_PREFIXES_GB = {
    "un": "ˌʌn", "re": "ɹˌiː", "non": "nˌɒn", "pre": "pɹˌiː", "mis": "mˌɪs", "over": "ˌQvə", "under": "ˌʌndə",
    "anti": "ˌanti", "super": "sˌuːpə", "inter": "ˌɪntə", "semi": "sˌɛmi", "multi": "mˌʌlti",
    "micro": "mˌIkɹQ",
    "cyber": "sˌIbə", "hyper": "hˌIpə", "ultra": "ˌʌltɹə", "out": "ˌWt", "dis": "dˌɪs", "sub": "sˌʌb",
    "counter": "kˌWntə", "neo": "nˌiːQ", "pseudo": "sjˌuːdQ", "auto": "ˌɔːtQ", "nano": "nˌanQ",
    "mega": "mˌɛɡə",
    "de": "dˌiː", "bio": "bˌIQ", "geo": "ʤˌiːQ", "eco": "ˌiːkQ", "mini": "mˌɪni", "mid": "mˌɪd",
    "post": "pˌQst",
}  # fmt: skip


class Inflector:
    """Endings of one accent. The joining methods take and give phonemes."""

    def __init__(self, lang: Lang):
        self.british = lang == "en-gb"
        self._weak = "ɪ" if self.british else "ᵻ"
        self._prefixes = _PREFIXES_GB if self.british else _PREFIXES_US

    def plural(self, stem: str) -> str:
        """-s of nouns and verbs and the possessive: kˈæts, dˈɔɡz, ɹˈOzᵻz."""
        if stem[-1] in "ptkfθ":
            return stem + "s"
        return stem + self._weak + "z" if stem[-1] in "szʃʒʧʤ" else stem + "z"

    def past(self, stem: str) -> str:
        """-ed: wˈɔkt, plˈAd, wˈATᵻd."""
        if stem[-1] in "pkfθʃsʧ":
            return stem + "t"
        return self._flapped(stem) + self._weak + "d" if stem[-1] in "td" else stem + "d"

    def _flapped(self, stem: str) -> str:
        flaps = not self.british and len(stem) > 1 and stem[-1] == "t" and stem[-2] in _FLAPPING
        return stem[:-1] + "T" if flaps else stem

    def _vowel(self, ending: str) -> Callable[[str], str]:
        """Join an ending that begins with a vowel: flap or linking r at the joint."""

        def join(stem: str) -> str:
            if self.british and (stem[-1] in "ːə") and stem[-2:] not in ("iː", "uː"):
                return stem + "ɹ" + ending
            return self._flapped(stem) + ending

        return join

    @staticmethod
    def _plain(ending: str) -> Callable[[str], str]:
        return lambda stem: stem + ending

    @staticmethod
    def _adverb(stem: str) -> str:
        if stem.endswith("bᵊl"):
            return stem[:-2] + "li"
        if stem.endswith("ᵊl"):
            return stem[:-2] + "əli"
        return stem + "i" if stem.endswith("l") else stem + "li"

    def _rules(self, word: str, name: bool) -> Iterator[tuple[list[str], Callable[[str], str]]]:
        """(possible stems, how to join) for the endings `word` may have."""
        if word.endswith("'s"):
            yield [word[:-2]], self.plural
        if word.endswith("s'"):
            yield [word[:-1]], lambda stem: stem
            yield [word[:-2]], self.plural
        if word.endswith("'"):
            yield [word[:-1]], lambda stem: stem
        if word.endswith("s") and not word.endswith("ss"):
            stems = [word[:-1]]
            if word.endswith("es"):
                stems.append(word[:-2])
            if word.endswith("ies"):
                stems = [word[:-1], word[:-3] + "y"]
            yield stems, self.plural
        if name:
            return
        if word.endswith("ed") and len(word) > 4:
            stems = [word[:-1], *self._bare(word[:-2])]
            if word.endswith("ied"):
                stems = [word[:-3] + "y"]
            yield stems, self.past
        if word.endswith("ing") and len(word) > 4:
            yield self._with_e(word[:-3]), self._vowel("ɪŋ")
        if word.endswith("in'") and len(word) > 4:
            yield self._with_e(word[:-3]), self._vowel("ɪn")
        if word.endswith("ings"):
            yield self._with_e(word[:-4]), self._vowel("ɪŋz")
        er = "ə" if self.british else "əɹ"
        for letters, sounds in (("er", er), ("ers", er + "z"), ("est", "ɪst" if self.british else "ᵻst")):
            if word.endswith(letters) and len(word) > len(letters) + 2:
                stem = word[: -len(letters)]
                stems = self._with_e(stem)
                if stem.endswith("i"):
                    stems = [stem[:-1] + "y"]
                yield stems, self._vowel(sounds)
        if word.endswith("ly") and len(word) > 4:
            stem = word[:-2]
            yield [stem, stem + "le"] if not stem.endswith("i") else [stem[:-1] + "y"], self._adverb
            if word.endswith("bly"):
                yield [word[:-1] + "e"], self._adverb
            if word.endswith("ically"):
                yield [word[:-4]], self._plain("li" if self.british else "ᵊli")
        full = "fʊl" if self.british else "fᵊl"
        for letters, sounds in (
            ("ness", "nəs"), ("nesses", "nəs" + self._weak + "z"), ("less", "ləs"), ("ful", full),
            ("ment", "mᵊnt"),
            ("ments", "mᵊnts"), ("like", "lˌIk"), ("ship", "ʃˌɪp"), ("hood", "hˌʊd"), ("wise", "wˌIz"),
        ):  # fmt: skip
            if word.endswith(letters) and len(word) > len(letters) + 2:
                stem = word[: -len(letters)]
                yield [stem[:-1] + "y"] if stem.endswith("i") else [stem], self._plain(self._own(sounds))
        for letters, sounds in (
            ("able", "əbᵊl"),
            ("ish", "ɪʃ"),
            ("ism", "ˌɪzəm"),
            ("ist", "ɪst"),
            ("ists", "ɪsts"),
            ("y", "i"),
        ):
            if word.endswith(letters) and len(word) > len(letters) + 3:
                yield self._with_e(word[: -len(letters)]), self._vowel(self._own(sounds))

    def _own(self, sounds: str) -> str:
        return unstressed(sounds) if self.british else sounds

    @staticmethod
    def _bare(stem: str) -> list[str]:
        """The stem as it stands, and with a doubled consonant undone."""
        if len(stem) > 3 and stem[-1] == stem[-2] and stem[-1] in _DOUBLED:
            return [stem, stem[:-1]]
        return [stem]

    def _with_e(self, stem: str) -> list[str]:
        return [*self._bare(stem), stem + "e"] if len(stem) > 2 else [stem + "e"]

    def ending(self, word: str, find: Find, name: bool = False) -> str | None:
        """Phonemes of a word by its ending; `find` gives those of a stem or None.

        name: only plurals and possessives, because "Dillinger" is nobody who dillings.
        """
        for stems, join in self._rules(word, name):
            for stem in stems:
                if len(stem) > 1 and (said := find(stem)):
                    return join(said)
        return None

    def beginning(self, word: str, find: Find) -> str | None:
        """Phonemes of a lower-case word by its prefix."""
        for size in (7, 6, 5, 4, 3, 2):
            sounds = self._prefixes.get(word[:size])
            if sounds and len(word) - size > 3 and (said := find(word[size:])) and "ˈ" in said:
                if self.british and sounds.endswith("ə") and said.lstrip("ˈˌ")[0] in VOWELS:
                    sounds += "ɹ"
                return sounds + said
        return None

    def prefix(self, word: str) -> str | None:
        """Phonemes of a prefix standing alone, as in "non-existence"."""
        return self._prefixes.get(word)

    def compound(self, word: str, find: Find) -> str | None:
        """Phonemes of a lower-case word that is two known words, cut as near the middle as can be."""
        cuts = range(3, len(word) - 2)
        for cut in sorted(cuts, key=lambda cut: abs(2 * cut - len(word))):
            first = find(word[:cut])
            if first and "ˈ" in first and (second := find(word[cut:])) and "ˈ" in second:
                return first + (unstressed(second) if self.british else lowered(second))
        return None
