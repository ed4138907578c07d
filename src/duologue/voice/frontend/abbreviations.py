"""Abbreviations: what they stand for, and whether their stop can end a sentence.

Design choices
- One table serves the normaliser and the sentence splitter, so they can't disagree.
- Titles ("Dr.", "Gen.") never end a sentence; the rest may, if a new sentence seems to begin.
- "St." is a saint before a name and a street after one; "Dr." a doctor before, a drive after; "No." is
  "number" only before a figure. States and months only where unambiguous.
"""

from __future__ import annotations

import re

from duologue.voice.frontend.rule import Part, Rule, Site, next_word, previous_word

__all__ = ["ABBREVIATIONS", "ABBREVIATION_RULES", "BEFORE_FIGURES", "TITLES"]

_TITLES = """
dr doctor|mr mister|mrs missus|ms miz|messrs messieurs|mme madame|mlle mademoiselle|prof professor
profs professors|rev reverend
fr father|gen general|col colonel|lt lieutenant|lieut lieutenant|capt captain|cpt captain|cmdr commander
cdr commander
maj major|sgt sergeant|cpl corporal|pvt private|adm admiral|brig brigadier|gov governor|sen senator
sens senators|rep representative
reps representatives|pres president|hon honorable|supt superintendent|insp inspector|atty attorney
amb ambassador|st saint
ste saint|mt mount|ft fort|pt point|sr senior|mx mix|det detective|ald alderman|msgr monsignor|card cardinal
sir sir
"""
_OTHERS = """
jr junior|esq esquire|vs versus|v versus|etc et_cetera|approx approximately|apt apartment|appt appointment
assn association|assoc associates
ave avenue|blvd boulevard|rd road|ln lane|hwy highway|pkwy parkway|sq square|bldg building|ct court|pl place
bros brothers|co company|corp corporation|inc incorporated|ltd limited|intl international|natl national
mfg manufacturing
dept department|div division|univ university|inst institute|acad academy|govt government|gov't government
admin administration
est established|esp especially|incl including|excl excluding|misc miscellaneous|max maximum|min minimum
avg average|temp temperature
tel telephone|ext extension|attn attention|cf compare|al al|ca circa|c circa|viz namely|nb nota_bene|ps P_S
resp respectively
w/ with|w/o without|b/c because|b/w between|c/o care_of|a/c A_C|n/a not_applicable|i/o I_O
km/h kilometers_per_hour
dist district|elev elevation|pop population|hist history|orig originally|usu usually|wt weight|qty quantity
amt amount
jan January|feb February|mar March|apr April|jun June|jul July|aug August|sep September|sept September
oct October|nov November|dec December
calif California|mass Massachusetts|conn Connecticut|penn Pennsylvania|tenn Tennessee|mich Michigan
minn Minnesota
wis Wisconsin|fla Florida|ariz Arizona|colo Colorado|okla Oklahoma|nebr Nebraska|mont Montana|ala Alabama
ark Arkansas|va Virginia
"""
_FIGURED = """
no number|nos numbers|p page|pp pages|pg page|pgs pages|vol volume|vols volumes|fig figure|figs figures
ch chapter|chap chapter|chs chapters
sec section|sect section|art article|eq equation|eqs equations|ed edition|eds editions|ver version|op opus
nr number|num number|para paragraph
pt part|bk book|tab table|ex example|ca circa|c circa|l line|ll lines|n note|cap chapter|app appendix
ref reference
"""


def _table(text: str) -> dict[str, str]:
    entries = (entry.split() for entry in text.replace("\n", "|").split("|"))
    return {e[0]: e[1].replace("_", " ") for e in entries if e}


TITLES = frozenset(_table(_TITLES)) - {"sr", "card", "sir", "ste"}
BEFORE_FIGURES = _table(_FIGURED)
ABBREVIATIONS: dict[str, str] = {**_table(_TITLES), **_table(_OTHERS)}

_STATES = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California", "CO": "Colorado",
    "CT": "Connecticut", "DE": "Delaware", "FL": "Florida", "GA": "Georgia", "HI": "Hawaii", "ID": "Idaho",
    "IL": "Illinois", "IN": "Indiana", "IA": "Iowa", "KS": "Kansas", "KY": "Kentucky", "LA": "Louisiana",
    "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan", "MN": "Minnesota",
    "MS": "Mississippi", "MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada",
    "NH": "New Hampshire", "NJ": "New Jersey", "NM": "New Mexico", "NY": "New York", "NC": "North Carolina",
    "ND": "North Dakota", "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon", "PA": "Pennsylvania",
    "RI": "Rhode Island", "SC": "South Carolina", "SD": "South Dakota", "TN": "Tennessee", "TX": "Texas",
    "UT": "Utah", "VT": "Vermont", "VA": "Virginia", "WA": "Washington", "WV": "West Virginia",
    "WI": "Wisconsin", "WY": "Wyoming",
}  # fmt: skip
_STOPLESS = frozenset(
    "mr mrs ms dr vs jr sr mt ft ltd inc corp blvd ave dept govt prof approx etc hwy".split()
)
"""Abbreviations people also write without the stop."""
_WORDS = frozenset(
    """no art ed fig pop temp min max gen rep sen co col fr mar jan app tab ex bk cap sec mass al pres ps st
    admin ark ill wash dist orig hist inst div est sun sat wed card sir ref ver ch op ala ct v c l n p
    pl va det pt     wis conn misc sq""".split()
)
"""Abbreviations that are something else when written in small letters or without the stop."""


def _abbreviation(match: re.Match[str], site: Site) -> list[Part] | None:
    written = match.group("word")
    low = written.lower()
    start, end = match.span()
    stop = match.group("stop")
    if (
        written.isupper()
        and (len(written) > 2 or not stop)
        and len(written) > 1
        and low not in ("mr", "mrs", "dr")
    ):
        return None
    follows_figure = bool(re.match(r" ?\d", site.text[end : end + 2]))
    if low in BEFORE_FIGURES and stop and follows_figure:
        return [Part(start, end, BEFORE_FIGURES[low])]
    if (
        low in BEFORE_FIGURES
        and stop
        and low in ("p", "pp", "pg", "vol", "fig")
        and re.match(r" [ivxlc]+\b", site.text[end:])
    ):
        return [Part(start, end, BEFORE_FIGURES[low])]
    spoken = ABBREVIATIONS.get(low)
    if spoken is None:
        return None
    if not stop and low not in _STOPLESS and "/" not in low and "'" not in low:
        return None
    if (
        not stop
        and not written[0].isupper()
        and low in ("ms", "mt", "ft", "inc", "ave", "prof", "corp", "sr")
    ):
        return None
    following = next_word(site.text, end)
    before = previous_word(site.text, start)
    after_name = (
        before[:1].isupper()
        and site.text[start - 1 : start] == " "
        and site.text[start - 2 : start - 1] not in ".,"
    )
    before_name = following[:1].isupper() and bool(re.match(r"\s", site.text[end : end + 1] or "x"))
    if low in ("st", "dr"):
        street = {"st": "street", "dr": "drive"}[low]
        numbered = bool(re.search(r"\d(?:st|nd|rd|th) $", site.text[max(0, start - 8) : start]))
        if numbered or (after_name and (not before_name or _addressed(site, start))):
            return [Part(start, end, street)]
        return (
            [Part(start, end, spoken)]
            if before_name
            else ([Part(start, end, street)] if low == "st" else [Part(start, end, spoken)])
        )
    if (
        low
        in ("ft", "pt", "mt", "fr", "sen", "gen", "col", "rep", "gov", "adm", "card", "pres", "hon", "det")
        and not before_name
    ):
        if low == "gen" or low not in ("ft", "pt", "mt"):
            return [Part(start, end, spoken)] if written[0].isupper() else None
        return None
    if low in ("sun", "sat", "mar", "sir"):
        return None
    if low in ("c", "l", "n", "v", "ca") and not (follows_figure or (low == "v" and before_name)):
        return None
    if (
        low in ("co", "al", "va", "ala", "ark", "mass", "conn", "penn", "mont")
        and not written[0].isupper()
        and low != "al"
    ):
        return None
    if low == "al" and before.lower() != "et":
        return None
    if low in ("no", "min", "max", "temp", "pop", "op", "ex", "ed", "art", "misc", "est") and not stop:
        return None
    if low in ("op", "ex", "ed", "art", "fig", "tab", "app", "ref", "ver"):
        return None
    if low == "est" and not written[0].isupper():
        spoken = "estimated"
    if low in ("pl", "ct", "sq") and not after_name:
        return None
    if low == "mrs" or low not in _WORDS or stop or low in _STOPLESS:
        return [Part(start, end, spoken)]
    return None


def _addressed(site: Site, start: int) -> bool:
    """Whether a house number stands within the four words before ("5 Main St. Paris")."""
    return bool(
        re.search(
            r"(?:^|[\s,])\d{1,5}\s(?:[NSEW]\.?\s)?(?:[A-Z][\w']*\s){1,3}$",
            site.text[max(0, start - 40) : start],
        )
    )


def _latin(match: re.Match[str], site: Site) -> list[Part] | None:
    letters = match.group("letters").replace(".", "").replace(" ", "").lower()
    return [Part(*match.span(), {"eg": "for example", "ie": "that is"}[letters])]


def _state(match: re.Match[str], site: Site) -> list[Part] | None:
    """Austin, TX: after a comma and a capitalised word."""
    if not re.search(r"[A-Z][\w.'-]+, ?$", site.text[max(0, match.start() - 30) : match.start()]):
        return None
    return [Part(*match.span(), _STATES[match.group()])]


def _degree(match: re.Match[str], site: Site) -> list[Part] | None:
    """Ph.D., M.Sc., B.A."""
    letters = re.sub(r"[^A-Za-z]", "", match.group())
    return [Part(*match.span(), letters.upper())]


_KEYS = sorted({*ABBREVIATIONS, *BEFORE_FIGURES}, key=len, reverse=True)
ABBREVIATION_RULES = [
    Rule("state", re.compile(rf"(?:{'|'.join(_STATES)})(?![\w.])"), _state),
    Rule(
        "for example",
        re.compile(r"(?P<letters>[eE]\. ?g\.|[iI]\. ?e\.|e\.g|i\.e|eg(?=[.,])|ie(?=[.,]))\.?(?!\w)"),
        _latin,
    ),
    Rule("degree", re.compile(r"(?:Ph\.?D|[MBD]\.?Sc|[MB]\.?Ed|D\.?Phil|M\.?Phil|Ll\.?[BMD])\b\.?"), _degree),
    Rule(
        "abbreviation",
        re.compile(rf"(?P<word>(?i:{'|'.join(re.escape(k) for k in _KEYS)}))(?P<stop>\.(?!\w))?(?![\w'/])"),
        _abbreviation,
    ),
]
