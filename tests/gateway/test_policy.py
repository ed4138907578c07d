"""Who is asked, in which order, and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal

import pytest

from duologue.gateway.config import Config, DeploymentConfig, PolicyConfig, Sort
from duologue.gateway.errors import GatewayError
from duologue.gateway.policy import Candidate, Known, Policy
from duologue.store import new_ulid


def deployment(name: str, kind: str = "openai", **more: object) -> DeploymentConfig:
    return DeploymentConfig(
        name=name, kind=kind, model=name, does=frozenset({"chat"}), **more  # type: ignore[arg-type]
    )  # fmt: skip


HOUSE, SMALL, CHEAP, DEAR = (
    deployment("house", "in-house", aliases=("nickname",)),
    deployment("small", "local"),
    deployment("cheap"),
    deployment("dear"),
)
VOICE = replace(HOUSE, name="voice", does=frozenset({"speech"}), aliases=())
KNOWN = {
    "house": Known(quality=10, latency=0.02, cost=Decimal("0"), cooling=0),
    "small": Known(quality=30, latency=0.2, cost=Decimal("0.001"), cooling=0),
    "cheap": Known(quality=60, latency=0.5, cost=Decimal("0.01"), cooling=0),
    "dear": Known(quality=90, latency=0.1, cost=Decimal("0.10"), cooling=0),
    "voice": Known(quality=None, latency=None, cost=Decimal("0"), cooling=0),
}


def ask(
    policy: PolicyConfig,
    *,
    model: str = "",
    task: str = "chat",
    sort: Sort = "chat",
    known: dict[str, Known] | None = None,
    unfit: frozenset[str] = frozenset(),
    request_id: str = "",
    **more: object,
) -> list[Candidate]:
    config = Config(
        deployments={d.name: d for d in (HOUSE, SMALL, CHEAP, DEAR, VOICE)},
        groups={
            "all": ("dear", "small", "house", "cheap", "voice"),
            "far": ("cheap", "dear"),
            "near": ("house",),
        },
        policies={policy.name: policy, "far-first": PolicyConfig(name="far-first", groups=("far", "near"))},
        tasks={"*": policy.name, "headline": "far-first"},
        models={"gpt-x": "cheap", "anything": ""},
        **more,  # type: ignore[arg-type]
    )  # fmt: skip
    return Policy(config).order(
        request_id=request_id or new_ulid(), model=model, task=task, sort=sort,
        know=(KNOWN | (known or {})).__getitem__, fits=lambda d: d.name not in unfit,
    )  # fmt: skip


def names(candidates: list[Candidate]) -> list[str]:
    return [candidate.deployment for candidate in candidates]


def rule(choose: str = "in-order", groups: tuple[str, ...] = ("all",), **more: object) -> PolicyConfig:
    return PolicyConfig(name="default", choose=choose, groups=groups, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("choose", "order"),
    [
        ("in-order", ["dear", "small", "house", "cheap"]),
        ("in-house-first", ["house", "dear", "small", "cheap"]),
        ("cheapest", ["house", "small", "cheap", "dear"]),
        ("fastest", ["house", "dear", "small", "cheap"]),
        ("best", ["dear", "cheap", "small", "house"]),
    ],
)
def test_each_rule_has_its_order(choose: str, order: list[str]) -> None:
    assert names(ask(rule(choose))) == order


def test_groups_come_one_after_the_other() -> None:
    made = ask(rule("cheapest", ("far", "near")))
    assert names(made) == ["cheap", "dear", "house"]
    assert "group 2" in made[2].reason


def test_the_cheapest_above_the_bar_and_its_reason() -> None:
    made = ask(rule("cheapest", quality_bar=50))
    assert names(made) == ["cheap", "dear"]
    assert made[0].reason == (
        "policy 'default' of task 'chat': cheapest at 0.01, quality 60 against a bar of 50"
    )


def test_what_is_not_known_passes_the_bar_and_says_so() -> None:
    unknown = replace(KNOWN["small"], quality=None)
    made = ask(rule("cheapest", quality_bar=50), known={"small": unknown})
    assert names(made) == ["small", "cheap", "dear"]
    assert "quality not known" in made[0].reason


def test_where_nobody_reaches_the_bar_all_are_asked_and_it_is_said() -> None:
    made = ask(rule("best", quality_bar=99))
    assert names(made)[0] == "dear"
    assert all("nobody reaches the quality bar 99" in candidate.reason for candidate in made)


def test_who_is_not_measured_yet_is_tried_first_by_the_fastest() -> None:
    made = ask(rule("fastest"), known={"cheap": replace(KNOWN["cheap"], latency=None)})
    assert names(made)[0] == "cheap"
    assert "not measured yet" in made[0].reason


def test_a_canary_gets_its_share_and_one_request_always_goes_alike() -> None:
    policy = rule("cheapest", canary="dear", canary_share=0.2)
    first = Counter(names(ask(policy, request_id=f"{i}"))[0] for i in range(2000))
    assert 320 < first["dear"] < 480
    assert first["house"] == 2000 - first["dear"]
    assert {names(ask(policy, request_id="one"))[0] for _ in range(5)} in ({"dear"}, {"house"})
    chosen = next(c for i in range(50) if (c := ask(policy, request_id=f"{i}")[0]).deployment == "dear")
    assert "canary of 20%" in chosen.reason
    rest = next(c for i in range(50) if (c := ask(policy, request_id=f"{i}"))[0].deployment != "dear")
    assert names(rest)[-1] == "dear"


def test_who_cools_down_goes_last_but_is_not_forgotten() -> None:
    made = ask(rule("cheapest"), known={"house": replace(KNOWN["house"], cooling=3.0)})
    assert names(made) == ["small", "cheap", "dear", "house"]
    assert names(
        ask(rule("cheapest"), model="house", known={"house": replace(KNOWN["house"], cooling=9)})
    ) == ["house"]


def test_names_win_over_policies() -> None:
    assert names(ask(rule("cheapest"), model="dear")) == ["dear"]
    assert names(ask(rule("cheapest"), model="far")) == ["cheap", "dear"]
    assert names(ask(rule("cheapest"), model="far-first"))[0] == "cheap"
    assert names(ask(rule("cheapest"), model="gpt-x")) == ["cheap"]
    assert names(ask(rule("cheapest"), model="nickname")) == ["house"]
    assert names(ask(rule("cheapest"), model="anything"))[0] == "house"
    assert ask(rule(), model="dear")[0].reason == "'dear' was asked for by name"


def test_a_task_has_its_policy() -> None:
    made = ask(rule("cheapest"), task="headline")
    assert names(made)[0] == "cheap"
    assert made[0].reason.startswith("policy 'far-first' of task 'headline'")


def test_only_who_can_speak_is_asked_to_speak() -> None:
    assert names(ask(rule(), sort="speech", task="speech")) == ["voice"]
    with pytest.raises(GatewayError, match="no model that speaks") as caught:
        ask(rule(), sort="speech", model="dear")
    assert caught.value.code == "model_not_found"


def test_who_cannot_take_it_is_left_out() -> None:
    assert names(ask(rule(), unfit=frozenset({"dear", "small"}))) == ["house", "cheap"]
    with pytest.raises(GatewayError, match="none of dear can take") as caught:
        ask(rule(), model="dear", unfit=frozenset({"dear"}))
    assert caught.value.status == 400


def test_an_unknown_model_is_404() -> None:
    with pytest.raises(GatewayError, match="no model 'gpt-9'") as caught:
        ask(rule(), model="gpt-9")
    assert (caught.value.status, caught.value.code, caught.value.param) == (404, "model_not_found", "model")
