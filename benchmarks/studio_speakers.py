"""Whom story mode gives the quotations of public-domain novels, beside labels made by hand.

    python benchmarks/studio_speakers.py [--data ../shared/data/text] [--set "held out"] [--wrong]

The passages (a few pages of a novel each, chosen by a seeded draw among those with 18 to 45 quotations in
5,200 characters) are read from the project's data, which isn't copied here:
benchmarks/speakers/labels.jsonl names document, place and hash of each, and the speaker of every quotation.
"tuned": the rules were improved on these; "held out": labelled before the program read them, and no rule
changed since. A quotation that isn't found counts as wrong. Note that the data has lost short lines, so
turns are missing from some conversations. The table goes to benchmarks/results/studio_speakers.md.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import lzma
import re
from pathlib import Path

from duologue.studio.expressions import attribute
from duologue.studio.expressions.attribution import Said
from report import machine, write

HERE = Path(__file__).resolve().parent / "speakers"
DATA = Path(__file__).resolve().parents[2] / "shared/data/text"
_TITLES = {"mr", "mrs", "miss", "sir", "dr"}
_SMALL = {"the", "old", "young", "little"}


def documents(path: Path, wanted: set[int]) -> dict[int, str]:
    """The documents of those numbers in a file of the data."""
    found: dict[int, str] = {}
    number, held = 0, []
    with lzma.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            if not line.startswith("<|endoftext|>"):
                held.append(line)
                continue
            if number in wanted:
                found[number] = "".join(held)
                if len(found) == len(wanted):
                    break
            number, held = number + 1, []
    return found


def _words(name: str) -> set[str]:
    return set(re.sub(r"[^\w ]", " ", name.lower()).split()) - _SMALL


def _same(label: str, name: str) -> bool:
    mine, its = _words(label), _words(name)
    if mine & _TITLES and its & _TITLES and mine & _TITLES != its & _TITLES:
        return False
    mine, its = mine - _TITLES, its - _TITLES
    return bool(mine and its) and (mine <= its or its <= mine)


def right(label: str, said: Said | None, also: dict[str, list[str]]) -> bool:
    """Whether the speaker found is the labelled one, under any of its names."""
    if said is None or said.speaker is None:
        return False
    names = (said.speaker.name, *said.speaker.aliases)
    return any(_same(one, name) for one in (label, *also.get(label, ())) for name in names)


def passages(data: Path) -> list[tuple[dict[str, object], str]]:
    """The labelled passages with their texts. Raises SystemExit where the data isn't at hand, or another."""
    rows = [json.loads(line) for line in (HERE / "labels.jsonl").read_text("utf-8").splitlines()]
    texts: dict[str, dict[int, str]] = {}
    for name in {row["file"] for row in rows}:
        if not (data / name).is_file():
            raise SystemExit(f"there is no {data / name}; name the folder of the data with --data")
        texts[name] = documents(data / name, {row["document"] for row in rows if row["file"] == name})
    made = []
    for row in rows:
        text = texts[row["file"]][row["document"]][row["start"] : row["end"]]
        if hashlib.sha256(text.encode()).hexdigest() != row["sha256"]:
            raise SystemExit(f"passage {row['name']} isn't the one that was labelled")
        made.append((row, text))
    return made


def main() -> None:
    """Print and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--set", choices=["tuned", "held out"], help="one of the two; no table is written")
    parser.add_argument("--wrong", action="store_true", help="list what was wrong")
    args = parser.parse_args()
    also = json.loads((HERE / "also.json").read_text("utf-8"))
    rows, sums = [], {}
    for row, text in passages(args.data):
        if args.set and row["set"] != args.set:
            continue
        said = {s.start: s for s in attribute(text)}
        labels = row["quotations"]
        assert isinstance(labels, list)
        good = [right(who, said.get(at), also) for at, who in labels]
        if args.wrong:
            for (at, who), fine in zip(labels, good, strict=True):
                if not fine:
                    got = said.get(at)
                    name = got.speaker.name if got and got.speaker else None
                    how = got.how if got else "not found"
                    print(f"  {row['name']}: {who}, not {name} ({how}): {text[at : at + 60]!r}")
        kind = str(row["set"])
        hits, total = sums.get(kind, (0, 0))
        sums[kind] = hits + sum(good), total + len(good)
        place = f"{row['file']} {row['document']}"
        rows.append({"set": kind, "document": place, "quotations": str(len(good)), "right": str(sum(good)),
                     "share": f"{sum(good) / len(good):.0%}"})  # fmt: skip
        print(rows[-1], flush=True)
    for kind, (hits, total) in sums.items():
        rows.append({"set": f"all {kind}", "document": "", "quotations": str(total), "right": str(hits),
                     "share": f"{hits / total:.1%}"})  # fmt: skip
        print(rows[-1])
    if not args.set:
        about = (
            "Speakers that `duologue express --mode story` gives the quotations of novels, beside labels made"
            " by hand (benchmarks/speakers). Tuned: the rules were improved on these; held out: seen once, no"
            " rule changed since. First sight of the sets tuned on later: 75.6 % of 135, 71.0 % of 155,"
            " 79.2 % of 130."
        )
        print(write("studio_speakers", "Who says what in a story", about, [("", rows)], machine()))


if __name__ == "__main__":
    main()
