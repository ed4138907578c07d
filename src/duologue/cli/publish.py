"""Build a static site with a podcast feed from a folder of episodes.

Any web server can serve what comes out; `python -m http.server -d DIR/site` is one.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

__all__ = ["EPILOG", "add_arguments", "run"]

EPILOG = """\
DIR holds one folder per episode, and may hold a show.toml: title, description, url, author, email, language,
category, explicit, image (a square picture), locked. --url and --title win over it.

example:
  duologue publish briefings --url https://example.org/briefings/
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `duologue publish`."""
    parser.add_argument("folder", metavar="DIR", help="a folder of episode folders")
    parser.add_argument("-o", "--output", metavar="SITE", help="where the site goes (DIR/site)")
    parser.add_argument("--url", help="the address it will be served at")
    parser.add_argument("--title", help="the title of the show")


def run(args: argparse.Namespace) -> int:
    """Publish; returns the exit code."""
    begun = time.perf_counter()
    from duologue.studio.publish import publish
    from duologue.studio.show import LOCAL, load_show

    folder = Path(args.folder)
    given = {name: value for name in ("url", "title") if (value := getattr(args, name))}
    show = load_show(folder / "show.toml", **given)
    done = publish(folder, args.output or folder / "site", show)
    for notice in done.notices:
        print(f"notice: {notice}", file=sys.stderr)
    if show.url == LOCAL:
        print("notice: the feed's addresses are of this machine; give --url to publish it", file=sys.stderr)
    print(done.folder / "index.html")
    print(
        f"{len(done.items)} episodes, feed at {show.feed}; {time.perf_counter() - begun:.2f} s; cost 0",
        file=sys.stderr,
    )
    return 0
