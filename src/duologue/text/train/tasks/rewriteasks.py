"""How rewriting under a constraint is asked for, a dozen ways each."""

from __future__ import annotations

__all__ = [
    "BRACKETS",
    "BULLETS",
    "CAPITALS",
    "FEWER",
    "FIRST",
    "KEEP",
    "KEY",
    "LEAD_INS",
    "LINES",
    "LOWER",
    "NUMBERED",
    "ONE",
    "SHORT",
    "STARTS",
    "UPPER",
    "WITHOUT",
]

KEEP = (
    "",
    "",
    " Keep the facts.",
    " Don't add anything.",
    " Use only facts from the text.",
    " Only write the new text.",
)
SHORT = (
    "Rewrite this text in at most {n} words.",
    "Shorten the passage to {n} words or fewer.",
    "Say the same in no more than {n} words.",
    "Make this shorter: at most {n} words.",
    "Cut this text down to {n} words at most.",
    "Rewrite the passage so that it has no more than {n} words.",
    "Use at most {n} words to say what the text says.",
    "Please rewrite this with a limit of {n} words.",
)
ONE = (
    "Rewrite this as one sentence.",
    "Say this in a single sentence.",
    "Turn the passage into one sentence only.",
    "Rewrite the text so that it is just one sentence.",
    "Put the most important facts into one sentence.",
    "Reduce this text to a single sentence.",
    "Rewrite this in one short sentence.",
)
WITHOUT = (
    'Rewrite the text without the word "{w}".',
    'Rewrite this passage and do not use the word "{w}".',
    'Remove the word "{w}" from the text.',
    'Write the text again, but leave out the word "{w}".',
    'Rewrite this. The word "{w}" must not appear.',
    'Say this without using the word "{w}".',
    'Avoid the word "{w}" and rewrite the text.',
)
BULLETS = (
    "Rewrite this text as a bullet list, one sentence per bullet.",
    "Turn the sentences into a list. Start each line with a dash.",
    "Put each sentence on its own line as a bullet point.",
    "Write the text as bullet points.",
    "Make a list with one bullet per sentence.",
    "Rewrite the passage as a list with dashes.",
    "List the sentences of this text as bullets.",
)
NUMBERED = (
    "Write the sentences as a numbered list.",
    "Number the sentences of this text, one per line.",
    "Turn this text into a numbered list.",
    "Rewrite the passage as a numbered list, one sentence per number.",
)
KEY = (
    "Give the {n} most important facts as bullet points.",
    "Write {n} bullet points about this text.",
    "List {n} key points from the passage. Start each with a dash.",
    "Rewrite this as exactly {n} bullets.",
    "Make {n} short bullet points out of this text.",
    "What are the {n} main points? Use bullets.",
)
UPPER = (
    "Write a title for this text in capital letters.",
    "Give this passage a title in upper case.",
    "Write an upper-case title for the text.",
    "Rewrite this as a title. USE ONLY CAPITALS.",
    "Suggest a title, all in capitals.",
    "Make a title in capital letters out of this passage.",
)
LOWER = (
    "Write this text in lower case.",
    "Rewrite the sentence without capital letters.",
    "Put this into lower-case letters.",
)
CAPITALS = (
    "Write this sentence in capital letters.",
    "Put this into upper case.",
    "Rewrite this in ALL CAPS.",
)
FIRST = (
    "Keep only the first {n} sentences of this text.",
    "Write only the first {n} sentences.",
    "Rewrite this and drop everything after sentence {n}.",
    "Copy the first {n} sentences of the passage.",
)
BRACKETS = (
    "Rewrite this without the parts in parentheses.",
    "Remove everything in brackets from the text.",
    "Write the text again without parentheses.",
    "Leave out what stands in brackets.",
)
STARTS = (
    'Rewrite this in one sentence that starts with "{s}"',
    'Sum this up. Begin with "{s}"',
    'Write one sentence about this text. It must begin with "{s}"',
    'Start your answer with "{s}" and say in one sentence what the text says.',
)
FEWER = (
    "Say the same facts in fewer words.",
    "Make this text shorter.",
    "Rewrite the passage so that it is shorter.",
    "Tighten this text: same facts, fewer words.",
    "Rewrite this more briefly.",
    "Shorten this.",
    "Give a shorter version of the text.",
)
LINES = (
    "Put each sentence on a line of its own.",
    "Write every sentence on a new line.",
    "One sentence per line, please.",
)
LEAD_INS = ("In short,", "In brief,", "To sum up,", "In a word,", "In summary,")
