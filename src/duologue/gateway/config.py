"""What the owner of a gateway decides: deployments, groups, policies, prices.

Design choices
- Frozen records; `duologue.gateway.toml` makes them of a file and checks every name on the way.
- A deployment is one model in one place. A group is deployments that stand for each other. A policy is an
  order of groups and a rule within them. A task ("chat", "headline", "speech", ...) goes by a policy.
- Without a file: the two in-house models, in-house first, and a machine that costs nothing.
- Keys of partners are named, never held: `key_env` is the name of an environment variable.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from duologue.gateway.prices import Prices
from duologue.gateway.protocol import Kind

__all__ = ["CHOICES", "Choose", "Config", "DeploymentConfig", "PolicyConfig", "Sort", "Timeouts", "default"]

Sort = Literal["speech", "chat"]
Choose = Literal["in-house-first", "in-order", "cheapest", "fastest", "best"]
VOICE, TEXT = "duologue-voice", "duologue-tiny"
"""What ships."""
CHOICES: tuple[Choose, ...] = ("in-house-first", "in-order", "cheapest", "fastest", "best")


@dataclass(frozen=True, kw_only=True, slots=True)
class Timeouts:
    """Seconds to wait for a partner: to connect, for the first byte, between two pieces."""

    connect: float = 5.0
    first: float = 30.0
    between: float = 15.0


@dataclass(frozen=True, kw_only=True, slots=True)
class DeploymentConfig:
    """One model in one place.

    does: what it is for. model: in-house "duologue-voice" or "duologue-tiny"; local "smollm2" or the path of
    a GGUF; a partner's own name for it. weights: a folder or file in place of what ships (in-house). voices:
    names a partner's model speaks with, as asked for and as it calls them, the first the default; none listed
    means that any is passed on. sample_rate: of a partner's PCM. key_header: where its key goes, as a bearer
    in "Authorization", as it is in any other ("api-key"). max_tokens_field: what it calls that
    ("max_completion_tokens"). extra: further fields of each request to it. threads, slots, context: of the
    in-house and local engines, None is the engine's own. quality: by task, "*" for the others. concurrency:
    requests at once; wait: seconds one more may wait for its turn. retries: further tries of a request that
    failed before its first piece. aliases: other names for it. tools: whether it takes them: "native",
    "constrained" (a grammar of calls, for models that can't by themselves), "none".
    """

    name: str
    kind: Kind
    model: str
    does: frozenset[Sort]
    url: str = ""
    key_env: str = ""
    key_header: str = "Authorization"
    max_tokens_field: str = "max_tokens"
    extra: Mapping[str, Any] = field(default_factory=dict)
    weights: Path | None = None
    voices: Mapping[str, str] = field(default_factory=dict)
    sample_rate: int = 24_000
    threads: int | None = None
    slots: int | None = None
    context: int | None = None
    quality: Mapping[str, float] = field(default_factory=dict)
    prices: Prices = field(default_factory=Prices)
    concurrency: int = 32
    wait: float = 10.0
    retries: int = 1
    timeouts: Timeouts = field(default_factory=Timeouts)
    aliases: tuple[str, ...] = ()
    tools: Literal["native", "constrained", "none"] = "native"


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyConfig:
    """groups: tried in this order. choose: the order within a group. quality_bar: what is known to be below
    it is left out. canary: a deployment that gets `canary_share` (0 to 1) of the requests, by a stable hash.
    """

    name: str
    groups: tuple[str, ...]
    choose: Choose = "in-house-first"
    quality_bar: float | None = None
    canary: str = ""
    canary_share: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Config:
    """tasks: task to policy, "*" for the others. models: further names of models: to a deployment, a group,
    or "" for what the policy picks. money_per_day: the whole gateway's budget. partner_prices: lists that the
    same work is priced by in `duologue costs`. keep_content: how many recent answers are remembered, so that
    feedback can be kept with what it is about. arena: the arena's table, which it reads itself."""

    currency: str = "USD"
    deployments: Mapping[str, DeploymentConfig]
    groups: Mapping[str, tuple[str, ...]]
    policies: Mapping[str, PolicyConfig]
    tasks: Mapping[str, str]
    models: Mapping[str, str] = field(default_factory=dict)
    money_per_day: Decimal | None = None
    partner_prices: Mapping[str, Prices] = field(default_factory=dict)
    keep_content: int = 200
    arena: Mapping[str, Any] = field(default_factory=dict)


def in_house_voice(name: str = VOICE) -> DeploymentConfig:
    """The voice that ships."""
    return DeploymentConfig(
        name=name, kind="in-house", model=VOICE, does=frozenset({"speech"}), quality={"*": 50.0}, retries=0,
        concurrency=1024,  # who calls it bounds the work; a turn that waits here would hold a thread
        aliases=("tts-1", "tts-1-hd", "gpt-4o-mini-tts", "duologue-voice"),
    )  # fmt: skip


def in_house_text(name: str = TEXT) -> DeploymentConfig:
    """The text model that ships."""
    return DeploymentConfig(
        name=name, kind="in-house", model=TEXT, does=frozenset({"chat"}), quality={"*": 10.0}, retries=0,
        concurrency=1024,
        aliases=("duologue", "duologue-tiny"), tools="constrained",
    )  # fmt: skip


def default() -> Config:
    """Both in-house models, and nothing else."""
    voice, text = in_house_voice(), in_house_text()
    return Config(
        deployments={voice.name: voice, text.name: text},
        groups={"in-house": (voice.name, text.name)},
        policies={"default": PolicyConfig(name="default", groups=("in-house",))},
        tasks={"*": "default"},
    )
