"""The books: what a request takes when it begins and leaves when it ends. Quota, budget, ledger, log, memory.

Design choices
- Everything that has to be told of a request is told here, once, whether it was served, broke or failed.
- The log line is structured: its fields are in `record.request`, a mapping, for whoever formats logs as JSON.
- The words of the latest answers are remembered in this process only, a bounded number of them, so that
  feedback can be kept with what it is about; they go nowhere else.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from duologue.gateway.budget import Budget
from duologue.gateway.caller import Caller
from duologue.gateway.config import Config, Sort
from duologue.gateway.errors import GatewayError
from duologue.gateway.ledger import Ledger
from duologue.gateway.prices import Amounts
from duologue.gateway.quota import Hold, Quota
from duologue.gateway.requests import ChatRequest, SpeechRequest
from duologue.gateway.served import Served
from duologue.store.errors import StoreError
from duologue.store.store import Store

__all__ = ["Books", "Entry"]

_LOG = logging.getLogger("duologue.gateway.requests")
logging.getLogger("duologue").addHandler(logging.NullHandler())  # silent unless somebody listens
_LONGEST_CONTENT = 20_000
"""Characters of an answer that are remembered."""


@dataclass(kw_only=True, slots=True)
class Entry:
    """A request under way, for the books."""

    id: str
    sort: Sort
    request: ChatRequest | SpeechRequest
    caller: Caller
    created: datetime
    begun: float
    estimate: Decimal = Decimal(0)
    hold: Hold | None = None


class Books:
    """Keeps account of the requests of one gateway."""

    def __init__(self, config: Config, store: Store | None) -> None:
        self._config = config
        self.ledger = Ledger(store) if store is not None else None
        self._quota = Quota(store) if store is not None else None
        self.budget = Budget(config.money_per_day, store)
        self._lock = threading.Lock()
        self._contents: OrderedDict[str, dict[str, Any]] = OrderedDict()

    def begin(self, entry: Entry, estimate: Amounts, money: Decimal) -> None:
        """Take what is estimated from quota and budget.

        Raises GatewayError 429 where it doesn't fit, 503 where the database can't say whether it does: a
        limit that can't be checked is not passed.
        """
        self.budget.take(money)
        entry.estimate = money
        if self._quota is not None:
            try:
                entry.hold = self._take(self._quota, entry.caller, estimate, money)
            except StoreError as error:
                raise GatewayError(
                    f"the key's quota can't be checked: the database is {error.kind}",
                    status=503,
                    code="store_unavailable",
                    retry_after=1.0 if error.passing else None,
                ) from error

    def _take(self, quota: Quota, caller: Caller, estimate: Amounts, money: Decimal) -> Hold | None:
        try:
            return quota.take(caller, estimate, money)
        except GatewayError:
            # Perhaps only because what ended a moment ago still stands at its estimate.
            if self.ledger is None or not self.ledger.corrects(caller.key_id) or not self.ledger.flush(1.0):
                raise
        return quota.take(caller, estimate, money)

    def end(self, entry: Entry, served: Served[Any], fault: GatewayError | None) -> None:
        """It was served, wholly or in part."""
        charge, choice = served.charge, served.choice
        self.budget.put_right(entry.estimate, charge.money)
        self._remember(entry, served)
        row = self._row(entry) | {
            "served_by": choice.deployment,
            "kind": choice.kind,
            "model": choice.model,
            "reason": choice.reason,
            "tried": list(choice.tried),
            "state": served.state,
            "error": str(fault or ""),
            "prompt_tokens": charge.prompt_tokens,
            "completion_tokens": charge.completion_tokens,
            "cached_tokens": charge.cached_tokens,
            "characters": charge.characters,
            "audio_ms": round(charge.audio_seconds * 1000),
            "seconds": charge.seconds,
            "compute_seconds": charge.compute_seconds,
            "first_seconds": charge.first_seconds,
            "money": charge.money,
            "estimated": charge.estimated,
        }
        self._tell(row, entry, served.amounts, charge.money)

    def fail(self, entry: Entry, error: GatewayError, tried: list[str]) -> None:
        """Nobody served it."""
        self.budget.put_right(entry.estimate, Decimal(0))
        row = self._row(entry) | {
            "tried": list(tried),
            "state": "cancelled" if error.code == "cancelled" else "failed",
            "error": str(error),
            "seconds": time.perf_counter() - entry.begun,
        }
        self._tell(row, entry, Amounts(), Decimal(0))

    def _row(self, entry: Entry) -> dict[str, Any]:
        return {
            "id": entry.id,
            "created": entry.created,
            "key_id": entry.caller.key_id,
            "caller": entry.caller.name[:200],
            "sort": entry.sort,
            "task": entry.request.task[:100],
            "asked": entry.request.model[:200],
            "served_by": "",
            "kind": "",
            "model": "",
            "reason": "",
            "currency": self._config.currency,
            "first_seconds": None,
        }

    def _tell(self, row: dict[str, Any], entry: Entry, amounts: Amounts, money: Decimal) -> None:
        level = logging.INFO if row["state"] in ("done", "cancelled") else logging.WARNING
        if _LOG.isEnabledFor(level):
            fields = {k: str(v) if isinstance(v, (Decimal, datetime)) else v for k, v in row.items()}
            _LOG.log(
                level, "%s %s by %s: %s", row["sort"], row["state"], row["served_by"] or "nobody",
                row["error"] or row["reason"], extra={"request": fields},
            )  # fmt: skip
        if self.ledger is not None:
            self.ledger.write(row, entry.hold.correction(amounts, money) if entry.hold else None)

    def _remember(self, entry: Entry, served: Served[Any]) -> None:
        if not self._config.keep_content:
            return
        request = entry.request
        asked = asdict(request)
        asked["lexicon" if isinstance(request, SpeechRequest) else "messages"] = (
            dict(request.lexicon) if isinstance(request, SpeechRequest) else list(request.messages)
        )
        content: dict[str, Any] = {"request": asked, "answer": "".join(served.texts)[:_LONGEST_CONTENT]}
        content |= {"deployment": served.choice.deployment, "model": served.choice.model}
        content["key_id"] = entry.caller.key_id
        with self._lock:
            self._contents[entry.id] = content
            while len(self._contents) > self._config.keep_content:
                self._contents.popitem(last=False)

    def content(self, request_id: str) -> dict[str, Any] | None:
        """What was asked and answered, where this process remembers it."""
        with self._lock:
            return self._contents.get(request_id)

    def close(self) -> None:
        """Write what is left."""
        if self.ledger is not None:
            self.ledger.close()
