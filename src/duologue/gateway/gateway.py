"""The gateway: one door to all models.

    gateway = Gateway.open(store=Store.open())
    with gateway.speak(SpeechRequest(text="Hello."), caller=Caller.local()) as served:
        for piece in served: ...
    served.charge.money

Design choices
- `chat` and `speak` return when the first piece is there or nobody can serve; until then a request may be
  tried again and elsewhere, after that never: two halves of different answers are no answer.
- What is the caller's fault (4xx) ends it at once; what is a deployment's sends it on: a retry within the
  deployment, then the next of the policy's order.
- Without a store nothing is recorded, there are no keys, and no quotas.
- All that a request did is one row of the ledger and one structured log line, its reason included.
"""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from duologue.gateway.attempt import Begun, attempt
from duologue.gateway.backends.making import make_backend
from duologue.gateway.books import Books, Entry
from duologue.gateway.caller import Caller
from duologue.gateway.catalogue import (
    DeploymentInfo,
    VoiceListing,
    check,
    deployment_info,
    model_name,
    voices_of,
)
from duologue.gateway.config import Config, DeploymentConfig, Sort, default
from duologue.gateway.deployment import Deployment
from duologue.gateway.errors import GatewayError
from duologue.gateway.estimates import answer_estimate, prompt_amounts
from duologue.gateway.feedback import Feedback
from duologue.gateway.ledger import Ledger
from duologue.gateway.policy import Candidate, Known, Policy
from duologue.gateway.protocol import Backend, Cancel
from duologue.gateway.qualities import Qualities
from duologue.gateway.requests import ChatPiece, ChatRequest, SpeechPiece, SpeechRequest
from duologue.gateway.served import Choice, Served
from duologue.gateway.studio import GatewaySpeaker, GatewayWriter
from duologue.store.store import Store
from duologue.store.ulid import new_ulid

__all__ = ["Gateway"]


class Gateway:
    """All deployments of a configuration. Made by `Gateway.open`; a context manager, or `close` it."""

    def __init__(
        self,
        config: Config,
        store: Store | None = None,
        make: Callable[[DeploymentConfig], Backend] = make_backend,
    ) -> None:
        self.config = config
        self.store = store
        self.books = Books(config, store)
        self.qualities = Qualities(config, store)
        self._deployments = {name: Deployment(d, make) for name, d in config.deployments.items()}
        self._policy = Policy(config)
        self._running: weakref.WeakSet[Served[Any]] = weakref.WeakSet()

    @classmethod
    def open(cls, config: Config | Path | str | None = None, store: Store | None = None) -> Gateway:
        """The gateway of a TOML file or a configuration; of the two in-house models without.

        Raises GatewayError for a configuration that isn't one, saying which key of it and what would be
        right.
        """
        if isinstance(config, (str, Path)):
            from duologue.gateway.toml import load

            return cls(load(Path(config)), store)
        return cls(default() if config is None else config, store)

    def chat(
        self, request: ChatRequest, caller: Caller | None = None, cancel: Cancel | None = None
    ) -> Served[ChatPiece]:
        """An answer to a conversation, once its first piece is there. Blocks.

        cancel: what may stop it before that. Raises GatewayError where it can't be served.
        """
        served: Served[ChatPiece] = self._serve("chat", request, caller or Caller.local(), cancel)
        return served

    def speak(
        self, request: SpeechRequest, caller: Caller | None = None, cancel: Cancel | None = None
    ) -> Served[SpeechPiece]:
        """A text as speech, once its first piece is there; otherwise as `chat`."""
        served: Served[SpeechPiece] = self._serve("speech", request, caller or Caller.local(), cancel)
        return served

    def _serve(self, sort: Sort, request: Any, caller: Caller, cancel: Cancel | None) -> Served[Any]:
        cancel = Cancel() if cancel is None else cancel  # one that isn't set is false
        entry = Entry(
            id=new_ulid(), sort=sort, request=request, caller=caller, created=datetime.now(UTC),
            begun=time.perf_counter(),
        )  # fmt: skip
        tried: list[str] = []
        try:
            if not caller.may(sort):
                raise GatewayError(f"this key isn't for {sort}", status=403, code="permission_denied")
            candidates = self._order(entry.id, sort, request)
            self.books.begin(entry, answer_estimate(request), candidates[0].known.cost)
            return self._first_of(candidates, entry, cancel, tried)
        except GatewayError as error:
            self.books.fail(entry, error, tried)
            raise
        except BaseException as error:  # a fault of ours; what was taken is given back all the same
            fault = GatewayError(f"{type(error).__name__}: {error}", status=500, code="internal_error")
            self.books.fail(entry, fault, tried)
            raise

    def _first_of(
        self, candidates: list[Candidate], entry: Entry, cancel: Cancel, tried: list[str]
    ) -> Served[Any]:
        """The answer of the first candidate that begins one."""
        errors: list[GatewayError] = []
        for candidate in candidates:
            deployment = self._deployments[candidate.deployment]
            begun = attempt(deployment, entry.request, cancel)
            if not isinstance(begun, Begun):
                errors.append(begun)
                tried.append(f"{deployment.name}: {begun}")
                continue
            choice = Choice(
                deployment=deployment.name,
                model=deployment.config.model,
                kind=deployment.config.kind,
                reason=candidate.reason,
                tried=tuple(tried),
            )
            served: Served[Any] = Served(
                id=entry.id,
                choice=choice,
                deployment=deployment,
                begun=entry.begun,
                start=begun,
                cancel=cancel,
                sent=prompt_amounts(entry.request),
                currency=self.config.currency,
                settle=self._settled(entry, deployment),
            )
            deployment.served(entry.sort, served.charge.first_seconds)
            self._running.add(served)
            return served
        raise _nobody(errors, tried)

    def _settled(
        self, entry: Entry, deployment: Deployment
    ) -> Callable[[Served[Any], GatewayError | None], None]:
        """What is to be done when an answer has ended."""

        def settle(served: Served[Any], fault: GatewayError | None) -> None:
            deployment.paced(entry.sort, served.amounts)
            if fault is not None and fault.passing:
                deployment.failed(fault.retry_after)
            self.books.end(entry, served, fault)

        return settle

    def _order(self, request_id: str, sort: Sort, request: ChatRequest | SpeechRequest) -> list[Candidate]:
        """Who is to be asked, those left out that the budget can't pay."""
        estimate = answer_estimate(request)

        def know(name: str) -> Known:
            deployment = self._deployments[name]
            return Known(
                quality=self.qualities.of(name, request.task),
                latency=deployment.latency(sort),
                cost=deployment.cost(sort, estimate),
                cooling=deployment.cooling,
            )

        candidates = self._policy.order(
            request_id=request_id, model=request.model, task=request.task, sort=sort, know=know,
            fits=lambda config: _fits(config, request),
        )  # fmt: skip
        left = self.books.budget.left()
        if left is None:
            return candidates
        # With nobody payable, all stay: the budget then refuses, with its own words.
        return [c for c in candidates if c.known.cost <= left] or candidates

    def explain(self, request: ChatRequest | SpeechRequest, caller: Caller | None = None) -> list[Candidate]:
        """Who would be asked for this, in order, why, and what it would cost about; nothing is asked.

        Raises GatewayError where nobody could be.
        """
        sort: Sort = "chat" if isinstance(request, ChatRequest) else "speech"
        if caller is not None and not caller.may(sort):
            raise GatewayError(f"this key isn't for {sort}", status=403, code="permission_denied")
        return self._order(new_ulid(), sort, request)

    def deployments(self, task: str | None = None) -> list[DeploymentInfo]:
        """What there is, with the quality it has at `task` ("*" without)."""
        return [
            deployment_info(d.config, self.qualities.of(d.name, task or "*"))
            for d in self._deployments.values()
        ]

    def voices(self) -> list[VoiceListing]:
        """The voices of all deployments that speak."""
        return [
            voice
            for deployment in self._deployments.values()
            if "speech" in deployment.config.does
            for voice in voices_of(deployment)
        ]

    def check(self, request: SpeechRequest) -> None:
        """Raise GatewayError now for what the in-house voice can't speak; costs no rendering."""
        check(request, self._deployments.values())

    def model_of(self, deployment: str) -> str:
        """The model's own name, by which its output can be told from that of other weights."""
        return model_name(self._deployments[deployment])

    def rate(self, task: str, ratings: Mapping[str, float]) -> None:
        """Keep how good deployments are at a task ("*": at all others). Raises GatewayError for an unknown
        one."""
        self.qualities.rate(task, ratings)

    @property
    def ledger(self) -> Ledger | None:
        """The ledger, where there is a store."""
        return self.books.ledger

    @property
    def feedback(self) -> Feedback:
        """Where feedback goes, with what this process remembers of its answers. Raises GatewayError without a
        store."""
        if self.store is None:
            raise GatewayError("there is no database to keep feedback in", status=503, code="no_store")
        return Feedback(self.store, self.books.content)

    def speaker(self, caller: Caller | None = None, deployment: str = "") -> GatewaySpeaker:
        """A voice for the studio. deployment: its name, or "" for what the policy picks now."""
        return GatewaySpeaker(self, caller or Caller.local(), deployment)

    def writer(self, caller: Caller | None = None, deployment: str = "", task: str = "chat") -> GatewayWriter:
        """A writer for the studio, otherwise as `speaker`."""
        return GatewayWriter(self, caller or Caller.local(), deployment, task)

    def warm(self) -> None:
        """Load the in-house models and have each say a word, so that the first caller doesn't wait for it."""
        for deployment in self._deployments.values():
            if deployment.config.kind != "in-house":
                continue
            backend, cancel = deployment.backend, Cancel()
            if "speech" in deployment.config.does:
                for _ in backend.speak(SpeechRequest(text="Hello there."), cancel):
                    pass
            if "chat" in deployment.config.does:
                hello = ChatRequest(messages=({"role": "user", "content": "Hello."},), max_tokens=1)
                for _ in backend.chat(hello, cancel):
                    pass

    def close(self) -> None:
        """Stop what is under way and charge it, free the models, write what is left of the ledger."""
        running = [served for served in list(self._running) if served.state == "running"]
        for served in running:
            served.cancel()
        for served in running:
            served.close()
        for deployment in self._deployments.values():
            deployment.close()
        self.books.close()

    def __enter__(self) -> Gateway:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _fits(config: DeploymentConfig, request: ChatRequest | SpeechRequest) -> bool:
    """Whether a deployment can take what the request asks for."""
    if isinstance(request, ChatRequest):
        return not request.tools or request.tool_choice == "none" or config.tools != "none"
    if config.kind == "in-house":
        return True
    if request.ssml or request.lexicon:
        return False
    return not request.voice or not config.voices or request.voice in config.voices


def _nobody(errors: list[GatewayError], tried: list[str]) -> GatewayError:
    """Why nobody served: the one fault there was, or all of them in a line."""
    if len(errors) == 1:
        return errors[0]
    waits = [e.retry_after for e in errors if e.retry_after is not None]
    same = {e.status for e in errors}
    return GatewayError(
        "nobody could serve this: " + "; ".join(tried),
        status=same.pop() if len(same) == 1 else 503,
        code=errors[-1].code if len({e.code for e in errors}) == 1 else "model_unavailable",
        retry_after=min(waits) if waits else None,
    )
