"""Kinds of people in a story: "the old man", "another officer", "one of the policemen", "the Colonel".

Design choices
- Patterns and lists, written for this project from the vocabulary of English novels; who is made of them is
  decided in `characters.py`.
"""

from __future__ import annotations

import re

from duologue.studio.expressions.speech import PEOPLE_NOUNS, SAY

__all__ = [
    "DOES",
    "GENERAL_NOUNS",
    "KIND",
    "NO_KIND",
    "ONE_OF",
    "OTHER_KIND",
    "RANKS",
    "SPEAKS",
    "SPEAKS_END",
    "singular",
]

KIND = re.compile(
    r"\b(?P<det>[Tt]he|[Hh]is|[Hh]er|[Mm]y|[Aa]n?|[Tt]heir|[Oo]ur|[Tt]his|[Tt]hat|[Aa]nother) "
    r"(?P<words>(?:(?:old|young|little|tall|short|fat|thin|poor|kind|stout|second|first|other|good|elder|eldest|younger|"
    r"elderly|small|big|great|strange|grey|dark|red|white|black|wise|ragged|blind|lame|pale|brave|ugly|bearded|"
    r"fellow(?= (?:guest|passenger|travell?er|lodger|boarder|student|officer|clerk|prisoner|servant|member)))"
    r"(?:-\w+)? )*)(?P<noun>[A-Za-z][a-z]+(?:-[a-z]+)*(?: [A-Z][a-z]+)?)\b"
)
OTHER_KIND = re.compile(  # "the plump woman": any adjective before a noun that is a person
    r"\b(?P<det>[Tt]he|[Hh]is|[Hh]er|[Mm]y|[Aa]n?|[Tt]hat|[Tt]his|[Aa]nother) "
    r"(?P<words>(?:(?!other\b|next\b)[a-z]+(?:-[a-z]+)? ){1,2})"
    rf"(?P<noun>{'|'.join(sorted(PEOPLE_NOUNS))})\b(?! [a-z]+ (?:of|for)\b)"
)
ONE_OF = re.compile(r"\b(?:one|another) of the (?:[a-z]+ )?(?P<noun>[a-z]+men|[a-z]+s)\b")
SPEAKS_END = re.compile(rf"\b(?:{'|'.join(SAY)}) $")
RANKS = ("Colonel", "Captain", "Doctor", "Professor", "General", "Inspector", "Judge", "Major", "Sergeant")
GENERAL_NOUNS = frozenset(
    "man woman gentleman lady girl boy fellow child lad lass stranger creature "
    "ruffian witness accused visitor guest".split()
)
NO_KIND = frozenset(
    "next same other last first following former latter morning evening truth story least most voice voices "
    "reply answer response whisper murmur tone cry retort rejoinder question".split()
)
SPEAKS = re.compile(rf"^\s*(?:{'|'.join(SAY)}) $")
DOES = """sprang broke began caught bent bit blew bore bought brought burst chose clung crept cut dug drank
drove ate fled flew flung forgot froze grew hid hit hung knelt laid leapt lay lit lost paid rang
rode sang sank sent shot shut slid smote spent stole stuck struck swore swept swung tore woke wore
wept wrote strode was had did went came took sat stood looked turned made put gave shook rose got
saw left ran fell held kept felt knew found thought let set spoke threw drew heard led met leaned
nodded smiled laughed sighed is has goes comes takes sits stands looks turns shakes""".split()


def singular(noun: str) -> str:
    """The noun of one of several: "policemen" gives "policeman"."""
    if noun.endswith("men"):
        return noun[:-3] + "man"
    return noun[:-1] if noun.endswith("s") else noun
