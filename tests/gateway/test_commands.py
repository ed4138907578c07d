"""duologue keys, costs and plan, as a person types them."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from configured import HELLO, a_partner, configured
from duologue.cli import main
from duologue.gateway import Access, Caller, Gateway
from duologue.store import Store
from loopbackpartner import Partner

EXAMPLE = str(Path(__file__).parents[2] / "examples" / "gateway.toml")


@pytest.fixture(autouse=True)
def _database(tmp_path: Path, migrated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(migrated, tmp_path / "cli.db")
    monkeypatch.setenv("DUOLOGUE_DATABASE", f"sqlite:///{tmp_path / 'cli.db'}")
    monkeypatch.delenv("DUOLOGUE_CONFIG", raising=False)


def test_keys_are_made_listed_and_revoked(capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--scope", "speech", "--requests-per-day", "9", "--money-per-day", "1.50", "--expires", "30d"]
    assert main(["keys", "create", "alice", *options]) == 0
    out, err = capsys.readouterr()
    secret = out.strip()
    assert "shown once" in err
    with Store.open() as store:
        caller = Access(store).authenticate(secret)
        [info] = Access(store).list_keys()
    assert caller.quotas.requests == 9
    assert caller.scopes == {"speech"}
    assert info.expires is not None
    assert timedelta(days=29) < info.expires - datetime.now(UTC) <= timedelta(days=30)
    assert main(["keys", "list"]) == 0
    table = capsys.readouterr().out
    assert "0/9" in table
    assert "0/1.5" in table
    assert secret.split("_")[2] not in table
    assert main(["keys", "revoke", secret]) == 0  # the whole key is understood too
    assert main(["keys", "list", "--json"]) == 0
    [row] = json.loads(capsys.readouterr().out)
    assert (row["name"], row["state"]) == ("alice", "revoked")
    assert main(["keys", "audit"]) == 0
    out, err = capsys.readouterr()
    assert [line.split()[4] for line in out.splitlines()] == ["key.create", "key.revoke"]
    assert "hold together" in err


def test_feed_tokens(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keys", "feed", "morning", "--name", "phone"]) == 0
    token = capsys.readouterr().out.strip()
    assert main(["keys", "feed"]) == 0
    assert "morning  phone  valid" in capsys.readouterr().out
    assert main(["keys", "feed", "--revoke", token.split(".")[0]]) == 0
    main(["keys", "feed"])
    assert "revoked" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["keys", "create", "a", "--expires", "soon"], "'soon' is no time"),
        (["keys", "create", "a", "--money-per-day", "much"], "money per day is 'much'"),
        (["keys", "create", "a", "--scope", "fly"], "no scope fly"),
        (["keys", "create", "a", "--expires", "2020-01-01"], "would have expired"),
        (["keys", "revoke", "nobody"], "no key 'nobody'"),
        (["costs", "--since", "then"], "'then' is no time"),
        (["costs", "--config", "nowhere.toml"], "nowhere.toml: No such file"),
        (["costs", "--database", "mysql://x/y"], "no database of the kind 'mysql'"),
        (["plan", "--model", "gpt-9", "x"], "no model 'gpt-9'"),
    ],
)
def test_a_mistake_is_one_line_and_code_2(
    argv: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(argv) == 2
    err = capsys.readouterr().err
    assert words in err
    assert err.count("\n") == 1


def test_costs_of_what_was_asked(partner: Partner, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["costs"]) == 0
    assert "nothing was asked" in capsys.readouterr().err
    friend = configured(a_partner("friend", partner.url))
    with Store.open() as store, Gateway.open(friend, store) as gateway:
        for _ in range(2):
            with gateway.chat(HELLO) as served:
                list(served)
        gateway.feedback.give(served.id, 1, "good", caller=Caller.local())
    assert main(["costs", "--config", EXAMPLE]) == 0
    out = capsys.readouterr().out
    assert "friend" in out
    assert "0.000048" in out  # twice what the partner's usage comes to
    assert "the 2 chat requests at gpt-4o-mini: 0.000048 USD, here 0.000048" in out
    assert main(["costs", "--by", "day", "--since", "1d", "--json"]) == 0
    [line] = json.loads(capsys.readouterr().out)["lines"]
    assert (line["requests"], line["completion_tokens"], line["money"]) == (2, 40, "0.000048000")
    assert main(["costs", "--until", "2020-01-01"]) == 0
    assert "nothing was asked" in capsys.readouterr().err
    assert main(["costs", "--feedback"]) == 0
    [entry] = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (entry["rating"], entry["content"]["answer"]) == (1, "Good day.")


def test_a_plan_shows_the_configuration_and_the_order(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan"]) == 0
    assert "duologue-voice: in-house" in capsys.readouterr().out
    assert main(["plan", "--config", EXAMPLE]) == 0
    out = capsys.readouterr().out
    assert "good: cheapest of here, then partners, quality bar 25" in out
    assert "budget: 5.00 USD a day" in out
    assert main(["plan", "--config", EXAMPLE, "Write a poem."]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("1. smollm2")
    assert "quality 80 against a bar of 25" in second
    assert main(["plan", "--config", EXAMPLE, "--speech", "--json", "Hello there."]) == 0
    assert [row["deployment"] for row in json.loads(capsys.readouterr().out)] == [
        "duologue-voice", "gpt-voice",
    ]  # fmt: skip
