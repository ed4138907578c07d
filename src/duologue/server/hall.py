"""The arena of a server: its contestants, battles, boards and judges, made when first asked for.

Design choices
- Contestants are those of the gateway and of the [arena] table when the server started.
- A voter is a key, or a browser by a random cookie; the arena sees a hash of either. Addresses are hashed
  with a secret that lies beside the database and leaves it never.
- After votes the boards are made anew, judges are heard and the gateway is told, a moment later
  (`Refresher`).
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import math
import os
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from duologue.arena.applying import LEAST, apply
from duologue.arena.ballot import Ballot, Cast
from duologue.arena.ballottable import VoteRow
from duologue.arena.battle import Battle
from duologue.arena.battles import Battles
from duologue.arena.battletable import BattleRow
from duologue.arena.board import Boards, View
from duologue.arena.clips import Shelf
from duologue.arena.contestants import KINDS, Kind, Roster, roster
from duologue.arena.duet import Side
from duologue.arena.errors import ArenaError
from duologue.arena.integrity.examine import Checks
from duologue.arena.integrity.limits import Limits, wait
from duologue.arena.jury import Jury
from duologue.arena.matchmaking import Pairing
from duologue.arena.preferences import battle_words
from duologue.arena.quarantine import Case, Quarantine
from duologue.arena.refreshing import Refresher
from duologue.gateway.errors import GatewayError

if TYPE_CHECKING:
    from duologue.gateway import Gateway
    from duologue.gateway.caller import Caller
    from duologue.store import Store

__all__ = ["Hall", "roster_of", "voter_of"]

_SETTINGS = ("contestants", "retired", "only", "judges", "pairing", "anchor", "least_votes", "limits")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Deployed:
    """A deployment with the names of its voices."""

    name: str
    model: str
    speaks: bool
    writes: bool
    voices: tuple[str, ...]


def roster_of(gateway: Gateway, table: Mapping[str, Any]) -> Roster:
    """The contestants of a gateway. Loads the in-house voice for its names. Raises ArenaError for a bad
    table."""
    unknown = sorted(set(table) - set(_SETTINGS))
    if unknown:
        raise ArenaError(f"arena.{unknown[0]} is unknown; there are {', '.join(_SETTINGS)}")
    voices: dict[str, list[str]] = {}
    for voice in gateway.voices():
        voices.setdefault(voice.deployment, []).append(voice.name)
    found = [
        _Deployed(
            name=d.name, model=d.model, speaks=d.speaks, writes=d.writes, voices=tuple(voices.get(d.name, ()))
        )
        for d in gateway.deployments()
    ]
    return roster(found, table)


def voter_of(caller: Caller, cookie: str) -> str:
    """The hash by which a voter is known: of the key, or of the browser's cookie."""
    who = f"key:{caller.key_id}" if caller.key_id else f"browser:{cookie}"
    return hashlib.sha256(who.encode()).hexdigest()


def _secret(folder: Path) -> bytes:
    """The secret that addresses are hashed with, made at the first start."""
    path = folder / "secret"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(32))
    return path.read_bytes()


class Hall:
    """One server's arena; `folder` is where its clips lie. Raises ArenaError for a bad [arena] table."""

    def __init__(self, store: Store, gateway: Gateway, folder: Path) -> None:
        table = gateway.config.arena
        self._gateway, self._store = gateway, store
        self.roster = roster_of(gateway, table)
        self.ballot = Ballot(store)
        self.boards = Boards(self.ballot, _anchor(table.get("anchor")))
        self.shelf = Shelf(folder / "clips")
        pairing = table.get("pairing", {})
        try:
            self.battles = Battles(
                store, self.roster, self.shelf, standing=self.boards.standing, pairing=Pairing(**pairing)
            )
        except TypeError:
            raise ArenaError("arena.pairing takes settled, newcomers and even") from None
        self.jury = Jury(store, self.shelf, tuple(table.get("judges", ("checks",))))
        self._least = int(table.get("least_votes", LEAST))
        self._limits = _limits(table.get("limits", {}))
        self.quarantine, self.words = Quarantine(store), battle_words(store)
        self._examine_from = 0.0
        self._secret = _secret(folder)
        self._refresher = Refresher(self._refresh)
        self.shelf.tidy()

    def address(self, plain: str) -> str:
        """A hash of a network address, of which nobody gets the address back."""
        return hmac.new(self._secret, plain.encode(), hashlib.sha256).hexdigest() if plain else ""

    def vote(self, battle: Battle, choice: str, *, address: str, consent: bool) -> Battle:
        """Take a vote, and have follow what follows it. Raises ArenaError where it can't be taken."""
        told = self.battles.vote(battle, choice, address=address, consent=consent, check=self._door)
        self._refresher.notify()
        return told

    def _door(self, vote: Cast) -> None:
        """Raises GatewayError 429 for a voter or an address that has voted enough for now."""
        at = vote.at or datetime.now(UTC)
        since = min(at - timedelta(seconds=self._limits.window), at.replace(hour=0, minute=0, second=0))
        for address, column, value in (
            (False, VoteRow.voter, vote.voter),
            (True, VoteRow.address, vote.address),
        ):
            if not value:
                continue
            with self._store.reading() as session:
                times = session.scalars(select(VoteRow.at).where(column == value, VoteRow.at >= since)).all()
            left = wait([t.timestamp() for t in times], at.timestamp(), self._limits, address=address)
            if left > 0:
                when = "tomorrow (UTC)" if left > 3600 else f"in {math.ceil(left)} seconds"
                raise GatewayError(
                    f"that is as many votes as one may cast for now; go on {when}",
                    status=429,
                    code="rate_limit_exceeded",
                    retry_after=left,
                )

    def fact(self, battle: Battle, side: Side) -> str:
        """What is said of a contestant with its name: rating and rank as of the last board."""
        board = self.boards.latest(View(kind=battle.kind))
        name = battle.contestant(side)
        for standing in board.leaderboard.contestants if board is not None else ():
            if standing.name == name and standing.rank is not None:
                return f"rating {standing.rating:.0f}, rank {standing.rank}, {standing.battles} battles"
        return "no rank yet"

    def retired(self) -> frozenset[str]:
        """Who stands in the tables and meets nobody any more: retired by name, or no longer configured."""
        with self._store.reading() as session:
            voted = set(session.scalars(select(VoteRow.model_a).distinct()))
            voted |= set(session.scalars(select(VoteRow.model_b).distinct()))
        return frozenset(n for n in voted if n not in self.roster.contestants) | self.roster.retired

    def languages(self, kind: Kind) -> list[str]:
        """The languages that there are votes in."""
        with self._store.reading() as session:
            found = session.scalars(select(VoteRow.language).where(VoteRow.kind == kind).distinct())
            return sorted(language for language in found if language)

    def counts(self) -> dict[str, int]:
        """How many battles and votes there are, how many of them leaked, are held, count."""
        with self._store.reading() as session:
            battles = session.scalar(select(func.count()).where(BattleRow.mode == "blind")) or 0
            leaked = (
                session.scalar(select(func.count()).where(BattleRow.leak != "", BattleRow.winner != "")) or 0
            )
        return {
            "battles": battles,
            "votes": self.ballot.head().number,
            "leaked": leaked,
            "held": self.ballot.held(),
        }

    def refreshed(self) -> int:
        """How often that has been done."""
        return self._refresher.done

    def _refresh(self) -> None:
        self._examine()
        for kind in KINDS:
            self.boards.of(View(kind=kind))
            for battle in self.jury.pending(kind, most=50):
                self.jury.hear(battle)
        apply(self.boards, self.roster, self._gateway, self._least)
        self.shelf.tidy()

    def examine(self) -> list[Case]:
        """Run the checks over the votes of each kind; returns what is new."""
        checks = Checks(limits=self._limits)
        return [case for kind in KINDS for case in self.quarantine.examine(checks, kind=kind)]

    def _examine(self) -> None:
        """Run the checks, with a twentieth of the time at most: they look at all votes."""
        begun = time.monotonic()
        if begun < self._examine_from:
            return
        self.examine()
        self._examine_from = time.monotonic() + 20 * (time.monotonic() - begun)

    def close(self) -> None:
        """Wait for what is under way."""
        self._refresher.close()


def _limits(given: Any) -> Limits:
    """The table of limits: voter_day, voter_window, address_day, address_window, window."""
    try:
        return Limits(**given)
    except TypeError:
        raise ArenaError(
            "arena.limits takes voter_day, voter_window, address_day, address_window and window"
        ) from None


def _anchor(given: Any) -> tuple[str, float] | None:
    """{name = "...", rating = 1000} of the table."""
    if given is None:
        return None
    if not isinstance(given, Mapping) or not isinstance(given.get("name"), str):
        raise ArenaError('arena.anchor is no anchor; give { name = "...", rating = 1000 }')
    return given["name"], float(given.get("rating", 1000.0))
