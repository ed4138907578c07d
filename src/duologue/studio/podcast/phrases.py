"""The written phrases of hosts and guests, and the record of which were used.

Design choices
- A phrase is used once in an episode. When a pool is empty its kind isn't available any more, and the
  dialogue does without.
- Each phrase fits every statement of its pool's kind: none claims anything about the matter.
- The choice is drawn from a seeded shuffle, so the same input gives the same episode.
"""

from __future__ import annotations

import random

__all__ = ["POOLS", "Phrases"]

POOLS: dict[str, tuple[str, ...]] = {
    # questions by what the next statement is about
    "plain": (
        "Go on.",
        "Tell me more.",
        "What else do we know?",
        "I'm listening.",
        "What else is in there?",
        "Keep going.",
        "Carry on, this is interesting.",
        "What comes on top of that?",
        "What else is worth knowing?",
        "What should I know next?",
    ),
    "then": ("And then?", "Okay, and from there?", "What happened then?"),
    "late": ("Walk me through the rest.", "Is there more? There usually is."),
    "heading": (
        "Let's turn to the {}.",
        "Tell me about the {}.",
        "What is there to say about the {}?",
        "Let's come to the {}.",
        "Now to the {}.",
    ),
    "part": (
        "The next part is called: {}.",
        "Then there's a part called: {}.",
        "Next heading: {}.",
        "What do we find under: {}?",
        "One part is headed: {}.",
    ),
    "quote": (
        "What are people saying?",
        "Did anyone put that into words?",
        "Do we have a voice on this?",
        "Is there a quote that sums it up?",
        "What did we hear from the people involved?",
        "Who spoke about it?",
    ),
    "quote again": (
        "In their own words?",
        "How did that sound, word for word?",
        "Do we have the exact words?",
        "And the actual quote?",
    ),
    "voice": (
        "What does {} say?",
        "And {}? Any comment?",
        "What did we hear from {}?",
        "How does {} see it?",
    ),
    "contrast": (
        "I sense a but coming.",
        "But?",
        "And on the other hand?",
        "That can't be the whole picture.",
        "There's another side to it, I suspect.",
        "And what stands against that?",
    ),
    "doubt": (
        "So where's the catch?",
        "And the doubts?",
        "What should make us careful?",
        "What's the objection?",
        "Who isn't convinced?",
        "Now the other side, please.",
    ),
    "money": (
        "Let's talk about money.",
        "Who pays, and how much?",
        "What does all this cost?",
        "And the price tag?",
        "Follow the money for me.",
        "What are the sums involved?",
    ),
    "next": (
        "So what happens next?",
        "What's the plan from here?",
        "Where does it go from here?",
        "What should we watch for?",
        "Let's look ahead.",
        "And the road from here?",
    ),
    "past": (
        "Take me back. How did it get to this point?",
        "What's the history here?",
        "How did all this come about?",
        "Where does that go back to?",
        "Give me the backstory.",
        "What came before that?",
    ),
    "cause": (
        "What's behind that?",
        "What explains it?",
        "How do they account for that?",
        "What's the reason?",
    ),
    "how": (
        "How does that work in practice?",
        "Explain that to me, step by step.",
        "What does that look like in practice?",
        "How is it done, exactly?",
    ),
    "evidence": (
        "What's the evidence?",
        "What do the findings look like?",
        "How do we know that?",
        "What did the measurements show?",
        "And what does the data say?",
    ),
    "number": (
        "Can you put a number on it?",
        "Give me a sense of the scale.",
        "What are the figures?",
        "How big is this, really?",
        "Some numbers, please.",
        "How does it look in figures?",
    ),
    "problem": (
        "What went wrong?",
        "Where's the trouble?",
        "And what's the difficulty?",
        "How bad is it?",
        "What's the worry here?",
    ),
    "people": (
        "Who feels this most?",
        "What does that mean for people?",
        "Let's talk about the people in this story.",
        "Who's affected?",
    ),
    "subject": (
        "And {}?",
        "What about {}?",
        "How about {}?",
        "And what do we know about {}?",
        "I wanted to ask about {}.",
    ),
    "expert": (
        "Has anyone studied this?",
        "Is there research on that?",
        "Has anybody looked into it properly?",
    ),
    "someone": (
        "Who can tell us more about that?",
        "Whose word do we have for it?",
        "Who has spoken up?",
        "Did anyone weigh in?",
    ),
    "prompt": (
        "How so?",
        "In what way?",
        "Can you explain?",
        "Say more.",
        "What's behind it?",
        "Help me with that.",
    ),
    "why": ("Why?", "Why is that?", "For what reason?", "How come?"),
    "why not": ("Why not?", "And why not?", "What stood in the way?"),
    # reactions to what was just said
    "echo": (
        "{}.",
        "{}, okay.",
        "{}, right.",
        "{}, then.",
    ),
    "react bad": (
        "That's hard to hear.",
        "Oh dear.",
        "Ouch.",
        "That sounds serious.",
        "That hurts.",
    ),
    "react good": (
        "That's good to hear.",
        "Nice.",
        "I like that.",
        "Well, that's encouraging.",
    ),
    "react quote": (
        "That's a line to remember.",
        "Well put.",
        "I'll be thinking about that one.",
        "You can hear it in those words.",
    ),
    "react surprise": (
        "I did not see that coming.",
        "Really?",
        "Now that's a surprise.",
        "Who would have thought?",
        "Wow.",
    ),
    "react reason": (
        "Ah, that makes sense.",
        "Now I see.",
        "Right, I follow.",
        "So that's why.",
    ),
    "react caution": (
        "Fair point.",
        "That's worth keeping in mind.",
        "So some caution is in order.",
        "Noted.",
    ),
    "react plain": ("Okay.", "Right.", "I see.", "Mm-hm.", "Got it.", "Understood.", "Interesting."),
    # moves of the one who answers
    "answer quote": ("In these words:", "Here's the quote:", "I have it here:", "This is how it was put:"),
    "aside": (
        "And one more thing.",
        "There's a detail I like.",
        "Here's something else.",
        "On top of that:",
        "And this belongs here, too.",
    ),
    # greetings and goodbyes
    "hello": ("Hello, and welcome.", "Welcome to the show.", "Hello there, good to have you with us."),
    "last question": (
        "Before we finish, what's the thought to leave people with?",
        "Last question: what should we take away from this?",
        "We're almost out of time. How would you close this story?",
    ),
    "last fact": (
        "And to finish, one more thing worth knowing?",
        "Before we go, what else should people know?",
        "One last thing for the way home?",
    ),
    "thanks": ("{}, many thanks.", "{}, that was very clear.", "That was {}."),
    "goodbye": (
        "Thanks for listening, and until next time.",
        "Thank you for listening. Take care.",
        "That's it from us. Thanks for being here.",
    ),
    "lead in": (
        "So, {}, what happened?",
        "{}, where does this story begin?",
        "{}, take us there. What's this about?",
    ),
    "about": (
        "{}, let's begin at the beginning. What are we talking about?",
        "{}, in a sentence or two: what is it?",
        "So, {}, what is this about?",
    ),
    "about whom": (
        "{}, let's begin at the beginning. Who are we talking about?",
        "So, {}, who is this about?",
    ),
    # one speaker
    "mono contrast": (
        "There is another side to this.",
        "But that isn't the whole picture.",
        "Not so fast, though.",
    ),
    "mono money": ("Then there's the money.", "A word on the cost.", "What about the price?"),
    "mono past": (
        "How did it come to this?",
        "To understand that, it helps to look back.",
        "Some background.",
    ),
    "mono next": ("So what comes next?", "Now, looking ahead.", "And from here?"),
    "mono people": ("Then there are the people in the middle of it.", "What does this mean for people?"),
    "mono evidence": ("What does the evidence say?", "Here is what was found.", "Now for the figures."),
    "mono problem": ("Not everything went smoothly.", "There were difficulties.", "And there is a problem."),
    "mono plain": ("There's more.", "Here's another part of the picture.", "And there is this."),
    # debate
    "pro": (
        "I see it differently, and the report backs me.",
        "Let me put something on the other side of the scale.",
        "Fine, but look at what's been gained.",
        "And yet there's this.",
        "Here's what speaks for it.",
        "Let me answer that with what's in the report.",
        "You're leaving out the good part.",
    ),
    "con": (
        "Hold on, that's only half of it.",
        "I have to object here.",
        "Let me name the price of that.",
        "That sounds better than it is. Listen to this.",
        "Now the uncomfortable part.",
        "Not everybody is convinced, and here's why.",
        "You can't ignore this one.",
    ),
    "fact": (
        "Let's agree on the facts first.",
        "This much isn't in dispute.",
        "One more fact before we argue.",
        "For the record:",
    ),
    "moderate": (
        "{}, your reply?",
        "Let me bring in {}.",
        "{}, you've been shaking your head.",
        "What do you say, {}?",
        "Over to you, {}.",
    ),
    # round table: who takes which subject
    "beat": (
        "I looked at that side of it.",
        "Let me take this one.",
        "I can add something here.",
        "That's where I come in.",
        "May I?",
        "Something from my corner.",
        "I've got a note on that.",
        "If I may jump in.",
    ),
    # critique
    "critique named": (
        "That has a name on it, which I like.",
        "Here we know who is speaking. Good.",
        "A named source. That counts for something.",
    ),
    "critique number": (
        "A figure. Good, that can be checked.",
        "Precise enough to be tested, at least.",
        "I'd still like to see how that was counted.",
    ),
    "critique hedge": (
        "Notice the careful wording there.",
        "That's a maybe, not a fact.",
        "The wording leaves a door open.",
    ),
    "critique bare": (
        "And the source for that? I didn't find one named in the sentence.",
        "No one is named for that. I'd have asked.",
        "The sentence itself doesn't say who counted.",
    ),
    "critique contrast": (
        "Fair, the piece lets the other side speak.",
        "It argues against itself here. That's honest.",
        "Credit where it's due: the doubts are in the text.",
    ),
    "critique plain": (
        "How does the piece go on?",
        "Read me the next bit.",
        "What else does it claim?",
        "And what does it say after that?",
        "Next claim, please.",
        "What's the strongest part?",
    ),
}


class Phrases:
    """Draws phrases, each once."""

    def __init__(self, seed: int = 0) -> None:
        chance = random.Random(seed)
        self._left: dict[str, list[str]] = {}
        for name, pool in POOLS.items():
            left = list(pool)
            chance.shuffle(left)
            self._left[name] = left

    def has(self, pool: str) -> bool:
        """Whether a phrase of the pool is left."""
        return bool(self._left.get(pool))

    def take(self, pool: str, slot: str = "") -> str:
        """A phrase not used yet, with `slot` in its gap; empty where none is left."""
        left = self._left.get(pool)
        if not left:
            return ""
        return left.pop().replace("{}", slot)
