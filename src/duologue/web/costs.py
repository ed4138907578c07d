"""The page of costs: what was asked of whom, what it cost here, what it would have cost elsewhere.

Design choices
- The ledger's own sums (`gateway.costs`); the page adds nothing up but its totals.
- All of it is links and one plot drawn by the server: a view can be bookmarked, and there is no script.
- All callers' costs are seen, so it is for keys with that scope.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any, Literal, get_args

from fastapi import APIRouter, Request, Response

from duologue.gateway.costs import By, CostLine, costs, elsewhere
from duologue.server.state import Here
from duologue.web.filters import clock, money
from duologue.web.pages import refused
from duologue.web.plot import bars
from duologue.web.templating import render
from duologue.web.visitor import Visitor

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

Measure = Literal["money", "requests", "audio", "tokens"]
SPANS = (7, 30, 90, 365)
_MEASURES: dict[str, str] = {
    "money": "Money", "requests": "Requests", "audio": "Minutes of speech", "tokens": "Tokens",
}  # fmt: skip


def _amount(line: CostLine, measure: str) -> float:
    return {
        "money": float(line.money),
        "requests": float(line.requests),
        "audio": line.audio_seconds / 60,
        "tokens": float(line.prompt_tokens + line.completion_tokens),
    }[measure]


def _since(days: int) -> datetime:
    today = datetime.now(UTC).date()
    return datetime.combine(today - timedelta(days - 1), time.min, UTC)


def _written(value: float, measure: str, currency: str) -> str:
    if measure == "money":
        return money(value, currency)
    return f"{value:,.1f}" if measure == "audio" and value < 10 else f"{value:,.0f}"


def _chosen(days: int, by: str, measure: str) -> tuple[int, By, str]:
    by_known: By = by if by in get_args(By) else "model"  # type: ignore[assignment]
    return days if days in SPANS else 30, by_known, measure if measure in _MEASURES else ""


@router.get("/costs")
async def page(
    request: Request, here: Here, who: Visitor, days: int = 30, by: str = "model", measure: str = ""
) -> Response:
    """The sums, the plot, the comparison."""
    if not (who.may("costs") or who.may("admin")):
        return refused(request, "seeing costs", "costs")
    days, grouped, measure = _chosen(days, by, measure)
    since, config = _since(days), here.gateway.config

    def read() -> tuple[list[CostLine], list[CostLine], Any]:
        if here.gateway.ledger is not None:
            here.gateway.ledger.flush(2.0)
        prices = config.partner_prices
        return (
            costs(here.store, grouped, since),
            costs(here.store, "day", since),
            elsewhere(here.store, prices, since),
        )

    lines, daily, partners = await here.bridge.run(read)
    currency = config.currency
    totals = _totals(daily)
    measure = measure or ("money" if totals["money"] else "requests")
    values = {(d.name, d.sort): _amount(d, measure) for d in daily if d.currency == currency}
    counted = measure in ("requests", "tokens")
    plot = bars(values, since.date(), datetime.now(UTC).date(), ("speech", "chat"), whole=counted)
    return render(
        request, "costs.html", here="costs", lines=lines, partners=partners, plot=plot, days=days, by=grouped,
        measure=measure, spans=SPANS, measures=_MEASURES, currency=currency, totals=totals,
        written=lambda value: _written(value, measure, currency), priced=bool(config.partner_prices),
        groupings=get_args(By),
    )  # fmt: skip


def _totals(lines: Sequence[CostLine]) -> dict[str, Any]:
    return {
        "money": sum(line.money for line in lines),
        "requests": sum(line.requests for line in lines),
        "failed": sum(line.failed for line in lines),
        "audio": clock(sum(line.audio_seconds for line in lines)),
        "tokens": sum(line.prompt_tokens + line.completion_tokens for line in lines),
        "compute": sum(line.compute_seconds for line in lines),
    }


@router.get("/costs.csv")
async def table(request: Request, here: Here, who: Visitor, days: int = 30, by: str = "model") -> Response:
    """The sums as CSV."""
    if not (who.may("costs") or who.may("admin")):
        return refused(request, "seeing costs", "costs")
    days, grouped, _ = _chosen(days, by, "")
    lines = await here.bridge.run(lambda: costs(here.store, grouped, _since(days)))
    out = io.StringIO()
    made = csv.writer(out, lineterminator="\r\n")
    names = (
        "sort", "requests", "failed", "prompt_tokens", "completion_tokens", "cached_tokens", "characters",
        "audio_seconds", "compute_seconds", "money", "currency",
    )  # fmt: skip
    made.writerow([grouped, *names])
    for line in lines:
        made.writerow([_cell(line.name), *(getattr(line, name) for name in names)])
    name = f"costs-by-{grouped}-{days}-days.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(out.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def _cell(text: str) -> str:
    """A name that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
