"""The configuration file: what it makes, and what it says of each mistake."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from duologue.gateway.errors import GatewayError
from duologue.gateway.gateway import Gateway
from duologue.gateway.toml import load, parse

EXAMPLE = Path(__file__).parents[2] / "examples" / "gateway.toml"
GPT = """
[deployments.gpt]
kind = "openai"
url = "https://example.org/v1"
model = "gpt-x"
"""
HOUSE = """
[deployments.voice]
kind = "in-house"
model = "duologue-voice"
"""


def test_the_example_is_read_and_opened() -> None:
    config = load(EXAMPLE)
    assert config.currency == "USD"
    assert config.money_per_day == Decimal("5.00")
    assert config.deployments["gpt"].prices.cached == Decimal("0.075")
    assert config.deployments["gpt-voice"].voices["heart"] == "coral"
    assert config.deployments["duologue-voice"].does == frozenset({"speech"})
    assert config.deployments["smollm2"].tools == "constrained"
    assert config.policies["good"].quality_bar == 25
    assert config.policies["careful"].canary == "smollm2"
    assert config.tasks["*"] == "default"
    assert config.models["gpt-4o-mini"] == "gpt"
    with Gateway.open(EXAMPLE) as gateway:
        assert {d.name for d in gateway.deployments() if d.speaks} == {"duologue-voice", "gpt-voice"}


def test_little_is_enough() -> None:
    config = parse(GPT + HOUSE)
    assert dict(config.groups) == {"all": ("gpt", "voice")}
    assert config.policies["default"].groups == ("all",)
    assert config.tasks == {"*": "default"}
    assert config.deployments["gpt"].retries == 1
    assert config.deployments["voice"].retries == 0
    assert "tts-1" in config.deployments["voice"].aliases


def test_prices_are_exact() -> None:
    config = parse(GPT + 'prices = { input = "0.1", output = 2, request = "0.000001" }')
    prices = config.deployments["gpt"].prices
    assert (prices.input, prices.output, prices.request) == (Decimal("0.1"), Decimal(2), Decimal("0.000001"))


def test_paths_count_from_the_file(tmp_path: Path) -> None:
    path = tmp_path / "gateway.toml"
    path.write_text('[deployments.own]\nkind = "local"\nmodel = "models/own.gguf"\n')
    assert load(path).deployments["own"].model == str(tmp_path / "models" / "own.gguf")


MISTAKES = [
    ("", r"deployments is missing; give a table \[deployments.NAME\]"),
    ("deployments = 3", r"deployments is 3; give a table, \[deployments\]"),
    ("x = [", "no TOML"),
    ('[deployments.a]\nkind = "openai"\nmodel = "m"', "deployments.a.url is missing"),
    ('[deployments.a]\nkind = "openia"\nmodel = "m"', "deployments.a.kind is 'openia'; give 'in-house' or"),
    ('[deployments.a]\nmodel = "m"', "deployments.a.kind is missing; give 'in-house' or 'openai' or"),
    ('[deployments.a]\nkind = "in-house"\nmodel = "m"', "deployments.a.model is 'm'; in-house there are"),
    ('[deployments.a]\nkind = "in-house"', "deployments.a.model is missing"),
    (HOUSE + 'does = ["chat"]', "deployments.voice.does: 'duologue-voice' does speech and nothing else"),
    (HOUSE + 'url = "http://x"', "deployments.voice.url is only for deployments of the kind 'openai'"),
    (GPT + 'weights = "x"', "deployments.gpt.weights is only for deployments of the kind 'in-house'"),
    (GPT + "colour = 3", "deployments.gpt.colour is no key; known are"),
    (GPT + "concurency = 3", "deployments.gpt.concurency is no key; did you mean 'concurrency'?"),
    (GPT + "concurrency = 0", "deployments.gpt.concurrency is 0; give a whole number from 1 to"),
    (GPT + "concurrency = true", "deployments.gpt.concurrency is True; give a whole number"),
    (GPT + "retries = 1.5", "deployments.gpt.retries is 1.5; give a whole number"),
    (GPT + "prices = { input = 0.15 }", "deployments.gpt.prices.input is 0.15; give money as a text"),
    (GPT + 'prices = { input = "-1" }', "deployments.gpt.prices.input is '-1'; give money from 0"),
    (GPT + 'prices = { input = "NaN" }', "give money from 0"),
    (GPT + 'prices = { imput = "1" }', "deployments.gpt.prices.imput is no key; did you mean 'input'?"),
    (GPT + "timeouts = { first = 0 }", "deployments.gpt.timeouts.first is 0; give a number from 0.01"),
    (GPT + "timeouts = { first = nan }", "deployments.gpt.timeouts.first is nan"),
    (GPT + 'quality = { "*" = "good" }', r'deployments.gpt.quality."\*" is \'good\'; give a number'),
    (GPT + 'does = ["sing"]', r"deployments.gpt.does is \['sing'\]; give a list of 'speech' and 'chat'"),
    (GPT + "does = []", "deployments.gpt.does is"),
    (GPT + 'tools = "constrained"', "deployments.gpt.tools is 'constrained'; a partner's model knows"),
    (GPT + 'key_env = "sk-abc"', "deployments.gpt.key_env isn't the name of an environment variable"),
    (GPT.replace("https:", "ftp:"), "deployments.gpt.url is 'ftp://example.org/v1'; give one such as"),
    (GPT.replace("https://", "https://me:word@"), "deployments.gpt.url holds a password"),
    (GPT.replace("deployments.gpt", 'deployments."a b"'), "a name is 1 to 100 letters"),
    (GPT + '[groups]\nall = ["gtp"]', "groups.all: there is no deployment 'gtp'; did you mean 'gpt'?"),
    (GPT + "[groups]\nall = []", "groups.all is empty; name a deployment"),
    (GPT + '[groups]\nall = ["gpt", "gpt"]', "groups.all names a deployment twice"),
    (GPT + '[groups]\ngpt = ["gpt"]', "'gpt' is in deployments and in groups; give one of them another name"),
    (GPT + '[policies.p]\nchoose = "best"\ngroups = ["al"]', "groups: there is no group 'al'; did you"),
    (GPT + '[policies.p]\nchoose = "luckiest"', "policies.p.choose is 'luckiest'; give 'in-house-first' or"),
    (GPT + '[policies.p]\ncanary = "x"', "policies.p.canary: there is no deployment 'x'"),
    (GPT + "[policies.p]\ncanary_share = 0.1", "policies.p.canary is missing"),
    (GPT + '[policies.p]\ncanary = "gpt"\ncanary_share = 2', "canary_share is 2; give a number from 0"),
    (GPT + '[tasks]\nchat = "none"', "tasks.chat: there is no policy 'none'; there are default"),
    (GPT + "[policies.a]\n[policies.b]\n", r'tasks."\*" is missing; name the policy of all other tasks'),
    (GPT + '[models]\n"gpt-9" = "x"', "models.gpt-9: there is no deployment or group 'x'"),
    (GPT + '[models]\ngpt = ""', "'gpt' is in deployments and in models"),
    ('currency = "EURO"\n' + GPT, "currency is 'EURO'; give three letters"),
    ("money_per_day = 1.5\n" + GPT, "money_per_day is 1.5; give money as a text"),
    ("[gruops]\n" + GPT, "gruops is no key; did you mean 'groups'?"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "words"), MISTAKES, ids=range(len(MISTAKES)))
def test_a_mistake_is_one_clear_error_with_its_place(text: str, words: str) -> None:
    with pytest.raises(GatewayError, match=words) as caught:
        parse(text, "my.toml")
    assert str(caught.value).startswith("my.toml: ")
    assert "\n" not in str(caught.value)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(GatewayError, match=r"nowhere.toml: No such file"):
        load(tmp_path / "nowhere.toml")
    (tmp_path / "latin.toml").write_bytes(b'currency = "\xe9"')
    with pytest.raises(GatewayError, match="not UTF-8 at byte 12"):
        load(tmp_path / "latin.toml")
