"""An episode of two speakers and two chapters, and a voice that counts what it is asked."""

from __future__ import annotations

from datetime import UTC, datetime

from duologue.studio.episode import Chapter, Episode, Mastering, Source, Span, Speaker, Turn
from duologue.voice import Speech, Voice

LINES = (
    "Good morning, and welcome. It is Tuesday.",
    "Thanks! What do we have today?",
    "The ferry leaves at half past six, & the last passengers are on the pier.",
    "Nobody speaks of the storm, although the sky is <dark>.",
)
TEXT = "The ferry leaves at half past six, & the last passengers are on the pier. Nobody speaks of the storm."


class Counting:
    """The shipped voice, and the texts that it was asked for."""

    def __init__(self, voice: Voice) -> None:
        self._voice, self.model, self.asked = voice, voice.model, list[str]()

    def speak(
        self, text: str, *, voice: str = "heart", style: str = "neutral", speed: float = 1.0, seed: int = 0
    ) -> Speech:
        self.asked.append(text)
        return self._voice.speak(text, voice=voice, style=style, speed=speed, seed=seed)


def conversation(turns: int = 4, **mastering: object) -> Episode:
    half = turns // 2
    return Episode(
        id="01J0000000000000000000000A",
        kind="podcast",
        title="Ferries & storms",
        description="Two people on a pier.",
        created=datetime(2026, 3, 3, 7, 0, tzinfo=UTC),
        speakers=(
            Speaker(name="Ann", role="host", voice="heart"),
            Speaker(name="Bartholomew of the Long Pier", role="guest", voice="fable"),
        ),
        chapters=(
            Chapter(id="c1", title="Hello", turn="t0"),
            Chapter(id="c2", title="The ferry – at last", turn=f"t{half}", url="https://example.org/ferry"),
        ),
        turns=tuple(
            Turn(
                id=f"t{i}",
                speaker=("Ann", "Bartholomew of the Long Pier")[i % 2],
                text=LINES[i % 4] if i < 4 else f"Number {i}.",
                chapter="c1" if i < half else "c2",
                spans=(Span(source="s1", start=0, end=73),) if i == 2 else (),
            )
            for i in range(turns)
        ),
        sources=(Source(id="s1", title="The Ferry", url="https://example.org/a?b=1&c=2", text=TEXT),),
        mastering=Mastering(**mastering),
    )
