"""What the models are asked: grounded tasks, instructions, open-ended chat.

Design choices
- Grounded prompts and instructions are those of `duologue.text.train.tasks`: made at run time from held-out
  documents (the data is not copied into the project), among their phrasings some kept out of training.
- Chat: ninety lines of our own (text_chat.txt), and forty topics in phrasings in turn: two hundred in all.
- Fixed seeds: the same prompts in the same order for every model.
"""

from __future__ import annotations

from pathlib import Path

from duologue.text.train.tasks.record import Record

__all__ = ["chat", "grounded", "instructions"]

CHAT = Path(__file__).parent / "text_chat.txt"
TOPICS = (
    "the sea", "gardening", "old castles", "winter", "the moon", "horses", "bread", "the theatre", "railways",
    "friendship", "painting", "the weather", "music", "birds", "cooking", "the desert", "ships", "school",
    "football", "bridges", "the forest", "dancing", "coffee", "newspapers", "the Romans", "mountains", "cats",
    "bicycles", "the stars", "farming", "languages", "kings and queens", "doctors", "rivers", "islands",
    "clocks", "museums", "the human heart", "money", "fishing",
)  # fmt: skip
FRAMES = (
    "Tell me something about {}.", "What do you think about {}?", "Write a short paragraph about {}.",
    "Why are people interested in {}?", "I would like to talk about {}.", "Can you explain {} to a child?",
    "What is the most interesting thing about {}?", "Say two sentences about {}.",
)  # fmt: skip


def chat(count: int = 200) -> list[Record]:
    """Open-ended messages; the answer in the record is empty."""
    lines = [x for x in CHAT.read_text("utf-8").splitlines() if x and not x.startswith("#")]
    topics = [FRAMES[(i + j * 3) % len(FRAMES)].format(t) for j in range(3) for i, t in enumerate(TOPICS)]
    return [
        Record(task="chat", messages=(("user", line), ("assistant", "")), source={})
        for line in [*lines, *topics][:count]
    ]


def grounded() -> list[Record]:
    """The 200 grounded prompts: fifty each of headline, two-sentence summary, extraction, rewriting."""
    from duologue.text.train.tasks.grounded import evaluation

    return list(evaluation())


def instructions(count: int = 100, seed: int = 11) -> list[Record]:
    """Small orders that a program can check: repeat, list, one word, capitals, beginnings and ends."""
    from duologue.text.train.tasks.mixture import Tally, rows

    return list(rows("instruction", count, "held-out", seed, Tally()))
