"""Let models battle over a file of prompts, judged by a program; the votes can be ranked.

Design choices
- Rows say which program judged, and none of them goes into the arena's own votes: people's and programs' are
  kept apart. `duologue arena rank FILE` ranks either.
- The table of ratings is printed at once; the file is there whole or not at all.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duologue.arena.batch import Batch
    from duologue.arena.contestants import Contestant, Kind, Roster

__all__ = ["EPILOG", "add_arguments", "run"]

EPILOG = """\
examples:
  duologue arena battle --prompts prompts.jsonl --models duologue-tiny,duologue-tiny/careful --judge checks
  duologue arena battle --prompts sentences.txt --judge distillmos,wer --out votes.jsonl
  duologue arena battle --list

PROMPTS is a text (one prompt a line), TSV with the task in front, or JSON lines with "prompt" and, for the
checks, "task" and "source" (or "text", "constraints", "schema"). Several judges write a file each:
votes.distillmos.jsonl, votes.wer.jsonl.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `duologue arena battle`."""
    parser.add_argument("--prompts", type=Path, metavar="FILE", help="what they are asked")
    parser.add_argument("--models", default="", metavar="A,B,C", help="contestants (all of the judge's kind)")
    parser.add_argument("--judge", default="checks", metavar="LIST", help="checks, distillmos, wer (checks)")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the votes as JSON lines")
    parser.add_argument("--limit", type=int, default=0, metavar="N", help="the first N prompts only")
    parser.add_argument("--seed", type=int, default=0, help="of the answers and of the sides (0)")
    parser.add_argument("--config", default="", metavar="FILE", help="deployments and [arena] (TOML)")
    parser.add_argument("--list", action="store_true", help="list the contestants and end")


def run(args: argparse.Namespace) -> int:
    """Battle, judge, write and rank; returns the exit code."""
    from duologue.arena.errors import ArenaError
    from duologue.arena.judging import JUDGES, judge_named
    from duologue.arena.prompts import read_prompts
    from duologue.cli.progress import Progress
    from duologue.gateway import Gateway
    from duologue.server.hall import roster_of

    with Gateway.open(Path(args.config) if args.config else None) as gateway:
        roster = roster_of(gateway, gateway.config.arena)
        if args.list:
            return _list(roster)
        if args.prompts is None:
            raise ArenaError("no prompts; give --prompts FILE, or --list for the contestants")
        names = [name.strip() for name in args.judge.split(",") if name.strip()]
        judges = [judge_named(name) for name in dict.fromkeys(names)]
        if not judges:
            raise ArenaError(f"no judge; give --judge with one of {', '.join(JUDGES)}")
        kind = judges[0].kind
        prompts = read_prompts(args.prompts, kind)
        prompts = prompts[: args.limit] if args.limit > 0 else prompts
        chosen = _chosen(args.models, roster, kind)
        files = _files(args.out, [j.name for j in judges])
        bar = Progress(len(prompts), "prompts")
        try:
            return _battle(gateway, prompts, chosen, judges, files, args.seed, bar)
        finally:
            bar.close()


def _list(roster: Roster) -> int:
    for name, contestant in sorted(roster.contestants.items()):
        print("\t".join([name, contestant.kind, *(["retired"] if name in roster.retired else [])]))
    return 0


def _chosen(models: str, roster: Roster, kind: Kind) -> list[Contestant]:
    from duologue.arena.errors import ArenaError

    names = [name.strip() for name in models.split(",") if name.strip()]
    found = [roster.find(name) for name in dict.fromkeys(names)] or roster.active(kind)
    wrong = [c.name for c in found if c.kind != kind]
    if wrong:
        raise ArenaError(f"'{wrong[0]}' does {roster.find(wrong[0]).kind}; this judge judges {kind}")
    return found


def _files(out: Path | None, judges: list[str]) -> dict[str, Path | None]:
    """Where each judge's votes go."""
    if out is None or len(judges) == 1:
        return dict.fromkeys(judges, out)
    return {name: out.with_name(f"{out.stem}.{name}{out.suffix or '.jsonl'}") for name in judges}


def _battle(
    gateway: Any,
    prompts: list[Any],
    chosen: list[Contestant],
    judges: list[Any],
    files: dict[str, Path | None],
    seed: int,
    bar: Any,
) -> int:
    from duologue.arena.batch import Batch, run_batch
    from duologue.arena.players import GatewayPlayers
    from duologue.arena.ratings import rate
    from duologue.arena.votes import Votes
    from duologue.cli.arena_rank import as_table
    from duologue.gateway.caller import Caller

    begun, batch = time.perf_counter(), Batch()
    rows: dict[str, list[dict[str, Any]]] = {j.name: [] for j in judges}
    players = GatewayPlayers(gateway, Caller.local())
    for bout in run_batch(prompts, chosen, judges, players, batch=batch, seed=seed, progress=bar.update):
        rows[bout.judgement.judge].append(bout.row())
    bar.close()
    for name, made in rows.items():
        path = files[name]
        if path is not None:
            _write(path, made)
        if len(rows) > 1:
            print(f"judged by {name}:")
        if made:
            columns = (
                [r["model_a"] for r in made],
                [r["model_b"] for r in made],
                [r["winner"] for r in made],
            )
            print(as_table(rate(Votes.of(*columns))))
        if path is not None:
            print(f"{len(made)} votes of the judge '{name}' are in {path}", file=sys.stderr)
    _tell(batch, len(prompts), time.perf_counter() - begun)
    return 0 if batch.bouts else 1


def _tell(batch: Batch, prompts: int, seconds: float) -> None:
    """What else there is to know."""
    for name, count in batch.failed.items():
        print(f"{name} failed at {count} of {prompts} prompts: {batch.why[name]}", file=sys.stderr)
    for name, count in batch.leaked.items():
        print(f"{name} gave itself away in {count} of {prompts} answers, left out", file=sys.stderr)
    print(f"{batch.bouts} battles over {prompts} prompts in {seconds:.1f} s", file=sys.stderr)


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    beside = path.with_name(f".{path.name}.part")
    path.parent.mkdir(parents=True, exist_ok=True)
    beside.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    beside.replace(path)
