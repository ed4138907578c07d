"""Phenomena of English grammar, each a template of a right sentence beside a wrong one.

Design choices
- Phenomena turn both ways (singular and plural, he and him): what is right in one pair is wrong in the next,
  so that preferring the commoner word earns half of the points and no more. Only `existential_there` can't.
- Only `Random.random` is drawn, which is alike in every Python.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import TypeVar

from duologue.text.train import grammar_words as words

__all__ = ["PHENOMENA", "Draw", "Template"]

T = TypeVar("T")


class Draw:
    """The choices of one pair; `first` turns with every pair of a phenomenon."""

    def __init__(self, random: Random, first: bool) -> None:
        self._random = random
        self.first = first

    def of(self, options: Sequence[T]) -> T:
        """One of `options`."""
        return options[int(self._random.random() * len(options))]

    def chance(self) -> bool:
        """True or false, evenly."""
        return self._random.random() < 0.5

    def order(self, a: T, b: T) -> tuple[T, T]:
        """The two as they are, or turned in every second pair."""
        return (a, b) if self.first else (b, a)

    def person(self, many: bool = False) -> str:
        """'old farmer' or 'farmer', or of several."""
        noun = self.of(words.PEOPLE)[many]
        return f"{self.of(words.OF_PEOPLE)} {noun}" if self.chance() else noun

    def people(self) -> tuple[str, bool]:
        """('the farmers', True): subject, and whether it is of several."""
        many = self.chance()
        return "the " + self.person(many), many

    def thing(self, many: bool = False) -> str:
        """'bridge', or of several."""
        return self.of(words.THINGS)[many]


Template = tuple[str, str]
"""Good and bad sentence, without capital and full stop."""


def agreement(d: Draw) -> Template:
    """The farmer keeps | *keep the secret."""
    verb = d.of(words.TRANSITIVE)
    right, wrong = d.order(verb.third, verb.base)
    start, end = f"the {d.person(not d.first)}", f"{d.of(verb.objects)} {d.of(words.PLACES)}"
    return f"{start} {right} {end}", f"{start} {wrong} {end}"


def agreement_across_phrase(d: Draw) -> Template:
    """The key to the rooms is | *are lost."""
    head = d.of(words.HEADS)
    noun, other = d.order(head.one, head.many)[0], d.of(head.others)[d.first]
    right, wrong = d.order(*d.of((("is", "are"), ("was", "were"), ("seems", "seem"))))
    start, end = f"the {noun} {head.preposition} the {other}", d.of(words.THING_IS)
    return f"{start} {right} {end}", f"{start} {wrong} {end}"


def agreement_across_clause(d: Draw) -> Template:
    """The men who know the doctor are | *is very old."""
    subject, other = d.of(words.PEOPLE)[not d.first], d.of(words.PEOPLE)[d.first]
    verb = d.of(("admire", "visit", "know", "protect", "love", "follow", "fear", "help"))
    if d.first:
        verb = "fears" if verb == "fear" else verb + "s"
    right, wrong = d.order(*d.of((("is", "are"), ("was", "were"), ("has been", "have been"))))
    start, end = f"the {subject} who {verb} the {other}", d.of(words.PERSON_IS)
    return f"{start} {right} {end}", f"{start} {wrong} {end}"


def determiner_noun(d: Draw) -> Template:
    """She found this | *these coin in the garden."""
    right, wrong = d.order(*d.of((("this", "these"), ("that", "those"))))
    noun, who = d.thing(not d.first), d.of(("she", "he", "they", "we", "the king", "my father", "the doctor"))
    verb, end = d.of(("saw", "found", "sold", "liked", "described", "remembered", "knew")), d.of(words.TIMES)
    return f"{who} {verb} {right} {noun} {end}", f"{who} {verb} {wrong} {noun} {end}"


def determiner_adjective_noun(d: Draw) -> Template:
    """These old castles | *castle belonged to the queen."""
    word = d.of((("this", "these"), ("that", "those")))[not d.first]
    right, wrong = d.order(*d.of(words.THINGS))
    start = f"{word} {d.of(('very', 'rather', 'quite'))} {d.of(words.OF_THINGS)}"
    end = f"belonged to the {d.of(words.PEOPLE)[0]}"
    return f"{start} {right} {end}", f"{start} {wrong} {end}"


def anaphor_gender(d: Draw) -> Template:
    """The queen saw herself | *himself in the mirror."""
    right, wrong = d.order("himself", "herself")
    plain, named = (words.MEN, words.HIS_NAMES) if d.first else (words.WOMEN, words.HER_NAMES)
    who = d.of(named) if d.chance() else f"the {d.of(plain)}"
    start = f"{who} {d.of(('saw', 'hurt', 'asked', 'found', 'called', 'described', 'blamed', 'defended'))}"
    return f"{start} {right} {(end := d.of(words.TIMES))}", f"{start} {wrong} {end}"


def anaphor_number(d: Draw) -> Template:
    """The soldiers defended themselves | *himself at night."""
    plural = [many for _, many in words.PEOPLE if many not in ("women", "girls", "ladies", "nurses")]
    who = d.of(words.MEN if d.first else plural)
    right, wrong = d.order("himself", "themselves")
    start = f"the {who} {d.of(('saw', 'hurt', 'asked', 'found', 'called', 'blamed', 'defended', 'prepared'))}"
    return f"{start} {right} {(end := d.of(words.TIMES))}", f"{start} {wrong} {end}"


def irregular_past(d: Draw) -> Template:
    """The boy broke | *broken the window; the boy had broken | *broke the window."""
    verb, (who, many) = d.of(words.STRONG), d.people()
    right, wrong = d.order(verb.past, verb.participle)
    start = who if d.first else f"{who} {'have' if many else 'has'}"
    end = d.of(verb.objects)
    return f"{start} {right} {end}", f"{start} {wrong} {end}"


def negative_polarity(d: Draw) -> Template:
    """Nobody | *Everybody has ever visited the museum; everybody has already | *ever visited the museum."""
    verb = d.of(words.TRANSITIVE)
    end = f"{verb.participle} {d.of(verb.objects)}"
    one, many = d.of(words.PEOPLE)
    denied, claimed = d.of(
        (
            ("nobody has", d.of(("somebody has", "everybody has"))),
            (f"no {one} has", d.of((f"some {one} has", f"every {one} has"))),
            (f"few {many} have", d.of((f"many {many} have", f"most {many} have"))),
            (f"the {many} have not", f"the {many} have"),
        )
    )
    word = d.of(("already", "once", "just", "often"))
    if d.first and denied.endswith("not"):
        return f"{denied} ever {end}", f"{claimed} {word} ever {end}"
    if d.first:
        return f"{denied} ever {end}", f"{claimed} ever {end}"
    return f"{claimed} {word} {end}", f"{claimed} ever {end}"


def transitivity(d: Draw) -> Template:
    """The boy opened | *arrived the door; the boy arrived | *found that evening."""
    verb, other = d.of(words.TRANSITIVE if d.first else words.STRICT), d.of(words.INTRANSITIVE)
    right, wrong = d.order(verb.past, other.past)
    start, end = d.people()[0], d.of(verb.objects) if d.first else d.of(words.TIMES)
    return f"{start} {right} {end}", f"{start} {wrong} {end}"


def filler_gap(d: Draw) -> Template:
    """I know what | *that the farmer found; I know that | *what the farmer found the key."""
    verb = d.of(words.STRICT)
    right, wrong = d.order("what", "that")
    start = d.of(("I know", "she told me", "they remember", "we have learned", "he told us", "nobody knew"))
    end = f"{d.people()[0]} {verb.past} {d.of(words.TIMES) if d.first else d.of(verb.objects)}"
    return f"{start} {right} {end}", f"{start} {wrong} {end}"


def quantifiers(d: Draw) -> Template:
    """There was not much | *many water; she had many | *much books."""
    right, wrong = d.order(
        *d.of((("much", "many"), ("little", "few"), ("a great deal of", "a great number of")))
    )
    noun = d.of(words.MASS) if d.first else d.thing(True)
    who = d.of(
        ("we saw", "she found", "the farmer had", "they needed", "he lost", "the city had", "I wanted")
    )
    start = f"{who} {d.of(('so', 'too'))}" if not right.startswith("a ") else who
    return f"{start} {right} {noun} {(end := d.of(words.PLACES))}", f"{start} {wrong} {noun} {end}"


def auxiliary_order(d: Draw) -> Template:
    """The child will be | *be will waiting; where did the men | *the men did go?"""
    who, many = d.people()
    if d.first:
        a, b = d.of(
            (("could", "have"), ("must", "have"), ("will", "have"), ("might", "have"), ("should", "have"))
        )
        verb = d.of(words.INTRANSITIVE)
        end = f"{verb.participle} {d.of(words.TIMES)}"
        return f"{who} {a} {b} {end}", f"{who} {b} {a} {end}"
    verb = d.of(words.TRANSITIVE)
    word = d.of(("why", "where", "when", "how"))
    helper = d.of(("did", "can", "will", "does" if not many else "do"))
    end = f"{verb.base} {d.of(verb.objects)}?"
    return f"{word} {helper} {who} {end}", f"{word} {who} {helper} {end}"


def auxiliary_form(d: Draw) -> Template:
    """The lady will take | *taken a seat; the lady has taken | *take a seat."""
    verb, (who, many) = d.of(words.STRONG), d.people()
    right, wrong = d.order(verb.base, verb.participle)
    helpers = (
        ("will", "must", "can", "could", "did not")
        if d.first
        else ("have", "had")
        if many
        else ("has", "had")
    )
    start, end = f"{who} {d.of(helpers)}", d.of(verb.objects)
    return f"{start} {right} {end}", f"{start} {wrong} {end}"


def passive(d: Draw) -> Template:
    """The bridge had often been used | *arrived by the men; the men had often arrived | *used at night."""
    verb, other = d.of(words.STRICT), d.of(words.INTRANSITIVE)
    right, wrong = d.order(verb.participle, other.participle)
    how = d.of(("often", "once", "already", "never"))
    who = d.people()[0]
    if d.first:
        start, end = f"{d.of(verb.objects)} had {how} been", f"by {who}"
    else:
        start, end = f"{who} had {how}", d.of(words.PLACES)
    return f"{start} {right} {end}", f"{start} {wrong} {end}"


def pronoun_case(d: Draw) -> Template:
    """They | *Them visited the city; the doctor visited them | *they in the morning."""
    subject, other = d.of((("he", "him"), ("she", "her"), ("they", "them"), ("we", "us"), ("I", "me")))
    right, wrong = d.order(subject, other)
    verb, end = d.of(words.TRANSITIVE), d.of(words.TIMES)
    if d.first:
        return f"{end} {right} {verb.past} {(o := d.of(verb.objects))}", f"{end} {wrong} {verb.past} {o}"
    start = f"{d.people()[0]} {d.of(('saw', 'helped', 'visited', 'knew', 'asked', 'loved', 'thanked'))}"
    return f"{start} {right} {end}", f"{start} {wrong} {end}"


def existential_there(d: Draw) -> Template:
    """There was a | *every stranger in the garden; there were many | *most houses on the hill."""
    many = d.chance()
    right = d.of(("many", "some", "no", "three", "several") if many else ("a", "no", "one", "another"))
    wrong = d.of(("most", "both") if many else ("every", "each"))
    noun, where = d.of(words.PEOPLE)[many] if d.first else d.thing(many), d.of(words.PLACES)
    if right == "a" and noun[0] in "aeiou":
        right = "an"
    start = d.of(("there were", "there are") if many else ("there was", "there is"))
    return f"{start} {right} {noun} {where}", f"{start} {wrong} {noun} {where}"


def existential_number(d: Draw) -> Template:
    """There is | *are a bridge near the river."""
    right, wrong = d.order(*d.of((("is", "are"), ("was", "were"), ("has been", "have been"))))
    noun = d.thing(not d.first) if d.chance() else d.of(words.PEOPLE)[not d.first]
    number = d.of(("one", "only one", "another") if d.first else ("many", "two", "several", "only a few"))
    end = f"{number} {noun} {d.of(words.PLACES)}"
    return f"there {right} {end}", f"there {wrong} {end}"


def relative_pronoun(d: Draw) -> Template:
    """The book which | *who was seen near the river; the man who | *which came from the town."""
    right, wrong = d.order("who", "which")
    who = d.of(("we", "they", "she", "the king", "my brother", "everybody"))
    start = f"{who} {d.of(('saw', 'remembered', 'knew', 'described'))} the"
    start += f" {d.person()}" if d.first else f" {d.of(words.OF_THINGS)} {d.thing()}"
    place = d.of(("the river", "the town", "the old castle", "the forest", "the school"))
    end = f"{d.of(('came from', 'was seen near', 'was known in'))} {place}"
    return f"{start} {right} {end}", f"{start} {wrong} {end}"


def comparison(d: Draw) -> Template:
    """The king is older | *oldest than the queen; he is the oldest | *older of all the men."""
    _, more, most = d.of(words.DEGREES)
    right, wrong = d.order(more, most)
    if d.first:
        start = f"the {d.of(words.PEOPLE)[0]} was {d.of(('much', 'no', 'even', 'far'))}"
        end = f"than the {d.of(words.PEOPLE)[0]}"
    else:
        start, end = f"the {d.of(words.PEOPLE)[0]} was the very", f"of all the {d.of(words.PEOPLE)[1]}"
    return f"{start} {right} {end}", f"{start} {wrong} {end}"


def complement_form(d: Draw) -> Template:
    """He wanted to go | *going home; he enjoyed going | *to go home."""
    base, doing, rest = d.of(words.ACTIVITIES)
    right, wrong = d.order(f"to {base}", doing)
    start = f"{d.people()[0]} {d.of(words.WITH_TO if d.first else words.WITH_ING)}"
    return f"{start} {right} {rest}", f"{start} {wrong} {rest}"


PHENOMENA: tuple[Callable[[Draw], Template], ...] = (
    agreement, agreement_across_phrase, agreement_across_clause, determiner_noun, determiner_adjective_noun,
    anaphor_gender, anaphor_number, irregular_past, negative_polarity, transitivity, filler_gap, quantifiers,
    auxiliary_order, auxiliary_form, passive, pronoun_case, existential_there, existential_number,
    relative_pronoun, comparison, complement_form,
)  # fmt: skip
