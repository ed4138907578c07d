"""Battles from their beginning to the vote: who meets, what they answer, whether it counts.

    battles = Battles(store, roster, shelf, standing=...)
    battle = battles.begin("text", "Write a haiku.", owner=hash)
    for heard in battles.answer(battle, players): ...        # both sides as they come
    battle = battles.get(battle.id, owner)                   # complete, with a leak if there was one

Design choices
- The store holds every battle; an object of this class holds nothing that another process would miss.
- What the contestants are is drawn when the first prompt is there, since some take part in some tasks only.
- An answer is kept when both sides are complete, in one commit; a broken one leaves the battle as it was.
- Leaks are looked for when a turn is complete, in all that a side has said so far.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError

from duologue.arena import categories
from duologue.arena.ballot import Ballot, Cast
from duologue.arena.battle import CHOICES, MOST_TURNS, Battle, Mode, Turn, may_have_heard, obstacle
from duologue.arena.battletable import BattleRow
from duologue.arena.clips import Shelf, matched
from duologue.arena.contestants import Contestant, Kind, Roster
from duologue.arena.covariates import measure_text
from duologue.arena.duet import SIDES, Duet, Heard, Side, Stream
from duologue.arena.errors import ArenaError
from duologue.arena.leaks import leak
from duologue.arena.matchmaking import Met, Pairing, draw
from duologue.arena.players import Players
from duologue.store.ulid import new_ulid

if TYPE_CHECKING:
    from duologue.store.store import Store

__all__ = ["MOST_PROMPT", "MOST_SPOKEN", "Answering", "Battles", "Standing", "new_battle", "now"]

MOST_PROMPT, MOST_SPOKEN = 8_000, 600
"""Characters of a prompt, and of a text that is spoken twice and must be heard twice."""

Standing = Callable[[Kind], tuple[Mapping[tuple[str, str], Met], Mapping[str, float]]]
"""What is known of the pairs of a kind, and the ratings: from the votes."""


def now() -> datetime:
    """The time, UTC."""
    return datetime.now(UTC)


def _prompt(text: str, kind: Kind) -> str:
    """The prompt as it is used. Raises ArenaError for an empty or a too long one."""
    text = text.replace("\x00", "").strip()
    most = MOST_PROMPT if kind == "text" else MOST_SPOKEN
    if not text or (kind == "speech" and not any(c.isalnum() for c in text)):
        raise ArenaError(
            "there is nothing to answer; write a prompt" if kind == "text" else "there is nothing to say"
        )
    if len(text) > most:
        raise ArenaError(f"{len(text)} characters are too many for a battle; give at most {most}")
    return text


def new_battle(kind: Kind, prompt: str, left: str, right: str, *, owner: str, mode: Mode = "blind") -> Battle:
    """A battle that begins now. Raises ArenaError for a prompt that can't be taken."""
    prompt = _prompt(prompt, kind)
    return Battle(
        id=new_ulid(),
        created=now(),
        owner=owner,
        mode=mode,
        kind=kind,
        task=categories.text_task(prompt) if kind == "text" else categories.speech_task(prompt),
        language=categories.language(prompt),
        length=categories.length(prompt),
        left=left,
        right=right,
        prompt=prompt,
    )


class Battles:
    """The battles of a store. Raises ArenaError for what can't be done, StoreError where the store can't."""

    def __init__(
        self,
        store: Store,
        roster: Roster,
        shelf: Shelf,
        *,
        standing: Standing | None = None,
        pairing: Pairing | None = None,
        source: random.Random | None = None,
    ) -> None:
        self._store, self.roster, self._shelf = store, roster, shelf
        self._ballot = Ballot(store)
        self._standing = standing or (lambda kind: ({}, {}))
        self._pairing, self._source = pairing or Pairing(), source or random.SystemRandom()

    def begin(
        self, kind: Kind, prompt: str, *, owner: str, mode: Mode = "blind", left: str = "", right: str = ""
    ) -> Battle:
        """A new battle, kept. left, right: contestants by name where they aren't to be drawn."""
        battle = new_battle(kind, prompt, left, right, owner=owner, mode=mode)
        if left or right:
            for name in (left, right):
                if self.roster.find(name).kind != kind:
                    raise ArenaError(f"'{name}' doesn't do {kind}")
            if left == right:
                raise ArenaError(f"'{left}' can't meet itself; give two contestants")
        else:
            names = [c.name for c in self.roster.active(kind, battle.task)]
            met, ratings = self._standing(kind)
            left, right = draw(names, met, ratings, self._pairing, self._source)
            battle = replace(battle, left=left, right=right)
        with self._store.session() as session:
            session.add(BattleRow.of(battle))
        return battle

    def get(self, id: str, owner: str) -> Battle | None:
        """A battle of this owner; None where there is none."""
        with self._store.reading() as session:
            row = session.get(BattleRow, id)
            return row.battle() if row is not None and row.owner == owner else None

    def contestant(self, battle: Battle, side: Side) -> Contestant:
        """Who is on this side. Raises ArenaError for one that the configuration no longer has."""
        return self.roster.find(battle.contestant(side))

    # Text

    def answer(self, battle: Battle, players: Players, prompt: str = "") -> Answering:
        """The next turn of a battle of texts; the first one's prompt is the battle's."""
        if battle.kind != "text":
            raise ArenaError("this battle is of speech; there is nothing to write")
        if battle.winner:
            raise ArenaError("this battle has been voted on; begin another one")
        if len(battle.turns) >= MOST_TURNS:
            raise ArenaError(f"a battle has at most {MOST_TURNS} turns; vote, or begin another one")
        prompt = battle.prompt if not battle.turns else _prompt(prompt, "text")
        return Answering(self, battle, players, prompt)

    def keep(self, battle: Battle, turn: Turn) -> Battle:
        """Write a complete turn. Raises ArenaError where another one came in between."""
        turns = (*battle.turns, turn)
        asked = "\n".join(t.prompt for t in turns)
        found = ""
        for side in SIDES:
            who = self.contestant(battle, side)
            said = "\n".join(t.answer(side) for t in turns)
            why = leak(said, who.name, who.aliases, asked)
            found = found or (f"{side} {why}"[:200] if why else "")
        with self._store.session() as session:
            row = session.get(BattleRow, battle.id)
            if row is None or len(row.turns) != len(battle.turns) or row.winner:
                raise ArenaError("another turn of this battle, or its vote, came in between")
            row.turns = [{"prompt": t.prompt, "left": t.left, "right": t.right} for t in turns]
            row.ready, row.leak = now(), found
            return row.battle()

    # Speech

    def sound(self, battle: Battle, players: Players) -> Battle:
        """Have both say it, and put the clips on the shelf; the first of the two is drawn, so that load tells
        nothing."""
        if battle.kind != "speech":
            raise ArenaError("this battle is of texts; there is nothing to hear")
        seed = self._source.randrange(1 << 31)
        order = list(SIDES) if self._source.random() < 0.5 else list(SIDES[::-1])
        said = {s: players.speak(self.contestant(battle, s), battle.prompt, seed=seed) for s in order}
        left, right = matched([said["left"], said["right"]])
        for side, clip in zip(SIDES, (left, right), strict=True):
            self._shelf.put(battle.id, side, clip)
        with self._store.session() as session:
            row = session.get_one(BattleRow, battle.id)
            row.turns = [{"prompt": battle.prompt, "left": "", "right": ""}]
            row.left_seconds, row.right_seconds = left.seconds, right.seconds
            row.left_loudness, row.right_loudness = left.loudness, right.loudness
            row.ready = now()
            return row.battle()

    def clip(self, battle: Battle, side: Side) -> bytes:
        """A clip as WAV; notes when it was first asked for."""
        data = self._shelf.get(battle.id, side)
        if side not in battle.fetched:
            with self._store.session() as session:
                setattr(session.get_one(BattleRow, battle.id), f"{side}_fetched", now())
        return data

    def hear(self, battle: Battle, side: Side) -> Battle:
        """Note that a clip has been heard to its end. Raises ArenaError where that can't be."""
        at = now()
        if not may_have_heard(battle, side, at):
            raise ArenaError(f"the {side} clip lasts longer than that; hear it to the end")
        with self._store.session() as session:
            row = session.get_one(BattleRow, battle.id)
            if side not in battle.heard:
                setattr(row, f"{side}_heard", at)
            return row.battle()

    # The vote

    def vote(
        self,
        battle: Battle,
        choice: str,
        *,
        address: str = "",
        consent: bool = False,
        check: Callable[[Cast], None] | None = None,
    ) -> Battle:
        """Take the vote: it is on the disk when this returns. choice: left, right, tie or both_bad.

        A leaked battle gets its winner and no vote. address: a hash. check: called with the vote before it is
        cast, raises what must stop it. Raises ArenaError where a vote can't be taken, or was taken already.
        """
        if choice not in CHOICES:
            raise ArenaError(f"'{choice[:40]}' is no choice; give {', '.join(CHOICES)}")
        at = now()
        why = obstacle(battle, at)
        if why:
            raise ArenaError(why)
        vote = _cast(battle, choice, at, address, consent)
        if check is not None and not battle.leak:
            check(vote)
        try:
            with self._store.session() as session:
                row = session.get_one(BattleRow, battle.id)
                if row.winner:
                    raise ArenaError("this battle has been voted on; begin another one")
                row.winner = vote.winner
                if not row.leak:
                    self._ballot.append(session, [vote])
                return row.battle()
        except IntegrityError:
            raise ArenaError("this battle has been voted on; begin another one") from None


def _cast(battle: Battle, choice: str, now: datetime, address: str, consent: bool) -> Cast:
    """The vote with all that is known of its battle."""
    style: dict[str, tuple[float | None, float | None]] = {}
    if battle.kind == "text":
        left, right = (measure_text("\n\n".join(t.answer(s) for t in battle.turns)) for s in SIDES)
        style = {name: (left[name], right[name]) for name in left}
    elif battle.seconds and battle.loudness:
        style = {"duration": battle.seconds, "loudness": battle.loudness}
    return Cast(
        model_a=battle.left,
        model_b=battle.right,
        winner=CHOICES[choice],
        battle=battle.id,
        at=now,
        voter=battle.owner,
        address=address,
        prompt=hashlib.sha256(" ".join(battle.prompt.casefold().split()).encode()).hexdigest(),
        seconds=(now - battle.ready).total_seconds() if battle.ready else None,
        kind=battle.kind,
        task=battle.task,
        language=battle.language,
        length=battle.length,
        consent=consent,
        style=style,
    )


class Answering:
    """Both answers on their way: iterate once for the pieces; the turn is kept with the last one.

    `cancel` ends it from any thread; `close` does after the iteration; `charge` is none: the gateway has it.
    """

    charge = None

    def __init__(self, battles: Battles, battle: Battle, players: Players, prompt: str) -> None:
        self.battle = battle
        self._battles, self._prompt = battles, prompt

        def stream(side: Side, seed: int) -> Stream:
            def begin() -> tuple[Iterator[str], Callable[[], None]]:
                who = battles.contestant(battle, side)
                messages = battle.messages(side, who.system, prompt)
                return players.write(who, messages, seed=seed, task=battle.task)

            return begin

        # One seed for both: two settings of one model then differ by their settings, not by luck.
        seed = random.SystemRandom().randrange(1 << 31)
        self._duet = Duet(stream("left", seed), stream("right", seed))

    def __iter__(self) -> Iterator[Heard]:
        said = {"left": "", "right": ""}
        failed = ""
        for heard in self._duet:
            said[heard.side] += heard.text
            failed = failed or heard.failed
            yield heard
        if failed or not all(text.strip() for text in said.values()):
            raise ArenaError("one of the two couldn't answer; try again, or begin another battle")
        turn = Turn(self._prompt, said["left"].strip(), said["right"].strip())
        self.battle = self._battles.keep(self.battle, turn)

    def cancel(self) -> None:
        """End both sides."""
        self._duet.cancel()

    def close(self) -> None:
        """The same; nothing happens the second time."""
        self._duet.cancel()
