"""Small talk about anything: whatever the message names, the answer takes up.

Design choices
- Subjects of articles, so that the topic is hardly ever the same twice and has to be copied, not known: a
  model of this size otherwise answers with the nearest topic it knows by heart.
- The answer opens or closes with the topic; between stands what the article says it is. No template makes a
  verb agree with the topic, so each fits a singular, a plural and a name.
"""

from __future__ import annotations

from duologue.text.train.tasks.definition import subject_of
from duologue.text.train.tasks.passages import Passage
from duologue.text.train.tasks.record import Record
from duologue.text.train.tasks.wording import Wording

__all__ = ["make"]

_ASKS = (
    "Let's talk about {t}.",
    "What are your thoughts on {t}?",
    "Have you heard of {t}?",
    "Can we talk about {t}?",
    "What do you know about {t}?",
    "I just read about {t}.",
    "I'm interested in {t}.",
    "My teacher told us about {t}.",
    "Do you know anything about {t}?",
    "I love {t}.",
    "I don't know much about {t}.",
    "Do you like {t}?",
    "How would you describe {t} to a friend?",
    "What makes {t} special?",
    "What should a beginner know about {t}?",
    "There was something about {t} on television.",
    "Teach me something about {t}.",
    "What is good about {t}?",
    "Why do so many people care about {t}?",
    "Give me two sentences on {t}.",
    "Write a few words about {t}.",
    "My brother can't stop talking about {t}.",
    "We have to write an essay about {t}. Can you help?",
    "Is it hard to learn about {t}?",
    "What comes to your mind when you hear of {t}?",
    "What would you say about {t}?",
    "Yesterday we spoke of {t}.",
    "Help me understand {t}.",
    "A child asked me about {t}. What should I answer?",
    "I have never understood {t}.",
    "What can you tell me about {t}?",
    "Why is it worth knowing about {t}?",
    "Do you have a favourite fact about {t}?",
    "I'm writing about {t}.",
    "Does anybody still care about {t}?",
    "Could you write something about {t} for me?",
)
_OPENERS = (
    "I like to talk about {t}. ",
    "There is a lot to say about {t}. ",
    "Here is what I know about {t}. ",
    "Gladly, let's talk about {t}. ",
    "I know a little about {t}. ",
    "Many people like to read about {t}. ",
    "I am always happy to hear about {t}. ",
    "With {t} one can begin like this. ",
)
_CLOSERS = (
    " What would you like to know about {t}?",
    " What do you like best about {t}?",
    " What made you think of {t}?",
    " There is always more to learn about {t}.",
    " That is what I can say about {t}.",
    " Have you read much about {t}?",
    " Do your friends care about {t}, too?",
)
_FACT_ALONE, _FACT = 0.3, 0.85


def make(passage: Passage, wording: Wording) -> Record | None:
    """A message that names the subject of a lead, and an answer about it."""
    subject = subject_of(passage)
    if subject is None:
        return None
    opener, closer = (wording.pick(words, t=subject.topic) for words in (_OPENERS, _CLOSERS))
    chance = wording.rng.random()
    if chance < _FACT_ALONE:
        answer = subject.first
    elif chance < _FACT:
        answer = opener + subject.first if wording.rng.random() < 0.6 else subject.first + closer
    else:
        answer = opener + closer.lstrip()
    ask = wording.pick(_ASKS, t=subject.topic)
    return Record(
        task="topic", messages=wording.messages(ask, answer), source={"topic": subject.name, "max_words": 90}
    )
