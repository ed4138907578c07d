"""Roman numerals, and the words that tell whether one is a name's ordinal or a plain number.

Design choices
- Only well-formed numerals count ("IIII" and "IC" do not), and only where the word before or after
  makes one likely: most strings of I, V, X, L, C, D, M are initials or words ("MIX", "DC", "I").
- After a ruler's first name it is an ordinal with "the" ("Henry VIII"), after a heading or a thing
  that is numbered ("Chapter", "World War", "Type") a cardinal, before "century" an ordinal.
"""

from __future__ import annotations

import re

from duologue.voice.frontend.numbers import cardinal, ordinal
from duologue.voice.frontend.rule import Part, next_word, previous_word

__all__ = ["NUMBERED", "ROMAN", "RULERS", "numbered", "roman_part", "roman_value"]

ROMAN = re.compile(
    r"(?=[IVXLCDM])M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})(?![A-Za-z0-9])"
)

_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}

NUMBERED = frozenset(
    """chapter part act scene book volume vol section article title appendix figure fig table plate phase
    stage type class grade war bowl apollo gemini rocky rambo fantasy mark level tier group schedule
    amendment canto psalm corps category form sector zone area factor generation gen olympiad legion
    symphony sonata quest saga episode season round division layer region quadrant
    edition entry exhibit annex station hospital day week lesson unit module theorem lemma proposition
    quake street doom civilization vatican paper note tome league camp block wing tower
    civ gta saturn soyuz vostok explorer mercury falcon titan pioneer nikon polaroid pentium
    collagen angiotensin interferon""".split()
)

RULERS = frozenset(
    """henry louis elizabeth charles george william edward richard james philip pius paul john gregory
    benedict innocent clement leo nicholas alexander peter catherine catharine mary frederick friedrich
    wilhelm napoleon napoléon francis franz joseph ferdinand alfonso alphonse pedro juan carlos felipe
    gustav gustavus adolphus christian haakon olav harald margaret margrethe albert leopold
    baudouin robert david malcolm kenneth constantine justinian theodosius valentinian ptolemy ramesses
    ramses thutmose amenhotep seti cleopatra darius xerxes artaxerxes antiochus seleucus mithridates
    ivan vladimir michael basil leon boniface urban adrian hadrian sixtus julius callixtus martin eugene
    stephen victor felix sylvester honorius celestine anastasius umberto emmanuel amadeus otto rudolf
    sigismund ladislaus casimir władysław wladyslaw bela béla matthias maximilian selim suleiman mehmed
    murad bayezid mahmud abdul hamid faisal hussein abdullah hassan mohammed muhammad rama
    jigme tiglath-pileser shalmaneser nebuchadnezzar sargon childeric clovis dagobert theodoric
    lothair pepin odo hugh philippe sancho afonso manuel sebastian joão isabella anne
    tudor menelik theodore tewodros haile bernard raymond baldwin bohemond tancred conrad kaiser
    thomas arthur walter rainier hans-adam karl carol ludwig rupert ernest ernst emperor king queen pope
    patriarch tsar czar sultan shapur khosrow""".split()
)


def roman_value(numeral: str) -> int:
    """The value of a well-formed Roman numeral in capitals."""
    total = 0
    for here, after in zip(numeral, numeral[1:] + " ", strict=True):
        value = _VALUES[here]
        total += -value if value < _VALUES.get(after, 0) else value
    return total


_AFTER = frozenset(
    """is was of and had has in to who by the at for on as or with from did died ruled reigned became
    came made took gave left went fought could would""".split()
) | {""}
_SMALL = re.compile(r"[ivx]+(?![\w'])")
_HEADED = frozenset("scene act chapter p pp page pages part section vol volume type".split())
_INITIALS = frozenset("CD DC MD DI MC MI LI CV CC MM CIV MIX XL DM CM LCD XXL XX DIM MILD CIVIL".split())
"""Well-formed numerals that are usually something else."""
_SERIES = frozenset("fantasy rocky rambo quest warcraft craft battlefield creed diablo mario zelda".split())
_FULL_NAME = re.compile(r"(?:^|\s)[A-Z][a-z]+ [A-Z][a-z]+ $")


def numbered(sentence: str, position: int) -> bool:
    """Whether "I" at the position is a numeral ("Part I", "Elizabeth I was"), not the speaker."""
    before = previous_word(sentence, position)
    if not before[:1].isupper() or sentence[position - 2 : position - 1] in ",.;:":
        return False
    low = before.lower()
    if low not in NUMBERED and low not in RULERS:
        return False
    following = next_word(sentence, position + 1)
    return following in _AFTER or (low in RULERS and following.endswith("ed"))


def roman_part(sentence: str, position: int) -> Part | None:
    """The part of a Roman numeral at the position, if the words around it make it one."""
    match = ROMAN.match(sentence, position)
    before = previous_word(sentence, position)
    low = before.lower()
    if match is None:
        small = _SMALL.match(sentence, position)
        if small is None or low not in _HEADED or not ROMAN.fullmatch(small.group().upper()):
            return None
        return Part(position, small.end(), cardinal(str(roman_value(small.group().upper()))))
    numeral, end = match.group(), match.end()
    value = str(roman_value(numeral))
    tail = "'s" if sentence.startswith("'s", end) and not sentence[end + 2 : end + 3].isalnum() else ""
    number = Part(position, end + len(tail), cardinal(value) + tail)
    if not tail and next_word(sentence, end).lower() in ("century", "centuries", "dynasty"):
        return Part(position, end, ordinal(value))
    behind = sentence[position - 2 : position - 1]
    touching = sentence[position - 1 : position] == " " and behind not in ".,;:)" and before[:1].isupper()
    if touching or low in _HEADED:
        if (
            numeral == "I"
            and not (low in NUMBERED and low not in RULERS)
            and not numbered(sentence, position)
        ):
            return None
        if low in NUMBERED:
            return number
        if low in RULERS:
            return Part(position, number.end, "the " + ordinal(value) + tail)
        if len(numeral) > 1 and numeral not in _INITIALS:
            if before.istitle() and len(numeral) < 5 and set(numeral) <= set("IV") and len(before) > 2:
                head = sentence[max(0, position - 40) : position]
                if low not in _SERIES and _FULL_NAME.search(head):
                    return Part(position, number.end, "the " + ordinal(value) + tail)
                return number
            if len(numeral) > 2:
                return number
    alone = len(numeral) > 2 and len(sentence.strip(" .")) == len(numeral)
    return number if alone and numeral not in _INITIALS else None
