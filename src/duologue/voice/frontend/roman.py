"""Roman numerals, and the words that tell whether one is a name's ordinal or a plain number.

Design choices
- Only well-formed numerals count ("IIII" and "IC" do not), and only where the word before or after
  makes one likely: most strings of I, V, X, L, C, D, M are initials or words ("MIX", "DC", "I").
- After a ruler's first name it is an ordinal with "the" ("Henry VIII"), after a heading or a thing
  that is numbered ("Chapter", "World War", "Type") a cardinal, before "century" an ordinal.
"""

from __future__ import annotations

import re

__all__ = ["NUMBERED", "ROMAN", "RULERS", "roman_value"]

ROMAN = re.compile(r"(?=[IVXLCDM])M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})(?![A-Za-z0-9])")

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
