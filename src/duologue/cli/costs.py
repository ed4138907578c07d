"""What all requests cost: by model, key, day or task, and what the same would have cost at partners."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duologue.gateway import CostLine, Elsewhere

__all__ = ["EPILOG", "add_arguments", "run"]

EPILOG = """\
Prices at partners are those of [partner_prices] in the gateway's TOML. Days are UTC days.

examples:
  duologue costs
  duologue costs --by day --since 7d
  duologue costs --config gateway.toml --since 2026-11-01 --json
  duologue costs --feedback > feedback.jsonl
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `duologue costs`."""
    parser.add_argument("--by", choices=("model", "key", "day", "task"), default="model", help="(model)")
    parser.add_argument(
        "--since", metavar="WHEN", help="a date in UTC, or days back: 7d; else from the start"
    )
    parser.add_argument("--until", metavar="WHEN", help="up to the beginning of that day")
    parser.add_argument(
        "--config", metavar="FILE", help="the gateway's TOML, for partner prices (DUOLOGUE_CONFIG)"
    )
    parser.add_argument("--database", metavar="URL", help="the database (DUOLOGUE_DATABASE)")
    parser.add_argument("--json", action="store_true", help="machine readable")
    parser.add_argument(
        "--feedback", action="store_true", help="instead: the feedback with what it is about, as JSON lines"
    )


def _when(text: str | None) -> datetime | None:
    from duologue.gateway import GatewayError

    if text is None:
        return None
    try:
        if text.endswith("d") and text[:-1].isdecimal():
            day = datetime.now(UTC).date() - timedelta(days=int(text[:-1]))
            return datetime.combine(day, time(), UTC)
        found = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise GatewayError(f"'{text[:40]}' is no time; give 2026-11-01 or 7d") from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found


def run(args: argparse.Namespace) -> int:
    """Print the sums; returns the exit code."""
    import os

    from duologue.gateway import Feedback
    from duologue.gateway.config import default
    from duologue.gateway.costs import costs, elsewhere
    from duologue.store import Store

    since, until = _when(args.since), _when(args.until)
    named = args.config or os.environ.get("DUOLOGUE_CONFIG")
    if named:
        from duologue.gateway.toml import load

        config = load(Path(named))
    else:
        config = default()
    with Store.open(args.database) as store:
        if args.feedback:
            for entry in Feedback(store).entries(since):
                print(entry.json())
            return 0
        lines = costs(store, args.by, since, until)
        others = elsewhere(store, config.partner_prices, since, until)
    if args.json:
        print(json.dumps(_data(lines, others, args.by), indent=2, ensure_ascii=False))
        return 0
    if not lines:
        print("nothing was asked in that time", file=sys.stderr)
        return 0
    _print(args.by, lines)
    if others:
        print()
        for other in others:
            print(
                f"the {other.requests} {other.sort} requests at {other.partner}: "
                f"{other.money:.6f} {config.currency}, here {other.here:.6f}"
            )
    return 0


def _print(by: str, lines: list[CostLine]) -> None:
    head = [by, "sort", "requests", "failed", "tokens in", "cached", "out", "characters", "audio s",
            "compute s", "money", ""]  # fmt: skip
    rows = [
        [
            line.name, line.sort, str(line.requests), str(line.failed), str(line.prompt_tokens),
            str(line.cached_tokens), str(line.completion_tokens), str(line.characters),
            f"{line.audio_seconds:.1f}", f"{line.compute_seconds:.2f}", f"{line.money:.6f}", line.currency,
        ]
        for line in lines
    ]  # fmt: skip
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    for row in [head, *rows]:
        cells = (
            f"{c:<{w}}" if i in (0, 1, 11) else f"{c:>{w}}"
            for i, (c, w) in enumerate(zip(row, widths, strict=True))
        )
        print("  ".join(cells).rstrip())


def _data(lines: list[CostLine], others: list[Elsewhere], by: str) -> dict[str, Any]:
    from dataclasses import asdict

    def plain(found: Any) -> dict[str, Any]:
        made = asdict(found)
        return {k: f"{v:f}" if k in ("money", "here") else v for k, v in made.items()}

    return {"by": by, "lines": [plain(x) for x in lines], "elsewhere": [plain(x) for x in others]}
