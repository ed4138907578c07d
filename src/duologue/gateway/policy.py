"""Which deployments serve a request, in which order, and why.

Design choices
- Pure: it is handed what is known (quality, latency, who cools down) and returns an order with a reason for
  each place, so `duologue plan` prints what a request would do, and tests need no model.
- A name that the caller gives wins over every policy: a deployment is asked alone, a group in its own order.
- Quality bar: what is known to be below it is left out; what isn't known passes, and its reason says so.
  Where nobody passes, nobody is left out: an answer below the bar is better than none, and its reason says
  that.
- Canary: a hash of the request's id, so that of many requests the share is met and one id always goes alike.
- Who cools down goes to the end, never out: when all cool down, the first is asked all the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from duologue.gateway.config import Config, DeploymentConfig, PolicyConfig, Sort
from duologue.gateway.errors import GatewayError

__all__ = ["Candidate", "Known", "Policy"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What is known of a deployment for a request. latency: seconds to the first piece. cost: estimated."""

    quality: float | None
    latency: float | None
    cost: Decimal
    cooling: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A deployment in its place, and why it stands there."""

    deployment: str
    reason: str
    known: Known


class Policy:
    """The rules of a configuration."""

    def __init__(self, config: Config) -> None:
        self._config = config

    def order(
        self,
        *,
        request_id: str,
        model: str,
        task: str,
        sort: Sort,
        know: Callable[[str], Known],
        fits: Callable[[DeploymentConfig], bool],
    ) -> list[Candidate]:
        """The deployments to ask, the first one first.

        know: what is known of a deployment. fits: whether it can take the request at all (tools, a voice).
        Raises GatewayError 404 for a model that there isn't, 400 where nobody can take the request.
        """
        groups, reason, policy = self._groups(model, task, sort)
        able = [[name for name in group if self._able(name, sort)] for group in groups]
        if not any(able):
            does = "speaks" if sort == "speech" else "writes"
            if model:
                raise GatewayError(
                    f"'{model}' is no model that {does}", code="model_not_found", param="model"
                )
            raise GatewayError(
                f"no deployment {does}; add one to the configuration", status=503, code="model_unavailable"
            )
        fitting = [[name for name in group if fits(self._config.deployments[name])] for group in able]
        if not any(fitting):
            raise GatewayError(
                f"none of {', '.join(n for g in able for n in g)} can take what this request asks for "
                "(tools, or the voice)",
                code="unsupported",
            )
        if policy is None:
            return _cool_last(
                [Candidate(deployment=n, reason=reason, known=know(n)) for g in fitting for n in g]
            )
        return _cool_last(_by_policy(policy, reason, fitting, know, self._config.deployments, request_id))

    def _able(self, name: str, sort: Sort) -> bool:
        return sort in self._config.deployments[name].does

    def _groups(
        self, model: str, task: str, sort: Sort
    ) -> tuple[list[tuple[str, ...]], str, PolicyConfig | None]:
        """Groups of names, why these, and the policy within them."""
        config = self._config
        model = config.models.get(model, model)
        if model in config.deployments:
            return [(model,)], f"'{model}' was asked for by name", None
        if model in config.groups:
            return [config.groups[model]], f"the group '{model}' was asked for", None
        if model in config.policies:
            policy = config.policies[model]
            return [config.groups[g] for g in policy.groups], f"policy '{model}'", policy
        if model and not (aliased := self._aliased(model, sort)):
            raise GatewayError(
                f"there is no model '{model[:100]}'; GET /v1/models lists those there are",
                status=404,
                code="model_not_found",
                param="model",
            )
        if model and aliased:
            return [aliased], f"'{model}' is a name of '{aliased[0]}'", None
        chosen = config.tasks.get(task) or config.tasks.get(sort) or config.tasks["*"]
        policy = config.policies[chosen]
        return [config.groups[g] for g in policy.groups], f"policy '{chosen}' of task '{task}'", policy

    def _aliased(self, model: str, sort: Sort) -> tuple[str, ...]:
        found = [d.name for d in self._config.deployments.values() if model in d.aliases]
        return tuple(name for name in found if self._able(name, sort)) or tuple(found)


def _by_policy(
    policy: PolicyConfig,
    reason: str,
    groups: Sequence[Sequence[str]],
    know: Callable[[str], Known],
    deployments: object,
    request_id: str,
) -> list[Candidate]:
    made: list[Candidate] = []
    known = {name: know(name) for group in groups for name in group}
    above = {n for n, k in known.items() if _passes(policy.quality_bar, k.quality)}
    below = ""
    if not above:
        above, below = set(known), f"; nobody reaches the quality bar {policy.quality_bar:g}"
    for place, group in enumerate(groups):
        names = _sorted(policy, [n for n in group if n in above], known, deployments)
        for rank, name in enumerate(names):
            why = _why(policy, known[name], rank, place)
            made.append(Candidate(deployment=name, reason=f"{reason}: {why}{below}", known=known[name]))
    if policy.canary and _lot(request_id) < policy.canary_share:
        canary = next((c for c in made if c.deployment == policy.canary), None)
        if canary is not None:
            why = f"{reason}: canary of {policy.canary_share:.0%}"
            first = Candidate(deployment=canary.deployment, reason=why, known=canary.known)
            return [first, *(c for c in made if c is not canary)]
    if policy.canary and policy.canary_share < 1:
        made.sort(key=lambda c: c.deployment == policy.canary)  # its share is its share; else it comes last
    return made


def _passes(bar: float | None, quality: float | None) -> bool:
    return bar is None or quality is None or quality >= bar


def _sorted(
    policy: PolicyConfig, names: Iterable[str], known: dict[str, Known], deployments: object
) -> list[str]:
    keys: dict[str, Callable[[str], object]] = {
        "in-house-first": lambda n: deployments[n].kind != "in-house",  # type: ignore[index]
        "in-order": lambda n: 0,
        "cheapest": lambda n: known[n].cost,
        # Who isn't measured yet is asked first: else it never would be.
        "fastest": lambda n: known[n].latency or 0.0,
        "best": lambda n: -(known[n].quality or 0.0),
    }
    return sorted(names, key=keys[policy.choose])  # type: ignore[arg-type]


def _why(policy: PolicyConfig, known: Known, rank: int, place: int) -> str:
    said = {
        "in-house-first": "in-house first",
        "in-order": f"number {rank + 1} in its group",
        "cheapest": f"cheapest at {known.cost.normalize():f}"
        if rank == 0
        else f"number {rank + 1} by cost at {known.cost.normalize():f}",
        "fastest": "not measured yet" if known.latency is None else f"first piece in {known.latency:.3f} s",
        "best": f"quality {'not known' if known.quality is None else format(known.quality, 'g')}",
    }[policy.choose]
    if policy.quality_bar is not None and policy.choose != "best":
        quality = "not known" if known.quality is None else f"{known.quality:g}"
        said += f", quality {quality} against a bar of {policy.quality_bar:g}"
    return said if place == 0 else f"{said}, group {place + 1}"


def _lot(request_id: str) -> float:
    """In [0, 1), evenly over ids and always the same for one."""
    return int.from_bytes(hashlib.sha256(request_id.encode()).digest()[:8]) / 2**64


def _cool_last(candidates: list[Candidate]) -> list[Candidate]:
    return sorted(candidates, key=lambda c: c.known.cooling > 0)
