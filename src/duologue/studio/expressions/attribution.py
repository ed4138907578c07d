"""Who says what: each quotation of a story with its speaker.

    for said in attribute(text):
        print(said.speaker.name if said.speaker else "?", text[said.start:said.end])

Design choices
- Rules in the order of their certainty, as readers seem to use them (Elson & McKeown 2010; He, Barbosa &
  Kondrak 2013): a verb of saying beside the quotation; the same paragraph; who acts in the paragraph; the one
  who was spoken to; the turn-taking of two; the last one mentioned.
- A pronoun means the last one of that sex who was mentioned, but in a new paragraph rather the partner of
  whoever spoke last than that speaker again.
- Who is called by name in a quotation isn't its speaker, and is likely the next one.
- `how` says which rule decided, so that a caller can tell the sure from the guessed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from duologue.studio.expressions.address import called_in
from duologue.studio.expressions.characters import NARRATOR_I, Cast, Character
from duologue.studio.expressions.kin import kin_of, spouse_of
from duologue.studio.expressions.quotations import Paragraph, Quotation, paragraphs
from duologue.studio.expressions.scene import Scene
from duologue.studio.expressions.speech import SAY

__all__ = ["Said", "attribute"]

_SAY = "|".join(sorted(SAY, key=len, reverse=True))
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
_SENTENCE = re.compile(r"(?<!Mr\.)(?<!Mrs\.)(?<!Dr\.)(?<!Ms\.)(?<!St\.)(?<=[.!?;])\s")
_KIN = re.compile(
    r"(?:his|her) (?:\w+ )?(?P<noun>father|mother|son|daughter|brother|sister|uncle|"
    r"aunt|nephew|niece|master|mistress|friend|companion)$",
    re.I,
)
_ELDERS = ("father", "mother", "uncle", "aunt", "grandfather", "grandmother")
_LAST_VERB = re.compile(
    rf"\b(?P<verb>{_SAY}|saying|crying|adding|exclaiming|whispering|asking|shouting|calling)\b", re.I
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """A quotation [start, end) with its speaker, None where nobody is known; `how` names the rule."""

    start: int
    end: int
    inner: str
    speaker: Character | None
    how: str
    verb: str = ""


def attribute(text: str, cast: Cast | None = None) -> list[Said]:
    """Every quotation of `text` with its speaker, in order."""
    blocks = paragraphs(text)
    cast = cast or Cast(text, blocks)
    scene = Scene(cast)
    done: list[Said] = []
    for number, block in enumerate(blocks):
        scene.paragraph = number
        if not block.quotations:
            _narrated(scene, text[block.start : block.end])
            continue
        done += _paragraph(text, number, block, scene, done[-1] if done else None)
    return [replace(said, speaker=cast.canonical(said.speaker)) for said in done]


def _narrated(scene: Scene, piece: str) -> None:
    """Take note of who is mentioned in narration; the subject of the last sentence counts last."""
    for _, _, character in _mentions(scene, piece):
        scene.mention(character)
    if re.search(r"\b(?:I|my|me)\b", piece):
        scene.mention(scene.cast.narrator())


def _paragraph(text: str, number: int, block: Paragraph, scene: Scene, before: Said | None) -> list[Said]:
    quotations = block.quotations
    found: list[tuple[Character | None, str, str]] = []
    if block.goes_on and before is not None:
        return [
            Said(start=q.start, end=q.end, inner=q.inner, speaker=before.speaker, how="goes on", verb="")
            for q in quotations
        ]
    for at, quotation in enumerate(quotations):
        left = text[quotations[at - 1].end if at else block.start : quotation.start]
        right_end = quotations[at + 1].start if at + 1 < len(quotations) else block.end
        right = text[quotation.end : right_end]
        # "Well," he said, "come in": one sentence, one speaker
        if (
            at
            and found[-1][1] == "said after"
            and not re.search(r"[.!?;]", re.sub(r"\b(?:Mrs?|Dr|Ms|St)\.", "", left))
        ):
            found.append((found[-1][0], "same sentence", found[-1][2]))
            continue
        told = " ".join(text[a:b] for a, b in _gaps(block) if b <= quotation.start)
        found.append(_beside(scene, number, quotation, left, right, told))
    speakers = _spread(found, quotations, text)
    if all(s is None for s, _, _ in speakers):
        speaker, how = _unsaid(text, number, block, scene)
        speakers = [(speaker, how, "") for _ in quotations]
    made = []
    for quotation, (who, how, verb) in zip(quotations, speakers, strict=True):
        made.append(
            Said(
                start=quotation.start,
                end=quotation.end,
                inner=quotation.inner,
                speaker=who,
                how=how,
                verb=verb,
            )
        )
    _narrated(scene, " ".join(text[a:b] for a, b in _gaps(block)))
    _introduced(scene, made)
    for said in made:
        if said.speaker is not None:
            scene.mention(said.speaker)
            scene.spoke.append((number, said.speaker))
    called = [c for said in made for c in called_in(scene, said.inner, said.speaker) if c is not said.speaker]
    called = [_same(scene, number, c, made[0].speaker) for c in called]
    scene.addressed = called[-1] if called else None
    return made


def _same(scene: Scene, number: int, called: Character, speaker: Character | None) -> Character:
    """Whoever was just known as "a girl" and is now called by a name that nobody has had yet."""
    if id(called) in scene.seen or not called.proper:
        return called
    for known in reversed(scene.mentioned[-4:]):
        recent = number - scene.seen.get(id(known), -99) <= 3
        titled = " " in called.name and number - scene.seen.get(id(known), -99) <= 1
        general = scene.cast.is_general(known) or (titled and not known.proper)
        if general and recent and known is not speaker and {known.sex, called.sex} != {"male", "female"}:
            scene.mentioned = [called if c is known else c for c in scene.mentioned]
            scene.spoke = [(at, called if c is known else c) for at, c in scene.spoke]
            scene.seen[id(called)] = scene.seen[id(known)]
            scene.cast.merge(known, called)
            break
    return called


_MY_NAME = re.compile(
    r"^(?:(?:My name is|I am|I’m|I'm|Call me) )?(?P<name>[A-Z][\w’'-]+(?: [A-Z][\w’'-]+)*)[,.!]"
)


def _introduced(scene: Scene, made: Sequence[Said]) -> None:
    """Whoever was just known as "a young man" and now says a name of his own."""
    for said in made:
        match = _MY_NAME.match(said.inner.strip())
        who = said.speaker
        if match is None or who is None or not scene.cast.is_general(who):
            continue
        named = scene.cast.find(match["name"].split()[-1])
        alone = len(match["name"].split()) > 1 or " name is " in said.inner
        if named is not None and named is not who and named.proper and alone and id(named) not in scene.seen:
            scene.cast.merge(named, who)
            who.name, who.proper = match["name"], True


def _gaps(block: Paragraph) -> list[tuple[int, int]]:
    gaps, at = [], block.start
    for quotation in block.quotations:
        gaps.append((at, quotation.start))
        at = quotation.end
    return [*gaps, (at, block.end)]


def _beside(
    scene: Scene, number: int, quotation: Quotation, left: str, right: str, told: str
) -> tuple[Character | None, str, str]:
    """The speaker that a verb of saying beside the quotation names."""
    ended = quotation.inner.rstrip()[-1:] in ".…" and right[:1] != ","
    who, verb = _after(scene, number, right, told)
    if who is not None and not (ended and verb.lower() not in SAY):
        return who, "said after", verb
    who, verb = _ahead(scene, number, left, told)
    if who is not None:
        return who, "said before", verb
    return None, "", ""


def _after(scene: Scene, number: int, right: str, left: str) -> tuple[Character | None, str]:
    sentence = _SENTENCE.split(right.lstrip(" "), maxsplit=1)[0]
    if match := _AFTER_VERB.match(sentence):
        if match["pronoun"]:
            return _pronoun(scene, match["pronoun"], number, left), match["verb"]
        phrase = _head(match["rest"] or "")
        if re.search(r"\bvoice$", phrase):  # "cried a cheerful voice. It was ..."
            return _voice(scene, right[match.end() :]), match["verb"]
        if (who := _person(scene, phrase)) is not None:
            return who, match["verb"]
    if match := _BEFORE_VERB.match(sentence):
        if match["pronoun"]:
            return _pronoun(scene, match["pronoun"], number, left), match["verb"]
        if (who := _person(scene, match["phrase"])) is not None:
            return who, match["verb"]
    return None, ""


def _voice(scene: Scene, after: str) -> Character | None:
    """Whose voice it was: the last one named in what follows, not counting possessives."""
    sentence = _SENTENCE.split(after.lstrip(" .,"), maxsplit=1)[0]
    named = [c for _, end, c in scene.cast.mentions(sentence) if not re.match(r"[’']s", sentence[end:])]
    return named[0] if named else None


def _ahead(scene: Scene, number: int, left: str, told: str) -> tuple[Character | None, str]:
    """The subject of a sentence that leads into the quotation."""
    lead = left.rstrip()
    if not lead or (lead[-1] not in ",:—–-" and not re.search(rf"\b(?:{_SAY})$", lead)):
        return None, ""
    sentence = _SENTENCE.split(lead)[-1]
    verbs = list(_LAST_VERB.finditer(sentence))
    verb = verbs[-1][0] if verbs else ""
    if not verb and lead[-1] != ":" and len(sentence) > 120:
        return None, ""
    stop = verbs[-1].start() if verbs else len(sentence)
    if verbs and (
        match := re.match(
            r" (?:(he|she|I)\b|((?:the |his |her |my )?[A-Za-z][\w. ’'-]*))", sentence[verbs[-1].end() :]
        )
    ):
        if match[1] and sentence[verbs[-1].end() :].strip(" ,:") == match[1]:
            return _pronoun(scene, match[1], number, told), verb
        if stop < 3 and match[2] and (who := _person(scene, match[2])) is not None:
            return who, verb
    before = told[: max(0, len(told.rstrip()) - len(sentence))]
    return _subject(scene, number, sentence[:stop], before), verb


def _subject(scene: Scene, number: int, clause: str, told: str) -> Character | None:
    """The subject of a clause: the first character or pronoun that isn't the object of something."""
    places: list[tuple[int, Character | None]] = []
    for start, _, character in _mentions(scene, clause):
        before = clause[:start]
        if re.search(
            r"\b(?:to|at|of|with|from|by|upon|on|for|towards?|after|behind|beside|and|told|"
            r"asked|over) (?:the |his |her |my |poor |little )*$",
            before,
        ):
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
        for sentence in reversed(_SENTENCE.split(left)):
            if re.match(rf"\s*{low}\b", sentence, re.I):
                continue  # it speaks of the same one, and names others only
            named = [
                c for _, _, c in scene.cast.mentions(sentence) if c.sex in (sex, "") and c.name != NARRATOR_I
            ]
            if named:
                return named[0]
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
    if match := _KIN.match(phrase):
        kin = kin_of(scene, match["noun"].lower())
        if kin is not None:
            return kin
    found = scene.cast.find(re.sub(r"[^\w’'. -]", "", phrase))
    return _known(scene, found) if found is not None else None


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


def _mentions(scene: Scene, piece: str) -> list[tuple[int, int, Character]]:
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


def _spread(
    found: Sequence[tuple[Character | None, str, str]], quotations: Sequence[Quotation], text: str
) -> list[tuple[Character | None, str, str]]:
    """Quotations without a speaker of their own take that of their neighbour in the paragraph."""
    del quotations, text
    done = list(found)
    for at in range(1, len(done)):
        if done[at][0] is None and done[at - 1][0] is not None:
            done[at] = (done[at - 1][0], "same paragraph", "")
    for at in range(len(done) - 2, -1, -1):
        if done[at][0] is None and done[at + 1][0] is not None:
            done[at] = (done[at + 1][0], "same paragraph", "")
    return done


def _unsaid(text: str, number: int, block: Paragraph, scene: Scene) -> tuple[Character | None, str]:
    """The speaker of a paragraph in which nobody is said to speak."""
    gaps = [text[a:b] for a, b in _gaps(block)]
    called = {id(c) for q in block.quotations for c in called_in(scene, q.inner, None)}
    told = ""
    for piece in gaps:  # who acts here
        for sentence in _SENTENCE.split(piece.strip()):
            who = _subject(scene, number, sentence, told) if len(sentence.split()) > 1 else None
            if who is not None and id(who) not in called:
                return who, "acts"
            told += " " + sentence
    last = scene.last_speaker(number)
    if last is None:
        candidates = [c for c in reversed(scene.mentioned) if id(c) not in called]
        return (candidates[0], "mentioned") if candidates else (None, "")
    if scene.addressed is not None and scene.addressed is not last and id(scene.addressed) not in called:
        return scene.addressed, "spoken to"
    partner = scene.partner(number)
    fresh = scene.newcomer(number, partner)
    if fresh is not None and id(fresh) not in called:
        return fresh, "newcomer"
    if partner is not None and id(partner) not in called:
        return partner, "turn"
    others = [c for c in reversed(scene.mentioned) if c is not last and id(c) not in called]
    if others:
        return others[0], "mentioned"
    return (last, "again") if id(last) not in called else (None, "")
