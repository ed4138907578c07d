"""The speaker whom the words beside a quotation name: "said Alice", "he cried", "Holmes shook his head:".

Design choices
- After the quotation first, then ahead of it; a verb of saying with its subject, in either order.
- A voice is whose it is: "General Lodge's voice", "the voice of Allison Lee"; "a deep voice" alone is nobody
  named, and the turn of the conversation decides.
- A pronoun means the last one of that sex named in the paragraph, else whom the scene has in mind.
- A subject is no object of a preposition, and no owner ("Anna's hand").
"""

from __future__ import annotations

import re

from duologue.studio.expressions.character import NARRATOR_I, Character
from duologue.studio.expressions.kin import kin_of, spouse_of
from duologue.studio.expressions.kinds import singular
from duologue.studio.expressions.quotations import Quotation
from duologue.studio.expressions.scene import Scene
from duologue.studio.expressions.speech import SAY

__all__ = ["SENTENCE", "beside", "mentions", "subject"]

_SAID = "went on|broke in|put in|burst out|cut in|cried out|called out|came back|chimed in"
_SAY = _SAID + "|" + "|".join(sorted(SAY, key=len, reverse=True))
_ADVERB = (
    r"(?:(?:\w+ly|at last|at length|then|again|now|only|simply|just|also|suddenly|"
    r"never|once more|to \w+self) )?"
)
_PRONOUN = r"(?P<pronoun>he|she|I|they|we)"
_PHRASE = (
    r"(?P<phrase>(?:[Tt]he |[Hh]is |[Hh]er |[Mm]y |[Aa]n? |[Oo]ur |[Tt]heir |[Pp]oor |"
    r"[Tt]hat |[Tt]his |[Aa]nother )*[\w.’'-]+(?: [\w.’'-]+){0,5}?)"
)
_AFTER_VERB = re.compile(
    rf"^[\s,;—–-]*(?:and |so )?{_ADVERB}(?P<verb>{_SAY}) {_ADVERB}(?:{_PRONOUN}\b|"
    rf"(?P<rest>(?:(?:Mrs?|Dr|Ms|St)\.\s|[^,.;:!?—\"“”])+))",
    re.I,
)
_BEFORE_VERB = re.compile(
    rf"^[\s,;—–-]*(?:and |but |then )?(?:{_PRONOUN}|{_PHRASE}),? (?:had |would |could |"
    rf"did )?{_ADVERB}(?P<verb>{_SAY})\b"
)
SENTENCE = re.compile(r"(?<!Mr\.)(?<!Mrs\.)(?<!Dr\.)(?<!Ms\.)(?<!St\.)(?<=[.!?;])\s")
_OWNED = re.compile(
    r"\b(?:voice|tones?) of (?P<of>[A-Z][\w.’' -]+)|"
    r"(?P<owner>[A-Z][\w.]*(?: [A-Z][\w]*)*)[’']s (?:[\w-]+,? ){0,3}voice\b"
)
_RANG = re.compile(r"^[\s,;—–-]*(?P<verb>came|rang|boomed|sounded|broke in|went on) (?P<rest>.+)$", re.S)
_HEARD = re.compile(
    r"\b(?:heard|hear|hears|hearing) (?P<who>(?:the |his |her |my )?[\w.’' -]+?) (?:say|murmur|cry|ask|"
    r"whisper|mutter|"
    r"exclaim|call|shout|answer|reply|declare|remark)\W*$"
)
_OWN_WORDS = re.compile(r"(?P<who>[A-Z][\w.]*(?: [A-Z][\w]*)*)[’']s (?:[\w-]+,? ){0,2}[\w-]+[,:]$")
_REPLY = re.compile(
    r"^[\s,;—–-]*(?:was|came) (?:the|his|her|a) (?:[\w-]+,? ){0,3}"
    r"(?:reply|answer|response|retort|rejoinder)\b"
)
_CLAUSES = re.compile(r"\b(?:as|when|while|he|she|who|and|but)\b")
_KIN = re.compile(
    r"(?:his|her) (?:\w+ )?(?P<noun>father|mother|son|daughter|brother|sister|uncle|"
    r"aunt|nephew|niece|master|mistress|friend|companion)$",
    re.I,
)
_ELDERS = ("father", "mother", "uncle", "aunt", "grandfather", "grandmother")
_LAST_VERB = re.compile(
    rf"\b(?P<verb>{_SAY}|saying|crying|adding|exclaiming|whispering|asking|shouting|calling)\b", re.I
)


def beside(
    scene: Scene, number: int, quotation: Quotation, left: str, right: str, told: str
) -> tuple[Character | None, str, str]:
    """The speaker that a verb of saying beside the quotation names."""
    ended = quotation.inner.rstrip()[-1:] in ".…" and right[:1] != ","
    who, verb = _after(scene, number, right, told)
    if who is not None and not (ended and verb.lower() not in SAY):
        return who, "said after", verb
    if who is None and verb == "someone":
        return None, "someone", ""
    who, verb = _ahead(scene, number, left, told)
    if who is not None:
        return who, "said before", verb
    return None, "", ""


def _after(scene: Scene, number: int, right: str, left: str) -> tuple[Character | None, str]:
    sentence = SENTENCE.split(right.lstrip(" "), maxsplit=1)[0]
    if match := _AFTER_VERB.match(sentence):
        if match["pronoun"]:
            return _pronoun(scene, match["pronoun"], number, left), match["verb"]
        rest = match["rest"] or ""
        if owner := _OWNED.search(rest):  # "the cold voice of Allison Lee", "General Lodge's voice"
            return _person(scene, owner["of"] or owner["owner"]), match["verb"]
        phrase = _head(rest)
        if re.search(r"\bvoice$", phrase):  # "cried a cheerful voice. It was ..."
            whose = _voice(scene, right[match.end() :])
            return whose, match["verb"] if whose is not None else "someone"
        if (who := _person(scene, phrase)) is not None:
            return who, match["verb"]
        if re.match(r"(?:the|an?|another|some|his|her) \w", phrase, re.I):
            return None, "someone"
    if (rang := _RANG.match(sentence)) and (owner := _OWNED.search(rang["rest"])):
        return _person(scene, owner["of"] or owner["owner"]), rang["verb"]
    if _REPLY.match(sentence):  # "was the cordial reply"
        return None, "someone"
    if (match := _BEFORE_VERB.match(sentence)) and not _CLAUSES.search(match["phrase"] or ""):
        if match["pronoun"]:
            return _pronoun(scene, match["pronoun"], number, left), match["verb"]
        if (who := _person(scene, match["phrase"])) is not None:
            return who, match["verb"]
    return None, ""


def _voice(scene: Scene, after: str) -> Character | None:
    """Whose voice it was: the last one named in what follows, not counting possessives."""
    sentence = SENTENCE.split(after.lstrip(" .,"), maxsplit=1)[0]
    named = [c for _, end, c in scene.cast.mentions(sentence) if not re.match(r"[’']s", sentence[end:])]
    return named[0] if named else None


def _ahead(scene: Scene, number: int, left: str, told: str) -> tuple[Character | None, str]:
    """The subject of a sentence that leads into the quotation."""
    lead = left.rstrip()
    if not lead or (lead[-1] not in ",:—–-" and not re.search(rf"\b(?:{_SAY})$", lead)):
        return None, ""
    sentence = SENTENCE.split(lead)[-1]
    owned = _HEARD.search(sentence) or _OWN_WORDS.search(sentence)
    if owned is not None and (who := _person(scene, owned["who"])) is not None:
        return who, ""
    verbs = list(_LAST_VERB.finditer(sentence))
    verb = verbs[-1][0] if verbs else ""
    if not verb and lead[-1] != ":" and len(sentence) > 120:
        return None, ""
    stop = verbs[-1].start() if verbs else len(sentence)
    clauses = list(re.finditer(r"[,;] (?:but|and|while) (?=[A-Z])", sentence[:stop]))
    if verbs and clauses:  # "Harvey choked with rage, but Troop went on:"
        who = subject(scene, number, sentence[clauses[-1].end() : stop], "")
        if who is not None:
            return who, verb
    if verbs and (
        match := re.match(
            r" (?:(he|she|I)\b|((?:the |his |her |my )?[A-Za-z][\w. ’'-]*))", sentence[verbs[-1].end() :]
        )
    ):
        if match[1] and sentence[verbs[-1].end() :].strip(" ,:") == match[1]:
            return _pronoun(scene, match[1], number, told), verb
        if stop < 3 and match[2] and (who := _person(scene, match[2])) is not None:
            return who, verb
    if verbs and (near := re.search(r"\b(he|she|I) *$", sentence[:stop])):
        return _pronoun(scene, near[1], number, told[: max(0, len(told.rstrip()) - len(sentence))]), verb
    before = told[: max(0, len(told.rstrip()) - len(sentence))]
    return subject(scene, number, sentence[:stop], before), verb


def subject(scene: Scene, number: int, clause: str, told: str) -> Character | None:
    """The subject of a clause: the first character or pronoun that isn't the object of something."""
    places: list[tuple[int, Character | None]] = []
    for start, _, character in mentions(scene, clause):
        before = clause[:start]
        if re.search(
            r"\b(?:to|at|of|with|from|by|upon|on|for|towards?|after|behind|beside|and|told|"
            r"asked|over) (?:the |his |her |my |poor |little )*$",
            before,
        ) and not re.fullmatch(r"\W*and ", before):
            continue
        if re.match(
            r"(?:’s|'s)", clause[start + 1 :].lstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ. ")
        ):
            continue
        places.append((start, character))
    for match in re.finditer(r"\b(he|she|I)\b", clause, re.I):
        places.append((match.start(), _pronoun(scene, match[1], number, f"{told} {clause[: match.start()]}")))
    known = [who for _, who in sorted(places, key=lambda p: p[0]) if who is not None]
    return known[0] if known else None


def _pronoun(scene: Scene, pronoun: str, number: int, left: str) -> Character | None:
    """Whom a pronoun means, those mentioned before it in the paragraph coming first."""
    low = pronoun.lower()
    if low in ("he", "she"):
        sex = "male" if low == "he" else "female"
        told = [  # a sentence that opens with the pronoun speaks of the same one, and names others only
            [
                c
                for _, _, c in scene.cast.mentions(sentence)
                if c.name != NARRATOR_I and id(c) not in scene.barred
            ]
            for sentence in reversed(SENTENCE.split(left))
            if not re.match(rf"\s*{low}\b", sentence, re.I)
        ]
        for wanted in (sex, ""):
            for named in told:
                fits = [c for c in named if c.sex == wanted]
                if fits:
                    return fits[0]
    return scene.meant(pronoun, number, fresh=True)


def _head(phrase: str) -> str:
    """The noun phrase at the beginning of what follows a verb of saying."""
    phrase = re.split(
        r"\s(?:in|with|to|at|as|who|when|while|and|for|from|after|before|on|very|quite|again|rather|by|without|"
        r"angrily|quietly|softly|nodding|looking|turning|of(?! the))\b",
        phrase.strip(),
        maxsplit=1,
    )[0]
    return " ".join(phrase.split()[:6])


def _person(scene: Scene, phrase: str) -> Character | None:
    """The character a phrase means; "her husband" is the one who is married to whoever was mentioned last."""
    phrase = phrase.strip()
    if match := re.match(r"(?i)(?:his|her) (wife|lady|husband)$", phrase):
        spouse = spouse_of(scene, match[1].lower())
        if spouse is not None:
            return spouse
        if match[1].lower() != "husband":
            return scene.cast.find("wife") or scene.cast.find("lady")
    if re.fullmatch(r"(?i)(?:he|she|it|they|that|this|there|who|which|what|all|the other)", phrase):
        if phrase.lower() == "the other":
            return scene.partner(10**6)
        return None
    if match := re.match(r"(?:one|another) of the (?:[a-z]+ )?(\w+)$", phrase):
        phrase = singular(match[1])
    if match := _KIN.match(phrase):
        kin = kin_of(scene, match["noun"].lower())
        if kin is not None:
            return kin
    found = scene.cast.find(re.sub(r"[^\w’'. -]", "", phrase))
    if found is None:
        return None
    partner = scene.partner(scene.paragraph)
    new = id(found) not in scene.seen and not scene.cast.was_introduced(found)
    if new and not found.proper and not scene.cast.refers_back(found) and re.match(r"(?i)the ", phrase):
        apart = partner is not None and {partner.sex, found.sex} == {"male", "female"}
        if partner is not None and partner.proper and not apart:  # "replied the dressmaker"
            scene.merge(found, partner)
            return partner
    return _known(scene, found)


def _known(scene: Scene, found: Character) -> Character:
    """Whom a kind that was never brought in ("the old man") means: the last one it fits, else itself."""
    if not scene.cast.refers_back(found):
        return found
    last = scene.last_speaker(scene.paragraph)
    order = [c for c in (scene.addressed, *reversed(scene.mentioned), last) if c is not None]
    for known in [c for c in order if c is not last] + ([last] if last is not None else []):
        ages, sexes = {known.age, found.age}, {known.sex, found.sex}
        grown = found.age == "child" and known.age == "adult" and not known.proper
        fits = ages not in ({"child", "old"}, {"young", "old"}) and sexes != {"male", "female"} and not grown
        if known is not found and known.name != NARRATOR_I and fits:
            return known
    return found


def mentions(scene: Scene, piece: str) -> list[tuple[int, int, Character]]:
    """The mentions in a stretch of narration, "her father" and "the old man" being whom they mean."""
    made = []
    for start, end, character in scene.cast.mentions(piece):
        who = _known(scene, character)
        possessed = re.search(r"\b(?:his|her) $", piece[:start], re.I) is not None
        if possessed and id(character) not in scene.seen and character.name in _ELDERS:
            kin = kin_of(scene, character.name)
            if kin is not None and kin.proper:
                scene.cast.merge(character, kin)
                who = kin
        made.append((start, end, who))
    return made
