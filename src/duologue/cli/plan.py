"""What the gateway would do: deployments, policies, who would serve a request, why, and at what cost."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duologue.gateway import ChatRequest, Config, SpeechRequest
    from duologue.gateway.policy import Candidate

__all__ = ["EPILOG", "add_arguments", "run"]

EPILOG = """\
Nothing is asked of any model: what is printed is the order in which deployments would be. Costs are
estimates; what is charged is what is done.

examples:
  duologue plan
  duologue plan --config gateway.toml
  duologue plan --config gateway.toml --task headline "Write a headline for this story: ..."
  duologue plan --speech "Good morning, this is the news."
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `duologue plan`."""
    parser.add_argument("text", nargs="?", metavar="TEXT", help="what would be asked, or spoken")
    parser.add_argument(
        "--config", metavar="FILE", help="the gateway's TOML (DUOLOGUE_CONFIG), else the two in-house models"
    )
    parser.add_argument("--speech", action="store_true", help="TEXT would be spoken")
    parser.add_argument("--model", default="", metavar="NAME", help="a deployment, group or policy by name")
    parser.add_argument("--task", metavar="NAME", help="chat, speech, headline, summary, ...")
    parser.add_argument("--max-tokens", type=int, metavar="N", help="of the answer (256 are guessed)")
    parser.add_argument(
        "--database", metavar="URL", help="take the arena's ratings from there (DUOLOGUE_DATABASE)"
    )
    parser.add_argument("--json", action="store_true", help="machine readable")


def run(args: argparse.Namespace) -> int:
    """Print it; returns the exit code."""
    from contextlib import ExitStack

    from duologue.gateway import ChatRequest, Gateway, SpeechRequest
    from duologue.store import Store

    named = args.config or os.environ.get("DUOLOGUE_CONFIG")
    database = args.database or os.environ.get("DUOLOGUE_DATABASE")
    with ExitStack() as stack:
        store = stack.enter_context(Store.open(database)) if database else None
        gateway = stack.enter_context(Gateway.open(Path(named) if named else None, store))
        if args.text is None:
            _print_config(gateway.config, args.json)
            return 0
        request: ChatRequest | SpeechRequest
        if args.speech:
            request = SpeechRequest(text=args.text, model=args.model, task=args.task or "speech")
        else:
            message = {"role": "user", "content": args.text}
            request = ChatRequest(
                messages=(message,), model=args.model, task=args.task or "chat", max_tokens=args.max_tokens
            )
        _print_order(gateway.explain(request), request, gateway.config, args.json)
    return 0


def _print_order(
    order: list[Candidate], request: ChatRequest | SpeechRequest, config: Config, as_json: bool
) -> None:
    from duologue.gateway.estimates import answer_estimate

    amounts = answer_estimate(request)
    if as_json:
        rows = [
            {"deployment": c.deployment, "reason": c.reason, "cost": f"{c.known.cost:f}",
             "currency": config.currency, "quality": c.known.quality}
            for c in order
        ]  # fmt: skip
        print(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    for place, candidate in enumerate(order, 1):
        cost = f"{candidate.known.cost:.8f} {config.currency}"
        print(f"{place}. {candidate.deployment}  about {cost}  ({candidate.reason})")
    if amounts.characters:
        guess = f"{amounts.characters} characters, about {amounts.audio_seconds:.1f} s of speech"
    else:
        guess = f"about {amounts.prompt_tokens} tokens in, {amounts.completion_tokens} out"
    print(guess, file=sys.stderr)


def _print_config(config: Config, as_json: bool) -> None:
    if as_json:
        print(json.dumps(_data(config), indent=2, ensure_ascii=False))
        return
    print("deployments")
    for d in config.deployments.values():
        prices = ", ".join(f"{k} {v}" for k, v in _prices(d.prices).items()) or "free"
        quality = ", ".join(f"{task} {score:g}" for task, score in d.quality.items()) or "not known"
        print(f"  {d.name}: {d.kind}, {d.model}, {' and '.join(sorted(d.does))}")
        print(f"    prices: {prices}; quality: {quality}")
    print("groups")
    for name, names in config.groups.items():
        print(f"  {name}: {', '.join(names)}")
    print("policies")
    for p in config.policies.values():
        bar = "" if p.quality_bar is None else f", quality bar {p.quality_bar:g}"
        canary = f", {p.canary_share:.0%} to {p.canary}" if p.canary else ""
        print(f"  {p.name}: {p.choose} of {', then '.join(p.groups)}{bar}{canary}")
    print("tasks")
    for task, policy in config.tasks.items():
        print(f"  {task}: {policy}")
    if config.money_per_day is not None:
        print(f"budget: {config.money_per_day} {config.currency} a day")


def _prices(prices: Any) -> dict[str, str]:
    from dataclasses import asdict

    return {name: f"{value:f}" for name, value in asdict(prices).items() if value}


def _data(config: Config) -> dict[str, Any]:
    return {
        "currency": config.currency,
        "deployments": [
            {"name": d.name, "kind": d.kind, "model": d.model, "does": sorted(d.does),
             "prices": _prices(d.prices), "quality": dict(d.quality)}
            for d in config.deployments.values()
        ],
        "groups": {name: list(names) for name, names in config.groups.items()},
        "policies": [
            {"name": p.name, "choose": p.choose, "groups": list(p.groups), "quality_bar": p.quality_bar,
             "canary": p.canary, "canary_share": p.canary_share}
            for p in config.policies.values()
        ],
        "tasks": dict(config.tasks),
        "money_per_day": None if config.money_per_day is None else f"{config.money_per_day:f}",
    }  # fmt: skip
