"""Everyday prompts for distillation: topics times phrasings, thousands of them, none from anybody's set.

Design choices
- Five sorts: explain a thing, how to do something, a short story, a small text (note, email, greeting), talk
  and opinion. Sorts alternate, so that a run that is cut short still has all of them.
- Each prompt carries the topic that an answer must take up, for the check.
- The topics and phrasings of benchmarks/text_prompts/chat.jsonl don't occur here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, zip_longest
from random import Random

__all__ = ["Prompt", "prompts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A question, the words an answer must take up one of, and how many words it must have at least."""

    text: str
    topic: str
    least: int = 6


_THINGS = (
    "a tree|a river|a mountain|the sun|a star|a planet|rain|snow|wind|thunder|fog|ice|fire|water|salt"
    "|sugar|bread|butter"
    "|cheese|milk|honey|tea|coffee|chocolate|rice|pasta|soup|salad|an apple|a banana|a potato|a"
    " tomato|garlic|an egg"
    "|a cat|a dog|a horse|a cow|a bee|an ant|a spider|a butterfly|a fish|a whale|a shark|a dolphin|a"
    " penguin|an owl|an eagle"
    "|a lion|an elephant|a wolf|a bear|a frog|a snake|a turtle|a dinosaur|a flower|a rose|grass|a"
    " forest|a desert|an ocean"
    "|a lake|a beach|a cave|a farm|a garden|a village|a city|a street|a house|a roof|a door|a kitchen|a"
    " chair|a table|a bed"
    "|a lamp|a mirror|a clock|a calendar|a map|a book|a newspaper|a letter|a pencil|paper|a school|a"
    " teacher|a museum"
    "|a hospital|a doctor|a nurse|medicine|a dentist|a bank|money|a market|a shop|a restaurant|a cook|a"
    " hotel|an airport"
    "|a train|a bus|a bicycle|a car|a ship|a boat|a plane|a rocket|a satellite|a telescope|a microscope|a"
    " camera"
    "|a telephone|a computer|a robot|the internet|email|a radio|television|electricity|a battery|a"
    " magnet|a wheel|an engine"
    "|a hammer|a nail|a ladder|a rope|glass|wood|iron|gold|silver|plastic|cotton|wool|leather|a shirt|a"
    " coat|shoes|a hat"
    "|football|tennis|swimming|chess|a piano|a guitar|a drum|a song|dancing|painting|a poem|a story|a"
    " novel|theater|a film"
    "|a king|a queen|a law|a judge|a vote|a president|a mayor|police|a firefighter|a farmer|a fisherman|a"
    " sailor|a pilot"
    "|a friend|a family|a neighbor|a child|a birthday|a wedding|a holiday|sleep|a"
    " dream|memory|fear|anger|joy|love|trust"
    "|courage|patience|luck|time|a year|a week|spring|summer|autumn|winter|the weather|gravity|light|a"
    " shadow|sound|an echo"
    "|color|heat|energy|a cell|the heart|blood|the brain|a bone|skin|the eye|the ear|a vitamin|exercise|a"
    " diet|a cold"
    "|a fever|a vaccine|history|geography|science|mathematics|language|a word|an alphabet|a"
    " dictionary|philosophy|recycling"
    "|pollution|the climate|a storm|an earthquake|a flood|a glacier|a waterfall|soil|a seed|compost|a"
    " honeycomb|a nest"
).split("|")
_EXPLAIN = (
    "What is {t}?",
    "Explain {t} in simple words.",
    "Can you tell me what {t} is?",
    "Describe {t} in two sentences.",
    "How would you explain {t} to a child?",
    "Tell me something about {t}.",
    "Give me an interesting fact about {t}.",
    "What should I know about {t}?",
    "Why do people care about {t}?",
    "In one or two sentences, what is {t}?",
)
_TASKS = (
    "bake bread|cook pasta|make pancakes|make a simple soup|fry an egg|make a fruit salad|wash wool|iron"
    " a shirt|fold clothes"
    "|remove a coffee stain|clean windows|clean an oven|wash the dishes quickly|organize a closet|sort my"
    " books|pack a suitcase"
    "|choose a good book|read faster|write a diary|write a letter to a friend|learn to swim|learn"
    " chess|learn to type"
    "|learn to sing|practice the piano|draw a face|paint a wall|hang a picture|fix a flat tire|ride a"
    " bicycle safely"
    "|change a light bulb|sharpen a knife|plant a tree|grow herbs at home|water plants on vacation|keep"
    " bees away"
    "|feed birds in winter|care for a cat|walk a dog in the rain|calm a crying baby|help my child with"
    " homework"
    "|talk to a teenager|listen better|ask a good question|start a conversation|make people feel"
    " welcome|give a compliment"
    "|say goodbye to a colleague|ask for a raise|prepare for a meeting|take good notes|give feedback|work"
    " in a team"
    "|deal with a difficult customer|take a break at work|work from home|plan my day|set a goal|build a"
    " habit|wake up early"
    "|drink more water|eat less sugar|cook for many guests|set a table|host a dinner|plan a birthday"
    " party|choose wine"
    "|wrap a present|thank a teacher|comfort a friend|forgive someone|accept criticism|stay patient|stay"
    " positive"
    "|overcome fear|handle disappointment|become more confident|relax before an exam|improve my"
    " handwriting|learn history"
    "|remember dates|practice English at home|speak more clearly|tell a good story|write a poem|write a"
    " song|take care of my back"
    "|stretch in the morning|walk more|prevent a cold|protect my skin from the sun|stay warm in"
    " winter|keep cool in summer"
    "|save water|save energy at home|waste less food|reduce trash|buy a used car|rent an apartment|move"
    " to a new home"
    "|meet my neighbors|find a hobby|volunteer|spend a rainy day|enjoy a walk|watch birds|look at the"
    " stars|take a nap"
    "|light a campfire|put up a tent|read a map|travel alone|travel with children|order food in another"
    " country|send a postcard"
).split("|")
_HOW = (
    "How do I {t}?",
    "How can I {t}?",
    "What is the best way to {t}?",
    "Give me a tip on how to {t}.",
    "I want to {t}. Any advice?",
    "Can you help me {t}?",
    "What should I keep in mind when I {t}?",
    "Tell me in a few sentences how to {t}.",
)
_HEROES = (
    "an old clock|a red balloon|a lost dog|a boy and his kite|a girl and a dragon|a tired king|a kind"
    " giant|a clever mouse"
    "|two friends|a snowman|a magic pencil|a small boat|a broken window|a secret garden|a talking tree|a"
    " farmer and his horse"
    "|a grandmother|a lonely star|a new school|a surprise|a storm at sea|a forgotten letter|a birthday"
    " cake|a cat on a roof"
    "|a brave rabbit|a quiet village|a stolen bicycle|a friendly ghost|a robot in a kitchen|a baker who"
    " could not sleep"
    "|a bird that was afraid of flying|a mountain and a river|a treasure|a long journey|a winter night|a"
    " market day"
    "|a painter|a musician in the street|a fisherman|a wise owl|a little turtle|a duck and a swan|a"
    " teacher on her first day"
    "|a bus driver|a rainy morning|an empty house|a promise|a race|an astronaut|a doll|a stubborn"
    " donkey|a hungry wolf"
).split("|")
_STORY = (
    "Tell me a very short story about {t}.",
    "Write a story about {t} in four sentences.",
    "Make up a short story about {t}.",
    "Can you tell me a little story about {t}?",
    "Write a short tale about {t}.",
)
_NOTES = (
    "Write a short email to {w} to {p}.",
    "Write a brief message to {w} to {p}.",
    "Help me write a note to {w} to {p}.",
    "Write two sentences to {w} to {p}.",
)
_WHO = (
    "my boss|my landlord|a friend|my sister|my uncle|my doctor"
    "|a colleague|my coach|my son's school|a customer|the library|my team"
).split("|")
_PURPOSE = (
    "say thank you for the help|say that I will be late|ask for a new date|cancel our meeting|ask for"
    " information|say sorry for a mistake"
    "|invite them to lunch|congratulate them|say that I am on vacation|ask for help|wish them well|share"
    " good news"
).split("|")
_TALK = (
    "What do you think about {t}?",
    "Do you like {t}?",
    "I love {t}.",
    "I don't like {t}. What about you?",
    "Why do people like {t}?",
    "What is nice about {t}?",
    "Let's talk about {t}.",
    "Tell me why {t} can be fun.",
    "I'm thinking about {t} today.",
)
_MATTERS = (
    "cooking|gardening|hiking|reading|jazz|football|old films|board"
    " games|camping|baking|photography|drawing|knitting|cycling"
    "|fishing|birdwatching|museums|trains|road trips|breakfast|spicy food|ice"
    " cream|pizza|vegetables|early mornings|long walks"
    "|rainstorms|snow days|sunny days|the beach|the forest|city life|country life|working from"
    " home|learning languages"
    "|writing letters|social media|video games|podcasts|poetry|history books|science fiction|detective"
    " stories|fairy tales"
    "|school|homework|math|art class|dancing|singing|concerts|birthdays|holidays|family"
    " dinners|pets|dogs|cats|horses|bees"
    "|running|yoga|swimming|tennis|naps|coffee|tea|chocolate|tradition|honesty|kindness|patience|ambition|teamwork"
).split("|")


def _crossed(rng: Random, topics: list[str], phrasings: tuple[str, ...], least: int) -> list[Prompt]:
    found = [Prompt(text=p.replace("{t}", t), topic=t, least=least) for t in topics for p in phrasings]
    rng.shuffle(found)
    return found


def prompts(seed: int) -> Iterator[Prompt]:
    """Every prompt once, the sorts in turn, in an order that the seed decides."""
    rng = Random(seed)
    notes = [
        Prompt(text=p.replace("{w}", w).replace("{p}", q), topic="", least=10)
        for p in _NOTES
        for w in _WHO
        for q in _PURPOSE
    ]
    rng.shuffle(notes)
    sorts = [
        _crossed(rng, _THINGS, _EXPLAIN, 8),
        _crossed(rng, _TASKS, _HOW, 10),
        _crossed(rng, _HEROES, _STORY, 25),
        _crossed(rng, _MATTERS, _TALK, 5),
        notes,
    ]
    # The first two sorts come twice as often as the others.
    halves = [sorts[0][::2], sorts[0][1::2], sorts[1][::2], sorts[1][1::2], *sorts[2:]]
    yield from (p for p in chain.from_iterable(zip_longest(*halves)) if p is not None)
