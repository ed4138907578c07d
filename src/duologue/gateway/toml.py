"""The configuration file: TOML in, `Config` out, every mistake named with its place.

Design choices
- One pass that reads each key by its type and then refuses what is left over, so a misspelt key is an error
  and never silently nothing.
- A mistake says the path of the key (`deployments.gpt.url`), what was found, and what would be right; the
  nearest known name where it looks like a slip.
- Money is written as a string ("0.15") or a whole number: a TOML float has been rounded to binary before
  anybody could read it, so it is refused.
- Names across tables (groups, policies, tasks, aliases) are checked here, so that nothing dangles later.
- Keys of partners can't be written here: only the name of an environment variable can.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from duologue.gateway import config as shapes
from duologue.gateway.config import Config, DeploymentConfig, PolicyConfig, Timeouts
from duologue.gateway.errors import GatewayError
from duologue.gateway.prices import Prices
from duologue.gateway.table import Table

__all__ = ["load", "parse"]

LARGEST = 1_000_000


def load(path: Path) -> Config:
    """The configuration in a file. Raises GatewayError for a file that can't be read or isn't one."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise GatewayError(f"{path}: {error.strerror or error}; give a TOML file") from None
    if len(data) > LARGEST:
        raise GatewayError(f"{path} is larger than a megabyte; give a TOML file")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise GatewayError(f"{path}: not UTF-8 at byte {error.start}; save it as UTF-8") from None
    return parse(text, str(path), path.parent)


def parse(text: str, name: str = "gateway.toml", folder: Path = Path()) -> Config:
    """The configuration in `text`. folder: of its paths. Raises GatewayError with `name` in front."""
    try:
        try:
            found = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise GatewayError(f"no TOML: {error}") from None
        return _config(Table(found, ""), folder)
    except GatewayError as error:
        raise GatewayError(f"{name}: {error}", code="invalid_configuration") from None


def _config(top: Table, folder: Path) -> Config:
    deployments = {n: _deployment(n, t, folder) for n, t in top.tables("deployments", required=True)}
    groups = {
        name: tuple(_known(n, deployments, f"groups.{name}", "deployment") for n in names)
        for name, names in top.lists("groups")
    }
    if not groups:
        groups = {"all": tuple(deployments)}
    for name, names in groups.items():
        if not names:
            raise GatewayError(f"groups.{name} is empty; name a deployment")
        if len(set(names)) < len(names):
            raise GatewayError(f"groups.{name} names a deployment twice")
    policies = {n: _policy(n, t, groups, deployments) for n, t in top.tables("policies")}
    if not policies:
        policies = {"default": PolicyConfig(name="default", groups=tuple(groups))}
    tasks = dict(top.strings("tasks"))
    for task, policy in tasks.items():
        _known(policy, policies, f"tasks.{task}", "policy")
    if "*" not in tasks:
        if "default" not in policies and len(policies) > 1:
            raise GatewayError('tasks."*" is missing; name the policy of all other tasks')
        tasks["*"] = "default" if "default" in policies else next(iter(policies))
    models = dict(top.strings("models"))
    _distinct(deployments, groups, policies, models)
    for model, target in models.items():
        if target:
            _known(target, {**deployments, **groups, **policies}, f"models.{model}", "deployment or group")
    currency = top.text("currency", "USD").upper()
    if len(currency) != 3 or not currency.isascii() or not currency.isalpha():
        raise GatewayError(f"currency is '{currency}'; give three letters, such as USD")
    made = Config(
        currency=currency,
        deployments=deployments,
        groups=groups,
        policies=policies,
        tasks=tasks,
        models=models,
        money_per_day=top.money("money_per_day"),
        partner_prices={n: _prices(t) for n, t in top.tables("partner_prices")},
        keep_content=top.whole("keep_content", 200, 0, 100_000),
        arena=top.anything("arena"),
    )
    top.done()
    return made


def _deployment(name: str, table: Table, folder: Path) -> DeploymentConfig:
    _name(name, table.path)
    kind = table.one_of("kind", ("in-house", "openai", "local"))
    model = table.text("model", required=True)
    if kind == "in-house" and model not in (shapes.VOICE, shapes.TEXT):
        raise GatewayError(
            f"{table.path}.model is '{model}'; in-house there are '{shapes.VOICE}' and '{shapes.TEXT}'"
        )
    usual = {shapes.VOICE: ["speech"], shapes.TEXT: ["chat"]}.get(model, ["chat"])
    does = table.some_of("does", ("speech", "chat"), usual)
    if kind == "in-house" and does != frozenset(usual):
        raise GatewayError(f"{table.path}.does: '{model}' does {usual[0]} and nothing else")
    if kind == "local" and does != frozenset({"chat"}):
        raise GatewayError(f"{table.path}.does: a local GGUF does chat and nothing else")
    if kind == "local" and ("/" in model or model.endswith(".gguf")):
        model = str((folder / Path(model).expanduser()).absolute())
    weights = table.text("weights", "")
    aliases = table.texts("aliases", _aliases(kind, model))
    made = DeploymentConfig(
        name=name,
        kind=kind,  # type: ignore[arg-type]
        model=model,
        does=does,  # type: ignore[arg-type]
        url=_url(table, kind),
        key_env=_variable(table),
        key_header=table.text("key_header", "Authorization"),
        max_tokens_field=table.one_of(
            "max_tokens_field", ("max_tokens", "max_completion_tokens"), "max_tokens"
        ),
        extra=table.anything("extra"),
        weights=(folder / Path(weights).expanduser()).absolute() if weights else None,
        voices=_voices(table),
        sample_rate=table.whole("sample_rate", 24_000, 8_000, 192_000),
        threads=table.whole_or_none("threads", 1, 256),
        slots=table.whole_or_none("slots", 1, 64),
        context=table.whole_or_none("context", 16, 10_000_000),
        quality=table.numbers("quality"),
        prices=_prices(table.table("prices")),
        concurrency=table.whole("concurrency", 32, 1, 10_000),
        wait=table.number("wait", 10.0, 0.0, 600.0),
        retries=table.whole("retries", 1 if kind == "openai" else 0, 0, 10),
        timeouts=_timeouts(table.table("timeouts")),
        aliases=aliases,
        tools=table.one_of(  # type: ignore[arg-type]
            "tools", ("native", "constrained", "none"), "native" if kind == "openai" else "constrained"
        ),
    )
    if kind != "openai" and made.tools == "native":
        raise GatewayError(f"{table.path}.tools is 'native'; '{kind}' models know 'constrained' and 'none'")
    if kind == "openai" and made.tools == "constrained":
        raise GatewayError(
            f"{table.path}.tools is 'constrained'; a partner's model knows 'native' and 'none'"
        )
    only = {"openai": ("url", "key_env", "extra", "voices"), "in-house": ("weights",)}
    for other, keys in only.items():
        if given := [key for key in keys if other != kind and key in table.given]:
            raise GatewayError(f"{table.path}.{given[0]} is only for deployments of the kind '{other}'")
    table.done()
    return made


def _aliases(kind: str, model: str) -> tuple[str, ...]:
    if kind != "in-house":
        return ()
    return (shapes.in_house_voice() if model == shapes.VOICE else shapes.in_house_text()).aliases


def _url(table: Table, kind: str) -> str:
    url = table.text("url", "", required=kind == "openai")
    if not url:
        return ""
    import httpx

    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        parsed = httpx.URL("")
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise GatewayError(f"{table.path}.url is '{url[:200]}'; give one such as https://api.openai.com/v1")
    if parsed.userinfo:
        raise GatewayError(f"{table.path}.url holds a password; name an environment variable in key_env")
    return url


def _variable(table: Table) -> str:
    name = table.text("key_env", "")
    if name and not (name.isascii() and name.replace("_", "a").isalnum() and name == name.upper()):
        raise GatewayError(
            f"{table.path}.key_env isn't the name of an environment variable, such as OPENAI_API_KEY; "
            "the key itself doesn't belong here"
        )
    return name


def _voices(table: Table) -> Mapping[str, str]:
    if isinstance(table.given.get("voices"), list):
        return {name: name for name in table.texts("voices", ())}
    return dict(table.strings("voices"))


def _prices(table: Table) -> Prices:
    zero = Prices()
    made = {f.name: table.money(f.name, getattr(zero, f.name)) for f in fields(Prices)}
    table.done()
    return Prices(**made)  # type: ignore[arg-type]


def _timeouts(table: Table) -> Timeouts:
    usual = Timeouts()
    made = {f.name: table.number(f.name, getattr(usual, f.name), 0.01, 3600.0) for f in fields(Timeouts)}
    table.done()
    return Timeouts(**made)


def _policy(
    name: str, table: Table, groups: Mapping[str, Any], deployments: Mapping[str, Any]
) -> PolicyConfig:
    _name(name, table.path)
    named = table.texts("groups", tuple(groups))
    for group in named:
        _known(group, groups, f"{table.path}.groups", "group")
    if not named:
        raise GatewayError(f"{table.path}.groups is empty; name a group")
    canary = table.text("canary", "")
    if canary:
        _known(canary, deployments, f"{table.path}.canary", "deployment")
        if not any(canary in groups[group] for group in named):
            raise GatewayError(f"{table.path}.canary: '{canary}' is in none of the policy's groups")
    share = table.number("canary_share", 0.05 if canary else 0.0, 0.0, 1.0)
    if share and not canary:
        raise GatewayError(f"{table.path}.canary is missing; canary_share is of a deployment")
    made = PolicyConfig(
        name=name,
        groups=named,
        choose=table.one_of("choose", shapes.CHOICES, "in-house-first"),  # type: ignore[arg-type]
        quality_bar=table.number("quality_bar", None, -1e9, 1e9),
        canary=canary,
        canary_share=share,
    )
    table.done()
    return made


def _name(name: str, path: str) -> None:
    if not name or len(name) > 100 or not all(c.isalnum() or c in "-_.:/" for c in name):
        raise GatewayError(f"{path}: a name is 1 to 100 letters, digits and -_.:/")


def _known(name: str, known: Mapping[str, Any], path: str, what: str) -> str:
    if name in known:
        return name
    close = difflib.get_close_matches(name, known, 1)
    hint = f"did you mean '{close[0]}'?" if close else f"there are {', '.join(known) or 'none'}"
    raise GatewayError(f"{path}: there is no {what} '{name}'; {hint}")


def _distinct(*tables: Mapping[str, Any]) -> None:
    """A model's name means one thing, so deployments, groups, policies and models can't share names."""
    seen: dict[str, str] = {}
    for kind, table in zip(("deployments", "groups", "policies", "models"), tables, strict=True):
        for name in table:
            if name in seen:
                raise GatewayError(
                    f"'{name}' is in {seen[name]} and in {kind}; give one of them another name"
                )
            seen[name] = kind
