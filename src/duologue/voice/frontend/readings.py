"""How single homographs are told apart: one rule a word.

Design choices
- A rule takes a `Place` and gives a sense of `cues.FORMS`, a tag or sense of the lexicon, or None
  where the tagger shall decide.
- The commoner sense stands where nothing speaks for the other.
- Names need their capital in mid-sentence, or a cue.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from duologue.voice.frontend.place import (
    AUXILIARIES,
    BE,
    DETERMINERS,
    HAVE,
    MODALS,
    PAST_WORDS,
    PLACES,
    THIRD,
    Place,
    any_of,
)

__all__ = ["RULES"]


def _read(p: Place) -> str:
    before = p.before()
    if before in MODALS and p.word(-1) not in ("be", "been"):
        return "VB"
    if before in HAVE or before in BE or p.word(-1) in any_of("be been being well widely aloud"):
        return "VBN"
    if p.tag(-1) in ("DT", "JJ", "PRP$"):
        return "NN"
    if p.word(-2) in HAVE and p.tag(-1) in ("PRP", "NNP", "NN"):
        return "VBN"
    if before in THIRD or (p.tag(-1) in ("NNP", "NN") and p.word(-1) != "and"):
        return "VBD"
    around = set(p.words)
    others = [t for i, t in enumerate(p.tags) if i != p.index]
    if around & PAST_WORDS or others.count("VBD") > others.count("VBZ") + others.count("VBP"):
        return "VBD" if p.inside else "VB"
    return "VB"


def _used(p: Place) -> str | None:
    if p.word(1) != "to":
        return "DEFAULT"
    after = 2
    while p.tag(after) == "RB":
        after += 1
    passive = p.before() in BE or (p.tag(0) == "VBN" and p.tag(-1) in ("NN", "NNS", "NNP", ","))
    return "DEFAULT" if passive and p.tag(after) == "VB" else "VBD"


def _wound(p: Place) -> str:
    if p.word(1) in any_of("up down around round through along back past its tightly about"):
        return "VBD"
    if p.word(-1) in DETERMINERS or p.before() in MODALS or p.tag(-1) in ("JJ", "NN", "CD", "IN"):
        return "DEFAULT"
    return (
        "VBD" if p.tag(-1) in ("PRP", "WP", "NNP", "WDT", "RB") or p.tag(0) in ("VBD", "VBN") else "DEFAULT"
    )


def _does(p: Place) -> str | None:
    animals = any_of("buck fawn deer stag rabbit herd hare")
    if p.near(8) & animals and (
        (p.tag(-1) in ("CD", "DT", "JJ", "CC", "PRP$") and p.tag(1) != "PRP") or p.tag(0) == "NNS"
    ):
        return "deer"
    return None


def _number(p: Place) -> str | None:
    growing = any_of("grew grow grows growing became become went getting got feel felt")
    return "numb" if p.word(-1) in growing or (p.word(-1) == "and" and p.word(-2) == "number") else None


def _minute(p: Place) -> str | None:
    small = p.word(1) in any_of(
        "quantity quantities amount amounts detail details fraction trace traces particle"
    )
    if p.word(-1) in DETERMINERS or p.word(-1) in ("per", "last", "next", "ten"):
        return "ADJ" if small or (p.word(-1) == "the" and p.tag(1) == "NNS") else "NOUN"
    if p.tag(-1) in ("CD", "HYPH") or p.word(1) == "-":
        return "NOUN"
    if (
        p.tag(1) in ("NNS", "NN", "JJ")
        or p.before() in BE
        or p.word(-1) in any_of("so very most more extremely")
    ):
        return "ADJ"
    return None


def _invalid(p: Place) -> str:
    kin = any_of("mother father wife husband sister brother son daughter child aunt uncle chair")
    owned = p.tag(-1) == "PRP$" or p.word(-1) in any_of("old poor helpless hopeless young chronic permanent")
    alone = p.tag(1) not in ("NN", "NNS", "NNP", "JJ")
    article = p.word(-1) in ("the", "an") and alone
    return "NOUN" if p.word(1) in kin or (owned and alone) or article else "DEFAULT"


def _polish(p: Place) -> str | None:
    if p.here != "Polish":
        return None
    verb = not p.inside and (p.word(1) in DETERMINERS or p.word(1) in ("it", "them", "up", "off", "and"))
    return "shine" if verb or p.word(-1) in ("shoe", "nail", "floor") else "nation"


def _nice(p: Place) -> str | None:
    if p.here != "Nice":
        return None
    france = bool(p.near(6) & any_of("france riviera cannes monaco marseille provence french"))
    return "city" if france or (p.inside and p.word(-1) in PLACES) else None


def _reading(p: Place) -> str | None:
    if p.here != "Reading":
        return None
    town = any_of("station university festival fc council berkshire railroad england pennsylvania gaol")
    return "town" if p.near(4) & town or (p.inside and p.word(-1) in PLACES) else None


def _mobile(p: Place) -> str:
    city = p.near(3) & {"alabama", "bay", "ala"} or (
        p.inside and p.word(-1) in PLACES and p.tag(1) not in ("NN", "NNS")
    )
    return "city" if p.here == "Mobile" and city else "moving"


def _job(p: Place) -> str | None:
    bible = any_of("patience book story bible satan trial testament comforter suffering god")
    return "man" if p.here == "Job" and (p.inside and p.near(4) & bible) else None


def _august(p: Place) -> str:
    return "month" if p.here[0].isupper() else "grand"


def _blessed(p: Place) -> str:
    saintly = any_of("virgin sacrament trinity mother saint lady are lord saviour savior relief")
    if p.word(1) in saintly and (p.word(-1) in DETERMINERS or not p.inside):
        return "holy"
    holy = p.word(-1) in DETERMINERS and p.word(-1) != "that" and p.tag(1) in ("NN", "NNS", "NNP", "JJ")
    return "holy" if holy else "DEFAULT"


def _aged(p: Place) -> str:
    things = any_of("cheese wine beef whisky whiskey rum cheddar steak oak")
    if p.tag(1) == "CD" or p.before() in HAVE or p.near(1) & things:
        return "DEFAULT"
    if p.word(-1) in DETERMINERS and (p.tag(1) in ("NN", "NNS", "NNP", "JJ") or p.word(-1) == "the"):
        return "elderly"
    return "DEFAULT"


def _learned(p: Place) -> str:
    attributive = (
        p.word(-1) in DETERMINERS or p.tag(-1) in ("PRP$", "JJ") or p.word(-1) in ("most", "very", "more")
    )
    return "ADJ" if attributive and p.tag(1) in any_of("NN NNS NNP CC JJ IN") else "DEFAULT"


def _close(p: Place) -> str | None:
    if p.word(1) in any_of("to by enough together behind friend friends call") and p.before() not in MODALS:
        return "DEFAULT"
    if p.word(1) == "of" and p.word(-1) in ("the", "a"):
        return "NOUN"
    if not p.inside and p.word(1) in DETERMINERS:
        return "VERB"
    if p.before() in AUXILIARIES or (p.tag(-1) == "NNS" and p.word(1) in ("at", "on", "early", "late")):
        return "VERB"
    if p.word(-1) in any_of("so very too how as pretty come came stay stood"):
        return "DEFAULT"
    return None


def _live(p: Place) -> str | None:
    shown = any_of(
        "broadcast broadcasts broadcasting streamed recorded performed perform televised reporting"
    )
    if p.word(-1) in shown or p.word(-2) in shown:
        return "DEFAULT"
    return "VERB" if p.before() in MODALS - {"do", "does", "did"} and p.word(-1) != "be" else None


def _resume(p: Place) -> str:
    if (
        p.tag(-1) in ("PRP$", "JJ")
        or p.word(-1) in any_of("a the this that one each every")
        or p.here == "résumé"
    ):
        return "paper"
    return "again"


def _content(p: Place) -> str | None:
    if p.word(1) in ("with", "to") and p.tag(-1) not in ("DT", "PRP$", "NN"):
        return "DEFAULT"
    if p.before() in BE or p.word(-1) in any_of("quite perfectly seem seemed feel felt"):
        return "DEFAULT" if p.tag(1) not in ("NN", "NNS") else "NOUN"
    if p.tag(-1) in any_of("DT PRP$ JJ NN NNP CC"):
        return "NOUN"
    return None


def _bow(p: Place) -> str | None:
    ship = any_of("ship stern boat vessel deck wave sail port starboard hull anchor")
    worn = any_of("arrow violin tie ribbon hair string knot quiver cello fiddle shoot archer")
    if p.near(10) & worn:
        return "knot"
    taken = any_of("took take takes taking made make final low deep polite slight gave stiff")
    if p.near(6) & ship or {p.word(-1), p.word(-2)} & taken:
        return "bend"
    if p.before() in MODALS or p.word(1) in any_of("to before down out his her their your my"):
        return "bend" if p.tag(-1) not in ("DT", "PRP$", "JJ") or p.word(1) in ("to", "before") else "knot"
    return "bend" if p.tag(0).startswith("V") else "knot"


def _tear(p: Place) -> str | None:
    if p.word(-1) == "and" and p.word(-2) == "wear":
        return "VERB"
    if p.near(6) & any_of("eye cheek gas duct shed wept weep wiped cry crying drop sad grief"):
        return "DEFAULT"
    if p.word(1) in any_of("in along across down up apart off away open out"):
        return "VERB"
    return None


def _row(p: Place) -> str | None:
    if p.word(-1) in any_of("a the this blazing big terrible bitter furious public") and p.word(1) in (
        "with",
        "over",
        "about",
    ):
        return "quarrel"
    had = {p.word(-2), p.word(-3)} & any_of("had having kicked started terrible blazing")
    return "quarrel" if p.words[p.index] == "row" and had and p.word(1) not in ("of", "in") else None


def _dove(p: Place) -> str:
    moving = any_of("into in off for under down from through right headfirst behind straight deep")
    subject = p.tag(-1) in ("PRP", "NNP", "WP", "RB", "CC") or p.tag(0) in ("VBD", "VBN")
    if p.tag(-1) in ("NN", "NNS") and p.word(1) in ("into", "off", "under", "headfirst", "down", "through"):
        return "VERB"
    return "VERB" if subject and (p.word(1) in moving or p.tag(0) == "VBD") else "DEFAULT"


def _use(p: Place) -> str | None:
    if p.before() in MODALS or p.tag(-1) == "PRP":
        return "DEFAULT"
    return (
        "NOUN"
        if p.word(-1) in DETERMINERS or p.word(-1) in any_of("of in for good much make makes")
        else None
    )


def _lead(p: Place) -> str | None:
    if p.word(1) in any_of("paint pipe pipes poisoning bullet bullets acid oxide shot weights"):
        return "metal"
    verb = p.tag(0).startswith("V") or p.word(1) in any_of("to the a by us me him them in over")
    return "DEFAULT" if verb or p.before() in MODALS or p.word(-1) in ("the", "took", "take") else None


def _wind(p: Place) -> str | None:
    if p.word(1) in any_of("blew blows speed farm power turbine turbines energy instruments"):
        return "DEFAULT"
    if p.word(1) in ("up", "down") and (p.before() in MODALS or p.tag(-1) in ("PRP", "NNS")):
        return "VERB"
    return "VERB" if p.word(2) == "up" and p.before() in MODALS else None


def _present(p: Place) -> str | None:
    if p.word(-1) in any_of("at the a is are was were be been birthday") or p.word(1) in ("at", "day", "in"):
        return "DEFAULT"
    return "VERB" if p.before() in MODALS else None


RULES: Mapping[str, Callable[[Place], str | None]] = {
    "read": _read, "reread": _read, "used": _used, "wound": _wound, "does": _does, "number": _number,
    "minute": _minute, "invalid": _invalid, "polish": _polish, "nice": _nice, "reading": _reading,
    "mobile": _mobile, "job": _job, "august": _august, "blessed": _blessed, "aged": _aged,
    "learned": _learned, "close": _close, "live": _live, "resume": _resume, "content": _content,
    "bow": _bow, "bows": _bow, "tear": _tear, "row": _row, "rows": _row, "dove": _dove, "use": _use,
    "wind": _wind, "present": _present, "lead": _lead,
}  # fmt: skip
"""The rule of each word, by its lower-case writing."""
