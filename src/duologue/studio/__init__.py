"""The studio room: from sources to an episode, from an episode to everything that is published.

What a host calls is told in docs/studio.md. Names are imported when they are first used, so that
`import duologue.studio` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duologue.studio.daily.making import Briefed, make_daily
    from duologue.studio.episode import Chapter, Episode, Source, Span, Speaker, Step, Turn
    from duologue.studio.errors import StudioError
    from duologue.studio.expressions.making import make_expression
    from duologue.studio.podcast.making import draft_podcast, make_podcast, perform
    from duologue.studio.produce import Produced, produce
    from duologue.studio.protocols import Speak, Write
    from duologue.studio.revision import edit_turns, load_episode, render_episode
    from duologue.studio.watch import Cancelled, Watch

__all__ = [
    "Briefed",
    "Cancelled",
    "Chapter",
    "Episode",
    "Produced",
    "Source",
    "Span",
    "Speak",
    "Speaker",
    "Step",
    "StudioError",
    "Turn",
    "Watch",
    "Write",
    "draft_podcast",
    "edit_turns",
    "load_episode",
    "make_daily",
    "make_expression",
    "make_podcast",
    "perform",
    "produce",
    "render_episode",
]

_PLACES = {
    "Briefed": "daily.making",
    "make_daily": "daily.making",
    **dict.fromkeys(("Chapter", "Episode", "Source", "Span", "Speaker", "Step", "Turn"), "episode"),
    "StudioError": "errors",
    "make_expression": "expressions.making",
    **dict.fromkeys(("draft_podcast", "make_podcast", "perform"), "podcast.making"),
    **dict.fromkeys(("Produced", "produce"), "produce"),
    **dict.fromkeys(("Speak", "Write"), "protocols"),
    **dict.fromkeys(("edit_turns", "load_episode", "render_episode"), "revision"),
    **dict.fromkeys(("Cancelled", "Watch"), "watch"),
}


def __getattr__(name: str) -> object:
    if name not in _PLACES:
        raise AttributeError(f"module 'duologue.studio' has no attribute '{name}'")
    from importlib import import_module

    value = getattr(import_module(f"duologue.studio.{_PLACES[name]}"), name)
    globals()[name] = value
    return value
