"""Dialogue scripts: an interview made of a passage, or the spoken lines of a scene of a book.

Design choices
- HOST asks by templates what the next sentence answers; GUEST answers with the source's own sentences, so
  every number, date and name of a script stands in its source.
- A scene gives lines only for speakers whom the book names beside their words ("said Mrs. Porter").
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from duologue.text.facts import names, years
from duologue.text.sentences import split, words
from duologue.text.train.tasks.passages import Passage, standalone
from duologue.text.train.tasks.record import Record
from duologue.text.train.tasks.wording import Wording

__all__ = ["interview", "scene"]

_ASKS = (
    "Turn this text into a short podcast dialogue between {a} and {b}.",
    "Write a dialogue script from the passage. Use the speakers {a} and {b}.",
    "Make an interview out of this text. {a} asks, {b} answers.",
    "Rewrite the text as a conversation. Begin each line with {a}: or {b}:",
    "Write a radio script about this. {a} asks questions and {b} answers with facts from the text.",
    "Write a dialogue: {a} wants to know, {b} explains. Only use the text.",
    "Create a short script with {a} and {b} from this article.",
    "Put this into questions and answers between {a} and {b}.",
    "Please turn the passage into an interview with {a} and {b}.",
    "Script for two voices, {a} and {b}, from this text:",
)
_PAIRS = (("HOST", "GUEST"),) * 6 + (
    ("ANNA", "BEN"),
    ("INTERVIEWER", "EXPERT"),
    ("HOST", "EXPERT"),
    ("MIA", "LEO"),
)
_OPENINGS = (
    "Today we talk about {t}. What should we know?",
    "Welcome! Our topic is {t}. Where do we begin?",
    "Let's talk about {t}. What is it about?",
    "Hello and welcome. Tell us about {t}.",
    "So, {t}. What can you tell us?",
    "Our topic today is {t}. Can you tell us more?",
)
_YEARS = ("What happened in {y}?", "And in {y}?", "What about {y}?", "Take us to {y}. What happened?")
_NAMES = (
    "What about {n}?",
    "Where does {n} come in?",
    "And {n}?",
    "What can you say about {n}?",
    "Tell us about {n}.",
)
_PLAIN = (
    "What else?",
    "Can you say more about that?",
    "And then?",
    "How so?",
    "Interesting. What else should we know?",
    "Tell us more.",
    "What does that mean?",
    "Go on.",
    "I see. And what follows from that?",
    "That is good to know. Is there more?",
)
_SAID = re.compile(
    r"[“\"](?P<a>[^“”\"]{2,220})[”\"],?\s+(?:(?:said|asked|cried|replied|answered|exclaimed|returned|whispered|muttered"
    r"|remarked|observed|continued|demanded|repeated|shouted|growled|murmured) (?P<n>(?:Mrs?\. |Miss "
    r"|Dr\. |Captain |the )?[A-Z][a-z]+)"
    r"|(?P<m>(?:Mrs?\. |Miss |Dr\. |Captain )?[A-Z][a-z]+) (?:said|asked|cried|replied|answered|exclaimed"
    r"|returned"
    r"|whispered|muttered|remarked|observed|continued|demanded|repeated|shouted))"
)
_SCENES = (
    "Turn this scene into a script. Write the speaker's name before each line.",
    "Write the dialogue of this scene as a play.",
    "Who says what? Write the spoken lines as a script.",
    "Extract the dialogue as a script with speakers.",
    "Rewrite this scene as a script.",
    "Make a screenplay dialogue out of this scene.",
    "List the spoken lines with their speakers, like in a play.",
)


def interview(passage: Passage, wording: Wording) -> Record | None:
    """A script of two speakers made from an article's passage."""
    rng = wording.rng
    topic = passage.subject if not passage.section else f"{passage.subject}: {passage.section.lower()}"
    if not names(f"About {passage.subject}.") and passage.subject.lower() not in passage.text.lower():
        return None
    asker, teller = rng.choice(_PAIRS)
    shown = passage.text if passage.section == "" else f"{passage.title}: {passage.section}\n{passage.text}"
    text = f"{passage.title}\n{passage.text}" if passage.section == "" else shown
    lines = [f"{asker}: {wording.pick(_OPENINGS, t=topic if passage.section else passage.subject)}"]
    used: set[str] = set()
    i = 0
    for turn in range(rng.randint(2, 4)):
        if i >= len(passage.sentences):
            break
        said = [passage.sentences[i]]
        i += 1
        follow = passage.sentences[i] if i < len(passage.sentences) else ""
        bound = follow and (not standalone(follow) or len(words(said[0])) < 10)
        if bound and len(words(said[0])) + len(words(follow)) < 55:
            said.append(follow)
            i += 1
        if turn:
            ask = _question(said[0], wording, used)
            lines.append(f"{asker}: {ask}")
        lines.append(f"{teller}: {' '.join(said)}")
    if len(lines) < 4:
        return None
    if rng.random() < 0.3:
        thanks = wording.pick(("Thank you!", "Thanks for explaining that.", "Thank you for being here."))
        lines.append(f"{asker}: {thanks}")
    ask = wording.pick(_ASKS, a=asker, b=teller)
    source = {"text": text, "speakers": [asker, teller]}
    return Record(
        task="script", messages=wording.messages(wording.place(ask, text), "\n".join(lines)), source=source
    )


def _question(answer: str, wording: Wording, used: set[str]) -> str:
    """What the host asks so that `answer` fits; never the same question twice."""
    options: list[str] = []
    if dated := years(answer):
        options += [wording.pick(_YEARS, y=dated[0])]
    if named := [n for n in names(answer) if len(n) > 3]:
        options += [wording.pick(_NAMES, n=named[0])]
    options += [p for p in (wording.pick(_PLAIN) for _ in range(6)) if p not in used]
    question = options[0] if len(options) == 1 or wording.rng.random() < 0.6 else wording.rng.choice(options)
    used.add(question)
    return question


def scene(paragraphs: Sequence[str], wording: Wording) -> Record | None:
    """A script of the spoken lines of a book's scene, or None if fewer than three have a named speaker."""
    lines: list[tuple[str, str]] = []
    held: list[str] = []
    for paragraph in paragraphs:
        held.append(paragraph)
        found = list(_SAID.finditer(paragraph))
        if len(found) == 1:
            name = (found[0]["n"] or found[0]["m"]).removeprefix("the ")
            said = found[0]["a"].strip()
            said = said[:-1] + "." if said.endswith(",") else said
            if name in ("He", "She", "They", "I", "It") or said[-1] not in ".!?" or not said[0].isupper():
                return None
            lines.append((name.upper().replace(".", ""), said))
        elif '"' in paragraph or "“" in paragraph:
            break
    text = "\n".join(held if len(held) == len(paragraphs) else held[:-1])
    speakers = list(dict.fromkeys(name for name, _ in lines))
    if not 3 <= len(lines) <= 8 or len(speakers) < 2 or len(words(text)) > 230:
        return None
    if any(len(split(said)) > 6 for _, said in lines):
        return None
    answer = "\n".join(f"{name}: {said}" for name, said in lines)
    prompt = wording.place(wording.pick(_SCENES), text)
    source = {"text": text, "speakers": speakers}
    return Record(task="script", messages=wording.messages(prompt, answer), source=source)
