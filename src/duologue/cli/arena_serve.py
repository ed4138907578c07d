"""Serve the arena's pages, with everything else that the server has, on this machine unless told
otherwise."""

from __future__ import annotations

import argparse
import sys

from duologue.cli import serve

__all__ = ["EPILOG", "add_arguments", "run"]

EPILOG = """\
The same server as `duologue serve`, with its options. The pages are at /arena. Contestants, variants and who
is retired are in the [arena] table of --config:

  [arena]
  retired = ["old-model"]

  [[arena.contestants]]
  name = "careful"
  deployment = "duologue-tiny"
  temperature = 0.2
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `duologue arena serve`: those of `duologue serve`."""
    serve.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Serve until told to stop."""
    print("the arena is at /arena of the address below", file=sys.stderr, flush=True)
    return serve.run(args)
