"""Configurations of the tests: partners on the loopback, with short times to wait."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from duologue.gateway.config import Config, DeploymentConfig, PolicyConfig, Timeouts
from duologue.gateway.prices import Prices
from duologue.gateway.requests import ChatRequest, SpeechRequest

__all__ = ["HELLO", "PRICES", "SAY", "a_partner", "configured"]

HELLO = ChatRequest(messages=({"role": "user", "content": "Good morning."},))
SAY = SpeechRequest(text="Good morning.")
PRICES = Prices(
    input=Decimal("0.15"), cached=Decimal("0.075"), output=Decimal("0.60"), audio_minute=Decimal("0.015")
)
TIMES = Timeouts(connect=2.0, first=0.6, between=0.6)


def a_partner(name: str, url: str, **more: Any) -> DeploymentConfig:
    """A deployment at `url` that speaks and writes."""
    usual: dict[str, Any] = {"prices": PRICES, "timeouts": TIMES, "retries": 0}
    return DeploymentConfig(
        name=name, kind="openai", model=f"{name}-model", does=frozenset({"speech", "chat"}), url=url,
        **(usual | more),
    )  # fmt: skip


def configured(*deployments: DeploymentConfig, choose: str = "in-order", **more: Any) -> Config:
    """All of them in a group, in their order."""
    names = tuple(d.name for d in deployments)
    policy = PolicyConfig(name="default", groups=("all",), choose=choose)  # type: ignore[arg-type]
    return Config(
        deployments={d.name: d for d in deployments}, groups={"all": names}, policies={"default": policy},
        tasks={"*": "default"}, **more,
    )  # fmt: skip
