"""How podcasts and summaries of news and reference articles come out: length, grounding, fillers, speed.

    python benchmarks/studio_podcast.py [--data ../shared/data/text] [--articles 10] [--spoken]

Each article of examples/articles and the first held-out encyclopedia articles of 480 to 720 words become a
three-minute conversation of two and a two-minute summary. Reported: estimated length (with --spoken the
true one, in the shipped voice) against the one asked for, the share of claims that the source supports, how
many of the asking speaker's turns are plain fillers ("Go on."), and sentences that open with a pronoun
right after another speaker's question although their predecessor was left out (should be none). The table
goes to benchmarks/results/studio_podcast.md.
"""

from __future__ import annotations

import argparse
import json
import lzma
import re
import tempfile
import time
from itertools import pairwise
from pathlib import Path

from duologue.studio.episode import Episode, Source
from duologue.studio.podcast.composition import compose
from duologue.studio.podcast.phrases import POOLS
from duologue.studio.podcast.report import podcast_report
from duologue.studio.sources.gather import gather, uploaded
from report import machine, write

ROOT = Path(__file__).resolve().parents[1]
_PLAIN = frozenset(p for pool in ("plain", "then", "late") for p in POOLS[pool])
_PRONOUN = re.compile(r"^(?:He|She|It|They|This|That|These|Those)\b")


def encyclopedia(data: Path, count: int) -> list[list[Source]]:
    """Articles of about six hundred words from the held-out end of the data."""
    with lzma.open(data / "wiki-3.txt.xz", "rt", encoding="utf-8") as file:
        documents = file.read().split("<|endoftext|>")
    fit = [d.strip() for d in documents[-500:] if 480 <= len(d.split()) <= 720][:count]
    return [uploaded({f"{n}.txt": d.replace("\n", "\n\n").encode()}).sources() for n, d in enumerate(fit)]


def orphans(episode: Episode) -> int:
    """Turns that open with a pronoun that neither the sentence before nor a question explains."""
    found = 0
    told = {s.end for t in episode.turns for s in t.spans}
    for before_it, turn in pairwise(episode.turns):
        if not turn.spans or not _PRONOUN.match(turn.text) or set(before_it.spans) & set(turn.spans):
            continue  # an answer whose question named what it is about
        text = next(s.text or "" for s in episode.sources if s.id == turn.spans[0].source)
        before = text[: turn.spans[0].start].rstrip()
        found += len(before) not in told
    return found


def measure(sources: list[Source], form: str, spoken: bool) -> dict[str, float]:
    """Figures of one article in one format."""
    begun = time.perf_counter()
    if spoken:
        from duologue.studio import make_podcast
        from duologue.voice import Voice

        with tempfile.TemporaryDirectory() as place:
            made = make_podcast(sources, Voice.load(threads=2), Path(place) / "e", format=form)
            episode, seconds = made.episode, made.episode.seconds or 0.0
    else:
        draft = compose(sources, format=form)
        episode, seconds = draft.episode, draft.seconds
    wall = time.perf_counter() - begun
    asked = 120 if form == "summary" else 180
    report = json.loads(podcast_report(episode))
    asking = [
        t for t in episode.turns if t.text.endswith(("?", ".")) and len(t.text.split()) < 12 and not t.spans
    ]
    fillers = sum(any(t.text.endswith(p) for p in _PLAIN) for t in asking)
    return {
        "off": seconds / asked - 1,
        "supported": report["supported"],
        "fillers": fillers / max(len(asking), 1),
        "orphans": orphans(episode),
        "wall": wall,
    }


def main() -> None:
    """Print and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared/data/text")
    parser.add_argument("--articles", type=int, default=10)
    parser.add_argument("--spoken", action="store_true", help="speak them all; slow")
    args = parser.parse_args()
    news = [gather([str(p)]).sources() for p in sorted((ROOT / "examples/articles").glob("*.txt"))]
    kinds = {"news": news}
    if (args.data / "wiki-3.txt.xz").is_file():
        kinds["encyclopedia"] = encyclopedia(args.data, args.articles)
    rows = []
    for kind, articles in kinds.items():
        for form in ("interview", "summary"):
            got = [measure(sources, form, args.spoken) for sources in articles]
            rows.append(
                {
                    "articles": f"{len(got)} of {kind}",
                    "format": form,
                    "length off, worst": f"{max(abs(g['off']) for g in got):.1%}",
                    "claims supported, least": f"{min(g['supported'] for g in got):.0%}",
                    "fillers among questions": f"{sum(g['fillers'] for g in got) / len(got):.0%}",
                    "orphaned pronouns": f"{sum(g['orphans'] for g in got):.0f}",
                    "seconds each": f"{sum(g['wall'] for g in got) / len(got):.1f}",
                }
            )
            print(rows[-1], flush=True)
    about = (
        "Three-minute interviews and two-minute summaries without a text model, "
        + (
            "spoken"
            if args.spoken
            else "not spoken, so length is as estimated; making one also fits it by ear"
        )
        + "."
    )
    print(write("studio_podcast", "Podcasts of articles", about, [("", rows)], machine()))


if __name__ == "__main__":
    main()
