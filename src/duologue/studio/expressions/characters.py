"""Who is in a story: names, titles and kinds ("Mr. Bennet", "the Hatter", "her mother"), each with sex and
age.

Design choices
- A character is whoever is named like a person somewhere in the narration: with a title, as the subject or
  object of a verb of saying, or as a capitalised name in the middle of a sentence that isn't a place.
- Names that mean one person are one character: a first name, a surname, a full name, a titled one, and the
  usual pet names. "Mr. Bennet" and "Mrs. Bennet" stay two, and a bare surname they share is neither.
- Sex comes from title, noun or first name, else from the pronouns in the sentences that follow the name.
- "I" is a character of its own where the narrator takes part.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from duologue.studio.expressions.barenames import bare_names
from duologue.studio.expressions.character import NARRATOR_I, Character, compatible, narration
from duologue.studio.expressions.forms import FEMALE_TITLES, MALE_TITLES, NOT_NAMES, PET, TITLES
from duologue.studio.expressions.kinds import GENERAL_NOUNS, RANKS
from duologue.studio.expressions.kindstold import kinds_told
from duologue.studio.expressions.quotations import Paragraph
from duologue.studio.expressions.speech import PEOPLE_NOUNS, SAY, Age, age_of, sex_of_noun
from duologue.studio.firstnames import Sex, sex_of_name

__all__ = ["Cast"]

_TITLED = re.compile(
    rf"\b(?P<title>{'|'.join(TITLES)})\b\.? (?P<name>[A-Z][\w’'-]+(?: [A-Z][\w’'-]+){{0,2}})"
)


class Cast:
    """The characters of a text. `find`: the one a phrase means; `mentions`: all in a stretch of it."""

    def __init__(self, text: str, paragraphs: Sequence[Paragraph]) -> None:
        self.characters: list[Character] = []
        self._forms: dict[str, Character] = {}
        self._shared: set[str] = set()
        self._introduced: set[str] = set()
        self.same: dict[int, Character] = {}
        self._gone: list[Character] = []
        pieces = [piece for p in paragraphs for _, piece in narration(text, p)]
        told = "\n".join(pieces)
        self._titled(told + "\n" + text)
        self._named(pieces, text)
        self._kinds(pieces)
        self._settle_sex(told)
        self._tells_of_i = len(re.findall(r"\bI\b", told)) >= 3
        self._who_is_i(told)
        forms = sorted(self._forms, key=len, reverse=True)
        self._pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, forms))})(?![\w])") if forms else None

    def _add(self, form: str, character: Character) -> None:
        known = self._forms.get(form)
        if known is not None and known is not character:
            self._shared.add(form)
            return
        self._forms[form] = character
        character.aliases.add(form)

    def _titled(self, text: str) -> None:
        found: dict[str, set[str]] = {}
        for match in _TITLED.finditer(text):
            title, name = match["title"], match["name"]
            name = re.sub(r"(?:’s|'s)$", "", name)
            form = match[0][: match.start("name") - match.start()] + name
            last = name.split()[-1]
            if (known := self._forms.get(form)) is None:
                sex: Sex = "male" if title in MALE_TITLES else "female" if title in FEMALE_TITLES else ""
                sex = sex or (sex_of_name(name.split()[0]) if " " in name else "")
                same = next(
                    (
                        c
                        for c in self.characters
                        if (c.name.split()[-1] == last or last in c.name.split()[1:-1])
                        and {c.sex, sex} != {"male", "female"}
                        and compatible(c.name, form)
                    ),
                    None,
                )
                if same is None:
                    age: Age = (
                        "old"
                        if title in ("Aunt", "Uncle")
                        else "young"
                        if title in ("Miss", "Master")
                        else "adult"
                    )
                    same = Character(name=form, sex=sex, age=age)
                    self.characters.append(same)
                self._add(form, same)
                known = same
            found.setdefault(last, set()).add(known.name)
        self._ranks(found)
        for last, holders in found.items():
            if len(holders) == 1:
                self._add(last, next(c for c in self.characters if c.name in holders))
            else:
                self._shared.add(last)

    def _ranks(self, found: Mapping[str, set[str]]) -> None:
        """A rank alone means the one who has it: "the Colonel"."""
        for rank in RANKS:
            holders = {c.name: c for c in self.characters if any(a.startswith(f"{rank} ") for a in c.aliases)}
            if len(holders) == 1 and rank not in self._forms and rank not in found:
                self._add(rank, next(iter(holders.values())))

    def _named(self, pieces: Sequence[str], text: str) -> None:
        for form in bare_names(pieces, text, self._forms):
            self._merge(form, before_the=re.search(rf"\b[Tt]he {re.escape(form)}\b", text) is not None)

    def _merge(self, form: str, *, before_the: bool) -> None:
        """Give a bare name to the character it belongs to, or make one."""
        words = form.split()
        key = words[-1] if len(words) > 1 else words[0]
        if form in self._shared:
            return
        for character in self.characters:
            parts = set(character.name.split()) | {a for form_ in character.aliases for a in form_.split()}
            plain = {PET.get(p.lower(), p.lower()) for p in parts}
            low = PET.get(words[0].lower(), words[0].lower())
            if len(words) == 1 and low in plain and character.proper and words[0] not in self._shared:
                self._add(form, character)
                return
            if len(words) > 1 and key in parts and key not in self._shared:
                named = sex_of_name(words[0])
                titled = character.name.split()[0].rstrip(".") in TITLES
                if {named, character.sex} != {"male", "female"} and (titled or words[0] in parts):
                    self._add(form, character)
                    if not titled or len(words) > len(character.name.split()):
                        character.name = form
                    return
        sex = sex_of_noun(form) or ("" if before_the else sex_of_name(words[0]))
        character = Character(name=form, sex=sex, age=age_of(form))
        self.characters.append(character)
        self._add(form, character)
        if len(words) > 1 and not before_the:
            for part in (words[0], key):
                if part not in self._forms and part not in self._shared and part.lower() not in NOT_NAMES:
                    self._add(part, character)

    def _kinds(self, pieces: Sequence[str]) -> None:
        """Characters known by what they are: "the old man", "her mother"."""
        self._apposed(pieces)
        counts, self._introduced = kinds_told(pieces, self._forms)
        for (noun, adjectives), count in counts.most_common():
            if count < 1:
                continue
            phrase = f"{adjectives} {noun}".strip()
            known = next((c for c in self.characters if not c.proper and c.name.split()[-1] == noun), None)
            if known is None:
                known = Character(name=phrase, sex=sex_of_noun(noun), age=age_of(phrase), proper=False)
                self.characters.append(known)
            elif known.age == "adult":
                known.age = age_of(phrase)
            for form in {noun, noun.capitalize()}:
                if form not in self._forms:
                    self._add(form, known)

    def _who_is_i(self, told: str) -> None:
        """Where the narrator speaks, whoever is called by name but never told of is the narrator."""
        if not re.search(rf"\b(?:I (?:{'|'.join(SAY)})|(?:{'|'.join(SAY)}) I)\b", told):
            return
        silent = [
            c
            for c in self.characters
            if c.proper and not any(re.search(rf"\b{re.escape(form)}\b", told) for form in c.aliases)
        ]
        if len(silent) == 1:
            self.merge(silent[0], self.narrator())

    def merge(self, one: Character, into: Character) -> None:
        """Make `one` the same as `into`: all its forms mean `into` from now on."""
        for form in one.aliases:
            self._forms[form] = into
        into.aliases |= one.aliases
        into.sex = into.sex or one.sex
        into.age = one.age if into.age == "adult" else into.age
        self.same[id(one)] = into
        self._gone.append(one)  # kept, so that its id stays its own
        self.characters = [c for c in self.characters if c is not one]

    def canonical(self, character: Character | None) -> Character | None:
        """The character that `character` turned out to be."""
        while character is not None and id(character) in self.same:
            character = self.same[id(character)]
        return character

    def _apposed(self, pieces: Sequence[str]) -> None:
        """Kinds that are told of a name: "Jonas Pell, the ferryman", "Scrooge's nephew, Fred"."""
        nouns = "|".join(PEOPLE_NOUNS)
        forms = "|".join(map(re.escape, sorted(self._forms, key=len, reverse=True)))
        if not forms:
            return
        after = re.compile(rf"\b(?P<name>{forms}), (?:the|an?) (?:[\w-]+ )?(?P<noun>{nouns})\b")
        ahead = re.compile(rf"(?:’s|'s|\bhis|\bher|\bthe) (?:[\w-]+ )?(?P<noun>{nouns}), (?P<name>{forms})\b")
        aged = re.compile(rf"\b(?P<noun>[Oo]ld|[Ll]ittle|[Yy]oung) (?P<name>{forms})\b")
        for piece in pieces:
            for pattern in (after, ahead, aged):
                for match in pattern.finditer(piece):
                    character = self._forms[match["name"]]
                    if pattern is aged:
                        if character.age == "adult" and character.proper:
                            character.age = age_of(match["noun"])
                    elif match["noun"] not in self._forms:
                        self._add(match["noun"], character)
                        character.sex = character.sex or sex_of_noun(match["noun"])

    def is_general(self, character: Character) -> bool:
        """Whether a kind says no more than sex and age, so that a name can be added to it."""
        return not character.proper and character.name.split()[-1] in GENERAL_NOUNS

    def was_introduced(self, character: Character) -> bool:
        """Whether the text says "a" of a kind somewhere."""
        return character.name.split()[-1] in self._introduced

    def refers_back(self, character: Character) -> bool:
        """Whether a kind ("the old man") was never brought in by itself, so that it means somebody known."""
        noun = character.name.split()[-1]
        return not character.proper and noun in GENERAL_NOUNS and noun not in self._introduced

    def _settle_sex(self, told: str) -> None:
        for character in self.characters:
            if character.sex or character.name == NARRATOR_I:
                continue
            votes: Counter[str] = Counter()
            for form in character.aliases:
                for match in re.finditer(rf"\b{re.escape(form)}\b", told):
                    after = told[match.end() : match.end() + 160].split("\n\n")[0]
                    pronoun = re.search(r"(?<!of )\b(he|she|his|her|him|himself|herself)\b", after)
                    if pronoun:
                        female = pronoun[1] in ("she", "her", "herself")
                        votes["female" if female else "male"] += 2 if pronoun[1] in ("he", "she") else 1
            if votes:
                best, count = votes.most_common(1)[0]
                if count > sum(votes.values()) / 2:
                    character.sex = best  # type: ignore[assignment]

    def find(self, phrase: str) -> Character | None:
        """The character a noun phrase means: by the whole of it, then by its last words."""
        words = re.sub(
            r"^(?:the|a|an|his|her|my|our|their|this|that|another) ", "", phrase.strip(), flags=re.I
        ).split()
        for size in range(len(words)):
            form = " ".join(words[size:])
            if form in self._forms:
                return self._forms[form]
        return next((self._forms[w] for w in words if w in self._forms), None)

    def mentions(self, piece: str) -> list[tuple[int, int, Character]]:
        """(start, end, character) of each mention in a stretch of narration."""
        if self._pattern is None:
            return []
        found = []
        for match in self._pattern.finditer(piece):
            character = self._forms[match[0]]
            if not character.proper and not re.search(
                r"\b(?:the|his|her|my|our|their|a|an|this|that|\w+) $", piece[: match.start()], re.I
            ):
                continue
            found.append((match.start(), match.end(), character))
        return found

    @property
    def first_person(self) -> bool:
        """Whether the narrator takes part in the story."""
        return NARRATOR_I in self._forms or self._tells_of_i

    def nameless(self, sex: Sex) -> Character:
        """The character that is never more than "he" or "she", made when it is first asked for."""
        name = "he" if sex == "male" else "she"
        for known in self.characters:
            if known.name == name:
                return known
        character = Character(name=name, sex=sex, proper=False)
        self.characters.append(character)
        return character

    def narrator(self) -> Character:
        """The character "I", made when it is first asked for."""
        if NARRATOR_I not in self._forms:
            character = Character(name=NARRATOR_I)
            self.characters.append(character)
            self._forms[NARRATOR_I] = character
            character.aliases.add(NARRATOR_I)
        return self._forms[NARRATOR_I]
