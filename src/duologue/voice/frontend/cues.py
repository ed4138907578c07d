"""What `homographs` needs to know of single words: forms the lexicons lack, and cue words.

Design choices
- `FORMS[word, sense]` holds American and British phonemes.
- `CUES[word]` is a list of (how far to look, sense, words that speak for it), tried in order; an
  empty set always holds, so the last line is the usual reading.
- A sense with no form is a tag or sense of the lexicon ("VERB", "DEFAULT").
"""

from __future__ import annotations

__all__ = ["CUES", "FORMS"]

FORMS: dict[tuple[str, str], tuple[str, str]] = {
    ("lead", "metal"): ("lˈɛd", "lˈɛd"),
    ("bass", "music"): ("bˈAs", "bˈAs"),
    ("bass", "fish"): ("bˈæs", "bˈas"),
    ("bow", "bend"): ("bˈW", "bˈW"),
    ("bow", "knot"): ("bˈO", "bˈQ"),
    ("bows", "bend"): ("bˈWz", "bˈWz"),
    ("bows", "knot"): ("bˈOz", "bˈQz"),
    ("row", "quarrel"): ("ɹˈW", "ɹˈW"),
    ("rows", "quarrel"): ("ɹˈWz", "ɹˈWz"),
    ("does", "deer"): ("dˈOz", "dˈQz"),
    ("number", "numb"): ("nˈʌməɹ", "nˈʌmə"),
    ("polish", "shine"): ("pˈɑlɪʃ", "pˈɒlɪʃ"),
    ("polish", "nation"): ("pˈOlɪʃ", "pˈQlɪʃ"),
    ("nice", "city"): ("nˈis", "nˈiːs"),
    ("reading", "town"): ("ɹˈɛdɪŋ", "ɹˈɛdɪŋ"),
    ("mobile", "city"): ("mObˈil", "mQbˈiːl"),
    ("mobile", "moving"): ("mˈObᵊl", "mˈQbIl"),
    ("job", "man"): ("ʤˈOb", "ʤˈQb"),
    ("august", "month"): ("ˈɔɡəst", "ˈɔːɡəst"),
    ("august", "grand"): ("ɔɡˈʌst", "ɔːɡˈʌst"),
    ("blessed", "holy"): ("blˈɛsɪd", "blˈɛsɪd"),
    ("aged", "elderly"): ("ˈAʤɪd", "ˈAʤɪd"),
    ("resume", "paper"): ("ɹˈɛzəmˌA", "ɹˈɛzjʊmA"),
    ("resume", "again"): ("ɹəzˈum", "ɹɪzjˈuːm"),
    ("axes", "tools"): ("ˈæksᵻz", "ˈaksɪz"),
    ("axes", "lines"): ("ˈæksˌiz", "ˈaksiːz"),
    ("bases", "grounds"): ("bˈAsiz", "bˈAsiːz"),
    ("bases", "places"): ("bˈAsᵻz", "bˈAsɪz"),
    ("sewer", "tailor"): ("sˈOəɹ", "sˈQə"),
    ("rose", "wine"): ("ɹOzˈA", "ɹQzˈA"),
    ("legged", "walked"): ("lˈɛɡd", "lˈɛɡd"),
}

_METAL = (
    "pipe paint poisoning bullet metal zinc copper tin silver iron mercury arsenic pencil ore mine roof "
    "toxic weight solder crystal glaze petrol gasoline batter battery heavy made lined coffin acid "
    "oxide isotope sheet molten cadmium"
)
_MUSIC = (
    "guitar drum clef player play playing played plays voice singer band line clarinet double treble "
    "tenor baritone sing sang sings singing jazz speaker sound music note string soprano alto saxophone "
    "trombone opera vocals boost heavy deep"
)
_FISH = (
    "sea lake river fish fishing caught catch striped largemouth smallmouth grilled angler fillet trout "
    "perch pond menu bait rod fried boat channel freshwater eat ate"
)
_TOOLS = (
    "sharpen sharpened woodcutter "
    "cut chop chopped hew wood tree battle stone hatchet sword spear hammer pick shovel armed bronze "
    "flint fireman firemen lumberjack warrior handle blade tool weapon knive shield bow saw with"
)
_LINES = (
    "both x y z graph coordinate rotation symmetry horizontal vertical label optical perpendicular "
    "plane major minor"
)
_GROUNDS = (
    "claim theory knowledge for belief argument legal theoretical scientific moral philosophical "
    "conclusion several"
)
_PLACES = (
    "army military air naval air-force stole loaded first second third troop game run soldier region "
    "force data acid two"
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


CUES: dict[str, list[tuple[int, str, frozenset[str]]]] = {
    "lead": [(3, "metal", _words(_METAL))],
    "bass": [
        (5, "fish", _words(_FISH) - _words("play heavy")),
        (5, "music", _words(_MUSIC)),
        (0, "music", frozenset()),
    ],
    "axes": [(5, "lines", _words(_LINES)), (6, "tools", _words(_TOOLS)), (0, "lines", frozenset())],
    "bases": [(5, "places", _words(_PLACES)), (3, "grounds", _words(_GROUNDS)), (0, "places", frozenset())],
    "legged": [(1, "walked", _words("it"))],
    "sewer": [(6, "tailor", _words("needle thread cloth stitch sewing fabric"))],
}
