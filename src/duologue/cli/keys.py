"""Keys for testers: create, list and revoke them; their use today; tokens of private feeds; the audit log."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duologue.gateway.access import KeyInfo
    from duologue.store import Store

__all__ = ["EPILOG", "add_arguments", "run"]

EPILOG = """\
A key is shown once, when it is made; kept is its hash. Days are UTC days. The database is that of
DUOLOGUE_DATABASE, or duologue.db in DUOLOGUE_HOME.

examples:
  duologue keys create alice --requests-per-day 200 --audio-seconds-per-day 600
  duologue keys create ci --scope speech --scope chat --money-per-day 1.50 --expires 2027-01-31
  duologue keys list
  duologue keys revoke alice
  duologue keys feed morning --name "Alice's phone"
  duologue keys audit
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `duologue keys`."""
    parser.add_argument("--database", metavar="URL", help="the database (DUOLOGUE_DATABASE)")
    commands = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    create = commands.add_parser("create", help="make a key and show it, this once")
    create.add_argument("name", metavar="NAME", help="whose it is")
    create.add_argument(
        "--scope", action="append", metavar="SCOPE",
        help="what it is for, repeatable: speech, chat, studio, arena, costs, admin (speech, chat, arena)",
    )  # fmt: skip
    create.add_argument("--requests-per-day", type=int, metavar="N")
    create.add_argument("--audio-seconds-per-day", type=int, metavar="N")
    create.add_argument("--tokens-per-day", type=int, metavar="N", help="of prompts and answers together")
    create.add_argument("--money-per-day", metavar="X", help="in the gateway's currency, such as 1.50")
    create.add_argument("--expires", metavar="WHEN", help="a date or time in UTC, or days from now: 30d")
    listing = commands.add_parser("list", help="all keys and what they used today")
    listing.add_argument("--json", action="store_true", help="machine readable")
    revoke = commands.add_parser("revoke", help="let a key in no more")
    revoke.add_argument("key", metavar="KEY", help="its id, or its name where only one has it")
    feed = commands.add_parser("feed", help="make a token for a private feed, list or revoke them")
    feed.add_argument("feed", nargs="?", metavar="FEED", help="the feed's name; without, all are listed")
    feed.add_argument("--name", default="", metavar="NAME", help="whose it is")
    feed.add_argument("--revoke", metavar="ID", help="close the token of this id")
    audit = commands.add_parser("audit", help="who did what to keys and feeds; checks the chain")
    audit.add_argument("--last", type=int, default=50, metavar="N", help="rows to show (50)")
    audit.add_argument("--json", action="store_true", help="machine readable")


def run(args: argparse.Namespace) -> int:
    """Do it; returns the exit code: 0, or 1 where the audit log doesn't hold together."""
    from duologue.store import Store

    actions = {"create": _create, "list": _list, "revoke": _revoke, "feed": _feed, "audit": _audit}
    with Store.open(args.database) as store:
        return actions[args.action](args, store)


def _create(args: argparse.Namespace, store: Store) -> int:
    from duologue.gateway import Access, Quotas

    quotas = Quotas(
        requests=args.requests_per_day,
        audio_seconds=args.audio_seconds_per_day,
        tokens=args.tokens_per_day,
        money=_money(args.money_per_day),
    )
    scopes = args.scope or ("speech", "chat", "arena")
    key = Access(store).create_key(args.name, scopes, quotas, expires=_when(args.expires), actor="cli")
    print(key)
    print(f"this is shown once; {store.place} keeps its hash", file=sys.stderr)
    return 0


def _money(text: str | None) -> Decimal | None:
    from duologue.gateway import GatewayError

    if text is None:
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        raise GatewayError(f"money per day is '{text[:40]}'; give a number such as 1.50") from None


def _when(text: str | None) -> datetime | None:
    from duologue.gateway import GatewayError

    if text is None:
        return None
    try:
        if text.endswith("d") and text[:-1].isdecimal():
            return datetime.now(UTC) + timedelta(days=int(text[:-1]))
        found = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise GatewayError(f"'{text[:40]}' is no time; give 2027-01-31, 2027-01-31T12:00 or 30d") from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found


def _number(value: Decimal | float) -> str:
    return f"{Decimal(value).normalize():f}"


def _facts(key: KeyInfo, used: Any, now: datetime) -> dict[str, Any]:
    def share(of: Any, limit: Any) -> str:
        return _number(of) if limit is None else f"{_number(of)}/{_number(limit)}"

    quotas = key.quotas
    state = "revoked" if key.revoked else "valid" if key.valid(now) else "expired"
    return {
        "id": key.id,
        "name": key.name,
        "state": state,
        "scopes": " ".join(sorted(key.scopes)),
        "created": f"{key.created:%Y-%m-%d}",
        "expires": f"{key.expires:%Y-%m-%d %H:%M}" if key.expires else "never",
        "requests": share(used.requests, quotas.requests),
        "audio s": share(round(used.audio_seconds), quotas.audio_seconds),
        "tokens": share(used.tokens, quotas.tokens),
        "money": share(used.money, quotas.money),
    }


def _list(args: argparse.Namespace, store: Store) -> int:
    from duologue.gateway import Access, Quota

    now, quota = datetime.now(UTC), Quota(store)
    rows = [_facts(key, quota.used(key.id), now) for key in Access(store).list_keys()]
    if args.json:
        print(json.dumps(rows, indent=2, ensure_ascii=False))
    elif rows:
        _print([list(rows[0]), *([str(v) for v in row.values()] for row in rows)])
    else:
        print("no keys; `duologue keys create NAME` makes one", file=sys.stderr)
    return 0


def _print(rows: list[list[str]]) -> None:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        print("  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())


def _revoke(args: argparse.Namespace, store: Store) -> int:
    from duologue.gateway import Access

    key = args.key.split("_")[1] if args.key.startswith("duo_") and args.key.count("_") >= 2 else args.key
    info = Access(store).revoke(key, actor="cli")
    print(
        f"{info.name} ({info.id}) lets nobody in any more; running servers know within 5 s", file=sys.stderr
    )
    return 0


def _feed(args: argparse.Namespace, store: Store) -> int:
    from duologue.gateway import FeedTokens

    tokens = FeedTokens(store)
    if args.revoke:
        closed = tokens.revoke(args.revoke, actor="cli")
        print(f"the token {closed.id} of '{closed.feed}' is closed", file=sys.stderr)
    elif args.feed:
        print(tokens.create(args.feed, args.name, actor="cli"))
        print("this is shown once", file=sys.stderr)
    else:
        rows = [
            [t.id, t.feed, t.name, "revoked" if t.revoked else "valid", f"{t.created:%Y-%m-%d}"]
            for t in tokens.list_tokens()
        ]
        _print([["id", "feed", "name", "state", "created"], *rows])
    return 0


def _audit(args: argparse.Namespace, store: Store) -> int:
    from duologue.gateway.audit import entries, verify

    found, broken = entries(store, max(0, args.last)), verify(store)
    if args.json:
        rows = [
            {"number": e.number, "at": e.at.isoformat(), "actor": e.actor, "action": e.action,
             "subject": e.subject, "detail": e.detail, "hash": e.hash}
            for e in found
        ]  # fmt: skip
        print(json.dumps({"entries": rows, "first_broken": broken}, indent=2, ensure_ascii=False))
    else:
        for e in reversed(found):
            print(f"{e.number:>5}  {e.at:%Y-%m-%d %H:%M:%S}  {e.actor}  {e.action}  {e.subject}  {e.detail}")
    if broken is not None:
        print(f"the log doesn't hold together from row {broken} on", file=sys.stderr)
        return 1
    print(f"all rows hold together; the head is {found[0].hash if found else 'none'}", file=sys.stderr)
    return 0
