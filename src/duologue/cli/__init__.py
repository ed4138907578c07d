"""The command line: `duologue COMMAND ...`.

Design choices
- One file per command group; only the file of the command that was asked for is imported, and no file
  imports numpy or a model before it runs, so `duologue --version` answers in a fraction of 300 ms.
- Bad input is one line on standard error and exit code 2; so is what the disk refuses.
- ctrl-C exits with 130 and a closed pipe with 141, both without a traceback, as the shell expects.
- Results go to standard output, everything about them (progress, timing, notices) to standard error,
  so that `duologue speak ... -o -` can be piped.
"""

from __future__ import annotations

import argparse
import importlib
import os
import signal
import sys
from collections.abc import Sequence
from typing import NoReturn

from duologue import __version__

__all__ = ["COMMANDS", "main"]

COMMANDS = {
    "speak": "turn text into speech: a file, standard output or the loudspeaker",
    "chat": "ask the text model: a question, a pipe, or a conversation",
    "daily": "make a narrated briefing of feeds, pages and files",
    "podcast": "turn documents into a conversation of one to four speakers",
    "express": "read a text with expression: scripted, emotive, or as a story with its characters",
    "episode": "look at an episode, edit, render or export it",
    "publish": "a static site with a podcast feed from a folder of episodes",
    "arena": "rank models by blind votes, and keep the votes",
    "serve": "serve the models over HTTP, on this machine unless told otherwise",
    "keys": "keys for testers: create, list, revoke; feeds' tokens; the audit log",
    "costs": "what all requests cost, by model, key or day, and what they would have cost elsewhere",
    "plan": "what the gateway's policies would choose for a request, why, and at what cost",
    "voices": "list the voices and styles, or hear them all",
    "models": "what weights ship: checksum, licence, card; export them",
    "bench": "measure the speed on this machine, now",
    "train": "train a voice or a text model of your own (needs the [train] extra)",
}


class _Parser(argparse.ArgumentParser):
    """A parser whose complaints are one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


def _top() -> _Parser:
    width = max(map(len, COMMANDS))
    listing = "\n".join(f"  {name:<{width}}  {help_}" for name, help_ in COMMANDS.items())
    parser = _Parser(
        prog="duologue",
        usage="duologue COMMAND ...",
        description="A voice model and a text model of your own.",
        epilog=f"commands:\n{listing}\n\n`duologue COMMAND --help` says more.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"duologue {__version__}")
    parser.add_argument("command", choices=list(COMMANDS), metavar="COMMAND", help=argparse.SUPPRESS)
    return parser


def _run(argv: Sequence[str]) -> int:
    if not argv:
        _top().print_help(sys.stderr)
        return 2
    if argv[0] not in COMMANDS:
        _top().parse_args(argv[:1])  # answers --help and --version, or complains
    name = argv[0]
    command = importlib.import_module(f"duologue.cli.{name}")
    parser = _Parser(
        prog=f"duologue {name}",
        description=command.__doc__.split("\n\n", 1)[0] if command.__doc__ else None,
        epilog=getattr(command, "EPILOG", None),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_arguments(parser)
    return int(command.run(parser.parse_args(argv[1:])))


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0, 2 for bad input, 130 for ctrl-C, 141 for a closed pipe."""
    argv = list(sys.argv[1:] if argv is None else argv)
    try:
        code = _run(argv)
        sys.stdout.flush()
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return 128 + signal.SIGINT
    except BrokenPipeError:
        # Python flushes standard output once more at exit; give it somewhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + 13
    except (ValueError, OSError) as error:
        from duologue.cli.complaint import is_complaint, one_line

        if not is_complaint(error):
            raise
        print(f"duologue {argv[0]}: {one_line(error)}", file=sys.stderr)
        return 2
    return code
