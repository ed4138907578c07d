"""The page of an episode: player, chapters, and a transcript whose words light up as they are said.

Design choices
- One HTML file that needs nothing but the sound and the cover beside it: style and script stand inside, no
  request leaves for anywhere else, and it works from a folder as from a server.
- Each word carries its times; the script finds the one that is said by bisection at every frame. A click on a
  word or a chapter plays from there. Without scripts it is still a readable page with a player.
- Everything that comes from the record is escaped; links are only http and https.
"""

from __future__ import annotations

import html
import re
from importlib.resources import files
from string import Template

from duologue.studio.episode import Episode, Turn
from duologue.studio.errors import StudioError
from duologue.studio.labels import SOFTWARE

__all__ = ["NOTE", "clock", "link", "page", "site_file"]

NOTE = "The voices of this recording are synthetic; nobody said these words aloud."
_MARKUP = re.compile(r"\[pause:[^\[\]\n]*\]|\]\(/[^()\n]*/\)|\[(?=[^\[\]\n]+\]\(/)")


def site_file(name: str) -> str:
    """The text of a file in `studio/site`."""
    return (files("duologue.studio") / "site" / name).read_text("utf-8")


def clock(seconds: float) -> str:
    """1:02:03 or 2:03."""
    whole = int(seconds)
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"


def link(url: str, text: str) -> str:
    """A link where `url` is one of the web, otherwise the bare text."""
    shown = html.escape(text)
    if not url.startswith(("https://", "http://")):
        return shown
    return f'<a href="{html.escape(url)}" rel="noopener">{shown}</a>'


def page(
    episode: Episode,
    *,
    audio: str,
    cover: str = "cover.jpg",
    captions: str = "episode.vtt",
    downloads: tuple[str, ...] = (),
    home: str = "",
) -> str:
    """The HTML. audio, cover, captions, downloads: names of the files beside it; home: where the list is.

    Raises StudioError before rendering.
    """
    if episode.seconds is None:
        raise StudioError("the episode isn't rendered yet, so it has no times; run `duologue episode render`")
    facts = [f"{episode.created:%-d %B %Y}", clock(episode.seconds)]
    names = [s.name for s in episode.speakers]
    if names:
        facts.append("with " + ", ".join(names))
    track = (
        f'<track kind="captions" src="{html.escape(captions)}" srclang="{episode.language}">'
        if captions
        else ""
    )
    lists = [f'<a href="{html.escape(name)}" download>{html.escape(name)}</a>' for name in downloads]
    return Template(site_file("episode.html")).substitute(
        language=html.escape(episode.language),
        software=html.escape(SOFTWARE),
        title=html.escape(episode.title),
        description=html.escape(episode.description),
        style=site_file("style.css"),
        script=site_file("player.js"),
        home=f'<p><a href="{html.escape(home)}">All episodes</a></p>' if home else "",
        cover=html.escape(cover),
        facts=html.escape(" · ".join(facts)),
        audio=html.escape(audio),
        track=track,
        chapters=_chapters(episode),
        transcript=_transcript(episode),
        sources=_sources(episode),
        note=NOTE,
        cost=_cost(episode),
        downloads="Download: " + ", ".join(lists) if lists else "",
    )


def _chapters(episode: Episode) -> str:
    if len(episode.chapters) < 2:
        return ""
    rows = [
        f'<li><button type="button" data-s="{c.start or 0:.2f}"><time>{clock(c.start or 0)}</time>'
        f"<span>{html.escape(c.title)}</span></button></li>"
        for c in episode.chapters
    ]
    return '<nav class="chapters" aria-label="Chapters"><ol>' + "\n".join(rows) + "</ol></nav>"


def _plain(text: str) -> str:
    return html.escape(_MARKUP.sub("", text))


def _words(turn: Turn) -> str:
    """The text with a span around every word that has a time."""
    made, at = [], 0
    for word in turn.words:
        if word.char_start < at or word.char_end > len(turn.text):
            continue
        said = _plain(turn.text[word.char_start : word.char_end])
        made.append(_plain(turn.text[at : word.char_start]))
        made.append(f'<span class="word" data-s="{word.start:.2f}" data-e="{word.end:.2f}">{said}</span>')
        at = word.char_end
    made.append(_plain(turn.text[at:]))
    # Markup goes when it lies between two words; what is left of it inside a piece went above.
    return "".join(made).strip().replace("\n\n", "<br><br>")


def _transcript(episode: Episode) -> str:
    heads = {c.turn: c.title for c in episode.chapters} if len(episode.chapters) > 1 else {}
    rows: list[str] = []
    before = ""
    for turn in episode.turns:
        if turn.id in heads:
            rows.append(f"<h2>{html.escape(heads[turn.id])}</h2>")
            before = ""
        who = turn.speaker if turn.speaker != before else ""
        before = turn.speaker
        name = f'<span class="who">{html.escape(who)}</span>' if who else ""
        rows.append(f'<p class="turn">{name}{_words(turn)}</p>')
    return "\n".join(rows)


def _sources(episode: Episode) -> str:
    if not episode.sources:
        return ""
    rows = []
    for source in episode.sources:
        facts = [html.escape(source.publisher)] if source.publisher else []
        if source.published:
            facts.append(f"{source.published:%-d %B %Y}")
        rest = f' <span class="cite">{", ".join(facts)}</span>' if facts else ""
        rows.append(f"<li>{link(source.url, source.title or source.url or source.id)}{rest}</li>")
    return '<section class="sources"><h2>Sources</h2><ul>' + "\n".join(rows) + "</ul></section>"


def _cost(episode: Episode) -> str:
    if not episode.cost:
        return ""
    rows = [
        f"<tr><td>{html.escape(s.step)}</td><td>{html.escape(s.backend)}</td><td>{s.seconds:.1f} s</td>"
        f"<td>${s.money:.4f}</td></tr>"
        for s in episode.cost
    ]
    total = sum(s.money for s in episode.cost)
    return (
        f"<details><summary>What it cost: {sum(s.seconds for s in episode.cost):.1f} s of compute, "
        f"${total:.2f}</summary><table>" + "".join(rows) + "</table></details>"
    )
