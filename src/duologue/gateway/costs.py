"""What it all cost: the ledger summed by model, key, day or task, and at other people's prices.

Design choices
- The database adds, in whole numbers; no row is fetched.
- Sums are kept apart by currency: an owner who changed it must not read apples and pears.
- At partner prices: prices are linear in the amounts, so the sum of all work is priced once. A list of token
  prices is for what was written, one of characters or minutes for what was spoken.
- Failed requests are counted and cost nothing; what broke off or was cancelled costs what was sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import Select, SQLColumnExpression, case, func, select

from duologue.gateway.config import Sort
from duologue.gateway.errors import GatewayError
from duologue.gateway.prices import Amounts, Prices
from duologue.gateway.tables import KeyRow, RequestRow
from duologue.store.base import Money
from duologue.store.store import Store

__all__ = ["By", "CostLine", "Elsewhere", "costs", "elsewhere"]

By = Literal["model", "key", "day", "task"]


@dataclass(frozen=True, kw_only=True, slots=True)
class CostLine:
    """A sum. name: the deployment, the key's name, the day (UTC), the task, or "" for all. failed: of the
    requests, those that nobody served."""

    name: str
    sort: str
    currency: str
    requests: int
    failed: int
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int
    characters: int
    audio_seconds: float
    compute_seconds: float
    money: Decimal

    @property
    def amounts(self) -> Amounts:
        """As prices take them."""
        return Amounts(
            prompt_tokens=self.prompt_tokens, completion_tokens=self.completion_tokens,
            cached_tokens=self.cached_tokens, characters=self.characters,
            audio_seconds=self.audio_seconds, compute_seconds=self.compute_seconds,
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Elsewhere:
    """The same work at another's prices. money: there; here: what it cost us, in our currency."""

    partner: str
    sort: Sort
    money: Decimal
    here: Decimal
    requests: int


def costs(
    store: Store, by: By = "model", since: datetime | None = None, until: datetime | None = None
) -> list[CostLine]:
    """The sums since and before some times, the dearest first; days in their order.

    Raises GatewayError for an unknown `by`.
    """
    names: dict[str, SQLColumnExpression[Any]] = {
        "model": RequestRow.served_by,
        "key": func.coalesce(KeyRow.name, RequestRow.caller),
        "day": func.date(RequestRow.created),
        "task": RequestRow.task,
    }
    if by not in names:
        raise GatewayError(f"there is no sum by '{by}'; there are {', '.join(names)}", param="by")
    lines = _lines(store, names[by], since, until)
    if by == "day":
        return sorted(lines, key=lambda line: (line.name, line.sort))
    return sorted(lines, key=lambda line: (-line.money, -line.requests, line.name))


def elsewhere(
    store: Store,
    prices: Mapping[str, Prices],
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[Elsewhere]:
    """What the work that was served would have cost at each of these prices, the cheapest first."""
    made = []
    for line in _lines(store, None, since, until):
        served = line.requests - line.failed
        for partner, listed in prices.items():
            if not _prices_sort(listed, line.sort) or not served:
                continue
            money = Prices.of(listed, line.amounts) + listed.request * (served - 1)
            sort: Sort = "speech" if line.sort == "speech" else "chat"
            made.append(Elsewhere(partner=partner, sort=sort, money=money, here=line.money, requests=served))
    return sorted(made, key=lambda e: (e.sort, e.money))


def _prices_sort(prices: Prices, sort: str) -> bool:
    if sort == "speech":
        return bool(prices.characters or prices.audio_minute)
    return bool(prices.input or prices.output)


def _lines(
    store: Store, name: SQLColumnExpression[Any] | None, since: datetime | None, until: datetime | None
) -> list[CostLine]:
    row = RequestRow
    keys: list[Any] = [row.sort, row.currency, *([] if name is None else [name])]
    money = func.coalesce(func.sum(row.money, type_=Money()), 0, type_=Money())
    query: Select[Any] = select(
        *keys,
        func.count(),
        func.sum(case((row.state == "failed", 1), else_=0)),
        *(
            func.sum(column)
            for column in (
                row.prompt_tokens, row.completion_tokens, row.cached_tokens, row.characters, row.audio_ms,
                row.compute_seconds,
            )
        ),
        money,
    ).outerjoin(KeyRow, KeyRow.id == row.key_id)  # fmt: skip
    if since is not None:
        query = query.where(row.created >= since)
    if until is not None:
        query = query.where(row.created < until)
    with store.reading() as session:
        rows = session.execute(query.group_by(*keys)).all()
    made = []
    for found in rows:
        sort, currency, *rest = found
        label = str(rest.pop(0) or "nobody") if name is not None else ""
        count, failed, prompt, completion, cached, characters, audio_ms, compute, total = rest
        made.append(
            CostLine(
                name=label, sort=sort, currency=currency, requests=int(count), failed=int(failed),
                prompt_tokens=int(prompt), completion_tokens=int(completion), cached_tokens=int(cached),
                characters=int(characters), audio_seconds=int(audio_ms) / 1000,
                compute_seconds=float(compute), money=total,
            )
        )  # fmt: skip
    return made
