"""What was said, to read: plain text, WebVTT and SRT with speakers, and the JSON of Podcasting 2.0.

Design choices
- Cues are cut by the voice room (two lines of 42 characters at most, seven seconds), turn by turn, so that no
  cue holds two speakers.
- In WebVTT a speaker stands in a voice span, its name shortened where the line would pass 65 characters; in
  SRT, which has none, a name stands before the first cue of a run of turns.
- Markup in a text ([pause:500ms], [word](/ipa/)) is not shown.
- All are pure functions from a rendered episode to text.

W3C WebVTT 1.0; podcastindex.org/namespace: transcript (formats SRT, VTT, JSON 1.0.0).
"""

from __future__ import annotations

import html
import json
import re
import textwrap
from collections.abc import Iterator
from dataclasses import replace

from duologue.studio.episode import Episode, Turn
from duologue.studio.errors import StudioError
from duologue.studio.labels import MARK
from duologue.voice.captions import Cue, cues
from duologue.voice.speech import Word as Spoken

__all__ = ["LINE", "plain", "segments", "shown", "srt", "vtt"]

LINE = 65
_PAYLOAD = 42
_TAG = len("<v >")
_MARKUP = re.compile(r"\[pause:[^\[\]\n]*\]")
_PHONEMES = re.compile(r"\[([^\[\]\n]+)\]\(/[^()\n]*/\)")


def shown(text: str) -> str:
    """The text of a turn without the markup of the voice."""
    return " ".join(_PHONEMES.sub(r"\1", _MARKUP.sub(" ", text)).split())


def _spoken(episode: Episode) -> Iterator[tuple[Turn, list[Cue]]]:
    if not episode.rendered:
        raise StudioError("the episode isn't rendered yet, so it has no times; run `duologue episode render`")
    for turn in episode.turns:
        words = [Spoken(w.text, w.start, w.end, w.char_start, w.char_end) for w in turn.words]
        made = cues(words, turn.text) if words else []
        end = turn.end or 0.0
        yield turn, [replace(c, end=min(c.end, max(end, c.start + 0.001))) for c in made]


def _clock(seconds: float, point: str) -> str:
    millis = round(seconds * 1000)
    hours, rest = divmod(millis, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    return f"{hours:02d}:{minutes:02d}:{rest // 1000:02d}{point}{rest % 1000:03d}"


def _timing(cue: Cue, point: str) -> str | None:
    """The line with the times; None where nothing is left after rounding."""
    if round(cue.end * 1000) <= round(cue.start * 1000):
        return None
    return f"{_clock(cue.start, point)} --> {_clock(cue.end, point)}"


def _voice_tag(name: str) -> str:
    """`<v Name>`, no longer than what a full line leaves."""
    clean = " ".join(re.sub(r"[<>&\r\n]", " ", name).split())
    room = LINE - _PAYLOAD - _TAG
    if len(clean) > room:
        clean = clean[: room - 1].rstrip() + "…"
    return f"<v {clean}>" if clean else ""


def vtt(episode: Episode) -> str:
    """A WebVTT file; no line is longer than 65 characters. Raises StudioError before rendering."""
    blocks = [f"WEBVTT\n\nNOTE {MARK} speech"]
    for turn, made in _spoken(episode):
        tag = _voice_tag(turn.speaker)
        for cue in made:
            timing = _timing(cue, ".")
            if timing:
                lines = [html.escape(line, quote=False) for line in cue.text.split("\n")]
                lines = [part for line in lines for part in _within(line, LINE - len(tag))]
                blocks.append("\n".join([timing, tag + lines[0], *lines[1:]]))
    return "\n\n".join(blocks) + "\n"


def _within(line: str, width: int) -> list[str]:
    """A line that escapes made too long, in two."""
    return textwrap.wrap(line, width, break_on_hyphens=False) or [""] if len(line) > width else [line]


def srt(episode: Episode) -> str:
    """An SRT file with the speaker's name where it changes. Raises StudioError before rendering."""
    blocks: list[str] = []
    before = ""
    for turn, made in _spoken(episode):
        for cue in made:
            timing = _timing(cue, ",")
            if timing:
                name = f"{turn.speaker[:30]}:\n" if turn.speaker and turn.speaker != before else ""
                before = turn.speaker
                blocks.append(f"{len(blocks) + 1}\n{timing}\n{name}{cue.text}\n")
    return "\n".join(blocks)


def segments(episode: Episode) -> str:
    """The transcript as JSON: cues with speaker, times and text. Raises StudioError before rendering."""
    made = [
        {
            "speaker": turn.speaker,
            "startTime": round(cue.start, 3),
            "endTime": round(cue.end, 3),
            "body": cue.text.replace("\n", " "),
        }
        for turn, found in _spoken(episode)
        for cue in found
    ]
    return json.dumps({"version": "1.0.0", "segments": made}, ensure_ascii=False, indent=1) + "\n"


def plain(episode: Episode) -> str:
    """Title, chapters, speakers and what they say, and the sources; before rendering as well as after."""
    lines = [episode.title, "=" * len(episode.title), ""]
    heads = {c.turn: c.title for c in episode.chapters}
    before = ""
    for turn in episode.turns:
        if turn.id in heads:
            title = heads[turn.id]
            lines += ["", title, "-" * len(title), ""]
            before = ""
        text = shown(turn.text)
        name = f"{turn.speaker}: " if turn.speaker and turn.speaker != before else ""
        before = turn.speaker
        if text:
            lines += [*textwrap.wrap(name + text, 100, break_long_words=False), ""]
    if episode.sources:
        lines += ["", "Sources", "-------", ""]
        for s in episode.sources:
            lines.append("- " + ", ".join(p for p in (s.title or s.id, s.publisher, s.url) if p))
    lines += ["", f"{MARK} speech."]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)) + "\n"
