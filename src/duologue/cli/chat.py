"""Ask the text model: one question from an argument or a pipe, or a conversation.

Design choices
- A terminal without TEXT is a conversation: ctrl-C stops the answer, ctrl-D leaves, /new forgets all of it.
- TEXT that names an existing file is read from it; `-` is standard input, and may follow an instruction.
- The answer goes to standard output as it is made; tokens, time and pace to standard error at the end.
- On a terminal control characters of an answer are shown as a mark, so no text can play with the screen.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duologue.cli.source import read_text
from duologue.text.errors import TextError

if TYPE_CHECKING:
    from duologue.text import Piece, Text
    from duologue.text.sampling import Options

__all__ = ["EPILOG", "add_arguments", "run"]

EPILOG = """\
Without TEXT on a terminal this is a conversation: ctrl-C stops an answer, ctrl-D leaves, /new begins anew.

examples:
  duologue chat
  duologue chat "Write a headline for a story about a lighthouse."
  cat story.txt | duologue chat "Summarise this in two sentences." -
  duologue chat "Ann is 34 and lives in Leeds." --json person.schema.json
  duologue chat --model smollm2 "What is a lighthouse for?"
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `duologue chat`."""
    parser.add_argument("text", nargs="*", metavar="TEXT", help="what to ask, the name of a file, or -")
    parser.add_argument("--system", metavar="TEXT", help="how the model should answer")
    parser.add_argument(
        "--json",
        metavar="FILE",
        help="the answer is JSON of the JSON schema in this file, or of {...} itself",
    )
    parser.add_argument(
        "--model", metavar="NAME", help="a GGUF file, or smollm2 (needs the [open] extra); else ours"
    )
    parser.add_argument("--max-tokens", type=int, metavar="N", help="length of an answer (up to the context)")
    parser.add_argument("--temperature", type=float, metavar="X", help="0 takes the likeliest token (0.7)")
    parser.add_argument("--seed", type=int, metavar="N", help="same seed, same answer")
    parser.add_argument(
        "--stop", action="append", metavar="TEXT", help="end the answer before this; repeatable"
    )
    parser.add_argument("--threads", type=int, metavar="N", help="CPU threads (at most 4 of those there are)")


def _schema(source: str | None) -> Any:
    """The JSON schema in a file, or written out."""
    if source is None:
        return None
    text = source if source.lstrip().startswith("{") else Path(source).read_text("utf-8")
    try:
        return json.loads(text)
    except ValueError as error:
        raise TextError(f"the JSON schema '{source:.60}' is not JSON: {error}") from None


def _options(args: argparse.Namespace) -> Options:
    given = {
        "max_tokens": args.max_tokens,
        "temperature": args.temperature,
        "seed": args.seed,
        "stop": args.stop,
        "json_schema": _schema(args.json),
    }
    options: Any = {name: value for name, value in given.items() if value is not None}
    return options  # type: ignore[no-any-return]


def _question(words: list[str]) -> str:
    """What is asked: the words, and standard input where a dash stands."""
    if "-" not in words:
        return read_text(words)
    rest = [w for w in words if w != "-"]
    return "\n\n".join([*([read_text(rest)] if rest else []), read_text(["-"])])


def _shown(text: str, terminal: bool) -> str:
    """Text for standard output; on a terminal without control characters but line breaks and tabs."""
    if not terminal:
        return text
    return "".join(c if c in "\n\t" or not (ord(c) < 32 or 127 <= ord(c) < 160) else "\ufffd" for c in text)


def _say(pieces: Iterator[Piece], heard: list[str]) -> None:
    """Write an answer as it is made, keep it in `heard`, then say on standard error what it took."""
    terminal = sys.stdout.isatty()
    begun = time.perf_counter()
    last: Piece | None = None
    for last in pieces:
        heard.append(last.text)
        sys.stdout.write(_shown(last.text, terminal))
        sys.stdout.flush()
    took = time.perf_counter() - begun
    if not heard or not "".join(heard).endswith("\n"):
        print(flush=True)
    if last is None or last.usage is None:
        return
    usage = last.usage
    cut = ", cut by --max-tokens or the context" if last.finish_reason == "length" else ""
    print(
        f"{usage.prompt_tokens} tokens read, {usage.completion_tokens} written{cut} in {took:.2f} s, "
        f"{usage.tokens_per_second:.0f} tokens per second; seed {last.seed}; cost 0",
        file=sys.stderr,
    )


def _converse(text: Text, messages: list[dict[str, str]], options: Options) -> None:
    """Ask and answer until the end of the input."""
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401  (input() then edits the line and remembers earlier ones)
    print(f"{text.model}. ctrl-C stops an answer, ctrl-D leaves, /new begins anew.", file=sys.stderr)
    system = list(messages)
    while True:
        try:
            said = input("> ")
        except EOFError:
            print(file=sys.stderr)
            return
        except KeyboardInterrupt:
            print(file=sys.stderr)
            continue
        if said.strip() == "/new":
            messages = list(system)
            continue
        if not said.strip():
            continue
        messages.append({"role": "user", "content": said})
        heard: list[str] = []
        try:
            _say(text.stream(messages, **options), heard)
        except KeyboardInterrupt:
            print(" (stopped)", file=sys.stderr)
        except TextError as error:
            from duologue.cli.complaint import one_line

            messages.pop()
            print(f"{one_line(error)}; /new begins anew", file=sys.stderr)
            continue
        messages.append({"role": "assistant", "content": "".join(heard)})


def run(args: argparse.Namespace) -> int:
    """Answer; returns the exit code."""
    options = _options(args)
    conversation = not args.text and sys.stdin.isatty()
    question = "" if conversation else _question(args.text or ["-"])
    messages = [{"role": "system", "content": args.system}] if args.system else []
    if not conversation:
        from duologue.text.chat import validate

        messages.append({"role": "user", "content": question})
        validate(messages)
    from duologue.text import Text

    with contextlib.suppress(AttributeError):
        sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    with Text.load(args.model, threads=args.threads, slots=1) as text:
        if conversation:
            _converse(text, messages, options)
        else:
            _say(text.stream(messages, **options), [])
    return 0
