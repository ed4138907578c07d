"""Questions about a passage that a program can ask well, with answers that stand in it.

Design choices
- Who or what did it: a sentence that opens with a name and a verb, asked with "Who" or "What" in its place.
- Which year, fill the gap, what is said of a name, true or not: each is grammatical by construction.
- Some questions have no answer in the passage; then the right answer is to say so.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from duologue.text.facts import contains, names, numbers, years
from duologue.text.sentences import split, words
from duologue.text.train.tasks.passages import Passage, standalone
from duologue.text.train.tasks.record import Record
from duologue.text.train.tasks.wording import Wording

__all__ = ["make"]

# (question, answer, accepted answers)
Made = tuple[str, str, list[str]]

_ASKS = (
    "{q}",
    "{q}",
    "Question: {q}",
    "Answer the question from the text. {q}",
    "Read the passage and answer: {q}",
    "{q} Use only the text.",
    "According to the text: {q}",
    "Find the answer in the passage. {q}",
    "{q} Answer briefly.",
)
_PERSONAL = re.compile(
    r"\b(?:he|she|his|her|who|born|king|queen|president|actor|writer|singer|poet|composer|player)\b", re.I
)
_SUBJECT = re.compile(
    r"^(?P<subject>(?:The )?[A-Z][\w.'’-]+(?: (?:of |the |de |von |van )*[A-Z][\w.'’-]+){0,4}) "
    r"(?P<rest>(?:is|was|has|had|became|began|made|took|won|led|wrote|held|built|found|gave|[a-z]{2,}ed) .+)$"
)
_PASSIVE = re.compile(
    r"^(?P<subject>(?:The )?[A-Z][^,;()]{2,50}?) (?P<be>was|were) (?P<verb>[a-z]+(?:ed|wn|lt|en|ught|nd|rn)) "
    r"(?P<rest>[^,;]*?)\b[Ii]n (?P<year>1[0-9]{3}|20[01][0-9])\b"
)
_UNKNOWN = (
    "The text doesn't say.",
    "The text does not say that.",
    "That isn't in the text.",
    "The passage doesn't say.",
)


def _who(p: Passage, w: Wording) -> Made | None:
    for sentence in w.rng.sample(p.sentences, len(p.sentences)):
        match = _SUBJECT.match(sentence)
        if (
            match is None
            or '"' in sentence
            or len(words(sentence)) > 28
            or match["subject"].split()[0] in ("In", "On", "At")
        ):
            continue
        subject = match["subject"]
        if not names(f"About {subject}.") or not standalone(sentence):
            continue
        rest = match["rest"].rstrip(".!?")
        words_of = subject.split()
        person = len(words_of) in (2, 3) and not subject.startswith("The") and _PERSONAL.search(p.text)
        if contains(rest, subject):
            continue
        return (
            f"{'Who' if person else 'What'} {rest}?",
            subject if w.rng.random() < 0.6 else sentence,
            [subject],
        )
    return None


def _when(p: Passage, w: Wording) -> Made | None:
    for sentence in w.rng.sample(p.sentences, len(p.sentences)):
        match = _PASSIVE.match(sentence)
        if match is None or not standalone(sentence):
            continue
        subject = match["subject"]
        subject = subject[0].lower() + subject[1:] if subject.startswith(("The ", "A ", "An ")) else subject
        rest = match["rest"].strip()
        ask = w.pick(
            ("When {be} {s} {v}{r}?", "In what year {be} {s} {v}{r}?"),
            be=match["be"],
            s=subject,
            v=match["verb"],
            r=f" {rest}" if rest else "",
        )
        year = match["year"]
        return ask, w.pick(("{y}", "In {y}.", "{s}"), y=year, s=sentence), [year]
    return None


def _year(p: Passage, w: Wording) -> Made | None:
    dated = [(s, years(s)) for s in p.sentences if len(years(s)) == 1 and len(words(s)) < 40]
    if not dated:
        return None
    sentence, (year,) = w.rng.choice(dated)
    if sum(year in years(s) for s in p.sentences) > 1:
        return None
    ask = w.pick(
        ("What happened in {y}?", "What does the text say about {y}?", "What is said about the year {y}?"),
        y=year,
    )
    return ask, sentence, [sentence]


def _gap(p: Passage, w: Wording) -> Made | None:
    sentence = w.rng.choice(p.sentences)
    gaps = [n for n in names(sentence) if sentence.count(n) == 1] + [str(y) for y in years(sentence)]
    if not gaps or len(words(sentence)) > 30:
        return None
    gap = w.rng.choice(gaps)
    blank = sentence.replace(gap, "____", 1)
    ask = w.pick(
        (
            'Fill in the gap: "{b}"',
            'What is missing here? "{b}"',
            'Complete the sentence: "{b}"',
            'Which words fill the blank? "{b}"',
        ),
        b=blank,
    )
    return ask, gap if w.rng.random() < 0.8 else sentence, [gap]


def _about(p: Passage, w: Wording) -> Made | None:
    singles = [n for n in names(p.text) if sum(contains(s, n) for s in p.sentences) == 1 and len(n) > 3]
    if not singles:
        return None
    name = w.rng.choice(singles)
    sentence = next(s for s in p.sentences if contains(s, name))
    ask = w.pick(
        (
            "What does the text say about {n}?",
            "What is said about {n}?",
            "Which sentence mentions {n}?",
            "Tell me about {n}.",
            "What do we learn about {n}?",
        ),
        n=name,
    )
    return ask, sentence, [sentence]


def _true(p: Passage, w: Wording) -> Made | None:
    numbered = [s for s in p.sentences if numbers(s) and years(s) and len(words(s)) < 30 and standalone(s)]
    if not numbered:
        return None
    sentence = w.rng.choice(numbered)
    ask = w.pick(
        (
            'Is this true according to the text? "{s}"',
            'True or false: "{s}"',
            'Does the text say this? "{s}"',
        ),
        s="{s}",
    )
    if w.rng.random() < 0.5:
        answer = "True." if ask.startswith("True") else "Yes."
        return ask.replace("{s}", sentence), answer, [answer.strip(".")]
    year = w.rng.choice(years(sentence))
    false = sentence.replace(str(year), str(year + w.rng.choice((-30, -12, -7, -3, 4, 9, 15))))
    answer = "False." if ask.startswith("True") else "No."
    return ask.replace("{s}", false), f"{answer} The text says: {sentence}", [answer.strip(".")]


def _first(p: Passage, w: Wording) -> Made | None:
    match = re.match(
        r"^(?P<s>(?:The |An? )?[\w'’ -]{2,40}?) (?P<be>is|are|was|were) (?:an?|the|one)\b", p.sentences[0]
    )
    if match is None or match["s"].split()[0] in ("There", "It", "He", "She", "They", "This") or p.section:
        return None
    subject = match["s"]
    subject = subject[0].lower() + subject[1:] if re.match(r"(?:The|An?) ", subject) else subject
    person = (
        _PERSONAL.search(p.sentences[0]) and len(subject.split()) in (2, 3) and match["be"] in ("is", "was")
    )
    question = f"{'Who' if person else 'What'} {match['be']} {subject}?"
    return question, p.sentences[0], [p.sentences[0]]


_WAYS: tuple[tuple[float, Callable[[Passage, Wording], Made | None]], ...] = (
    (3, _who),
    (2, _when),
    (2, _year),
    (2, _gap),
    (2, _about),
    (1, _true),
    (2, _first),
)


def make(passage: Passage, wording: Wording, *, other: Passage | None = None) -> Record | None:
    """A question about the passage; asked of `other`, the answer is that it isn't there."""
    ways = [f for _, f in _WAYS]
    made = wording.rng.choices(ways, [weight for weight, _ in _WAYS])[0](passage, wording)
    if made is None or len(split(made[1])) > 3:
        return None
    question, answer, accepted = made
    text = passage.text
    if other is not None and question.startswith(
        ("Who", "When", "In what", "What happened", "Tell", "What is said")
    ):
        named = [n for n in names(question) if len(n) > 3]
        if (
            named
            and not any(contains(other.text, n) for n in named)
            and not contains(other.text, accepted[0])
        ):
            text, answer = other.text, wording.pick(_UNKNOWN)
            accepted = ["doesn't say", "does not say", "isn't in the text", "not in the text"]
    prompt = wording.place(wording.pick(_ASKS, q=question), text)
    source = {"text": text, "question": question, "answers": accepted}
    return Record(task="question", messages=wording.messages(prompt, answer), source=source)
