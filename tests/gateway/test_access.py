"""Keys, feeds' tokens, feedback, and the audit log of it all."""

from __future__ import annotations

import json
import statistics
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from configured import HELLO, a_partner, configured
from duologue.gateway import Access, Caller, Feedback, FeedTokens, Gateway, GatewayError, Quotas
from duologue.gateway import access as access_module
from duologue.gateway.audit import entries, head, verify
from duologue.gateway.tables import AuditRow, FeedbackRow, FeedTokenRow, KeyRow
from duologue.store import Store, new_ulid
from loopbackpartner import Partner


def test_a_key_is_made_shown_once_and_lets_its_owner_in(either_store: Store) -> None:
    quotas = Quotas(requests=10, audio_seconds=60, tokens=1000, money=Decimal("1.25"))
    access = Access(either_store)
    secret = access.create_key("Zoë's laptop", ("chat", "studio"), quotas)
    assert secret.startswith("duo_")
    caller = access.authenticate(secret)
    assert (caller.name, caller.scopes, caller.quotas) == ("Zoë's laptop", {"chat", "studio"}, quotas)
    assert caller.may("chat")
    assert not caller.may("speech")
    [info] = access.list_keys()
    assert info.id == caller.key_id
    assert info.valid(datetime.now(UTC))
    assert access.exists
    # Nothing that is kept lets anybody in.
    with either_store.reading() as session:
        row = session.scalars(select(KeyRow)).one()
        kept = repr([getattr(row, column.key) for column in KeyRow.__table__.columns])
    assert secret.split("_", 2)[2] not in kept
    assert len(row.secret_sha256) == 32


@pytest.mark.parametrize("change", ["secret", "id", "form", "empty", "long", "unicode"])
def test_a_wrong_key_is_401(store: Store, change: str) -> None:
    access = Access(store)
    right = access.create_key("a")
    wrong = {
        "secret": right[:-1] + ("A" if right[-1] != "A" else "B"),
        "id": f"duo_{new_ulid()}_{right.split('_', 2)[2]}",
        "form": "sk-abcdef",
        "empty": "",
        "long": right + "x" * 100_000,
        "unicode": right[:-1] + "\ud800",
    }[change]
    with pytest.raises(GatewayError, match="lets nobody in") as caught:
        access.authenticate(wrong)
    assert (caught.value.status, caught.value.code) == (401, "invalid_api_key")
    assert right.split("_", 2)[2][:20] not in str(caught.value)


def test_a_revoked_key_stops_here_at_once_and_elsewhere_within_seconds(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, elsewhere = Access(store), Access(store)
    secret = here.create_key("a")
    here.authenticate(secret)
    elsewhere.authenticate(secret)
    here.revoke("a")
    with pytest.raises(GatewayError, match="revoked"):
        here.authenticate(secret)
    monkeypatch.setattr(access_module, "MEMORY", 0.0)
    with pytest.raises(GatewayError, match="revoked"):
        elsewhere.authenticate(secret)
    assert not here.exists
    assert here.revoke(here.list_keys()[0].id).revoked is not None  # again is no fault


def test_a_key_expires(store: Store) -> None:
    now = datetime.now(UTC)
    access = Access(store, clock=lambda: now)
    secret = access.create_key("a", expires=now + timedelta(days=1))
    access.authenticate(secret)
    now += timedelta(days=1, seconds=1)
    with pytest.raises(GatewayError, match="expired"):
        access.authenticate(secret)
    with pytest.raises(GatewayError, match="would have expired"):
        access.create_key("b", expires=now - timedelta(days=1))


@pytest.mark.parametrize(
    ("name", "scopes", "quotas", "words"),
    [
        ("", ("chat",), Quotas(), "name is 1 to 200"),
        ("a\nb", ("chat",), Quotas(), "name is 1 to 200"),
        ("a", (), Quotas(), "no scope at all"),
        ("a", ("chat", "fly"), Quotas(), "no scope fly; there are speech"),
        ("a", ("chat",), Quotas(requests=-1), "requests per day is -1"),
        ("a", ("chat",), Quotas(tokens=2**31), "tokens per day"),
        ("a", ("chat",), Quotas(money=Decimal("NaN")), "money per day is NaN"),
    ],
)
def test_what_no_key_can_be(
    store: Store, name: str, scopes: tuple[str, ...], quotas: Quotas, words: str
) -> None:
    with pytest.raises(GatewayError, match=words):
        Access(store).create_key(name, scopes, quotas)
    assert Access(store).list_keys() == []
    assert entries(store) == []


def test_a_name_that_several_have_is_not_guessed_at(store: Store) -> None:
    access = Access(store)
    access.create_key("a")
    access.create_key("a")
    with pytest.raises(GatewayError, match="2 keys are called 'a'"):
        access.revoke("a")
    with pytest.raises(GatewayError, match="no key 'b'") as caught:
        access.revoke("b")
    assert caught.value.status == 404


def test_authentication_costs_little_once_the_key_is_known(store: Store) -> None:
    access = Access(store)
    secret = access.create_key("a")
    access.authenticate(secret)
    times = []
    for _ in range(200):
        begun = time.perf_counter()
        access.authenticate(secret)
        times.append(time.perf_counter() - begun)
    assert statistics.median(times) < 0.001


def test_the_audit_log_chains_and_shows_every_change(either_store: Store) -> None:
    access = Access(either_store)
    access.create_key("a", actor="cli")
    access.create_key("b")
    access.revoke("a", actor="zoë")
    token = FeedTokens(either_store).create("morning", "phone")
    FeedTokens(either_store).revoke(token)
    found = entries(either_store)
    assert [e.action for e in found] == [
        "feed.revoke", "feed.create", "key.revoke", "key.create", "key.create",
    ]  # fmt: skip
    assert found[2].actor == "zoë"
    assert head(either_store) == found[0].hash
    assert verify(either_store) is None
    with either_store.session() as session:
        session.execute(update(AuditRow).where(AuditRow.number == 3).values(actor="nobody"))
    assert verify(either_store) == 3
    with either_store.session() as session:
        session.execute(update(AuditRow).where(AuditRow.number == 3).values(actor="zoë"))
    assert verify(either_store) is None
    with either_store.session() as session:
        session.delete(session.get_one(AuditRow, 2))
    assert verify(either_store) == 2


def test_a_feed_opens_with_its_own_token_only(either_store: Store) -> None:
    feeds = FeedTokens(either_store)
    mine, yours, other = (
        feeds.create("morning", "me"),
        feeds.create("morning", "you"),
        feeds.create("evening"),
    )
    assert feeds.check("morning", mine).name == "me"
    for feed, token in (("evening", mine), ("morning", other), ("morning", mine[:-1]), ("morning", "")):
        with pytest.raises(GatewayError, match="no such feed") as caught:
            feeds.check(feed, token)
        assert caught.value.status == 404
    feeds.revoke(mine)
    with pytest.raises(GatewayError, match="no such feed"):
        feeds.check("morning", mine)
    assert feeds.check("morning", yours).name == "you"
    assert [t.revoked is None for t in feeds.list_tokens("morning")] == [False, True]
    with pytest.raises(GatewayError, match="feed's name"):
        feeds.create("../etc")
    with either_store.reading() as session:
        for row in session.scalars(select(FeedTokenRow)):
            assert len(row.secret_sha256) == 32


def test_feedback_is_kept_with_what_it_is_about(partner: Partner, store: Store) -> None:
    access = Access(store)
    ann, bob = (access.authenticate(access.create_key(name)) for name in ("ann", "bob"))
    with Gateway.open(configured(a_partner("only", partner.url)), store) as gateway:
        with gateway.chat(HELLO, caller=ann) as served:
            list(served)
        given = gateway.feedback.give(served.id, -1, "too short", caller=ann)
        assert given.content is not None
        assert given.content["answer"] == "Good day."
        assert given.content["deployment"] == "only"
        assert given.content["request"]["messages"] == [{"role": "user", "content": "Good morning."}]
        with pytest.raises(GatewayError, match="no request") as caught:
            gateway.feedback.give(served.id, 1, caller=bob)
        assert caught.value.status == 404
        gateway.feedback.give(served.id, 1, "on reflection, good", caller=ann)
        [line] = [json.loads(entry.json()) for entry in gateway.feedback.entries()]
        assert (line["rating"], line["text"], line["request_id"]) == (1, "on reflection, good", served.id)
        assert line["content"]["answer"] == "Good day."
        for rating, text, words in (
            (0, "", "give 1 or -1"),
            (True, "", "give 1"),
            (1, "x" * 10_001, "10001"),
        ):
            with pytest.raises(GatewayError, match=words):
                gateway.feedback.give(served.id, rating, text, caller=ann)
        with pytest.raises(GatewayError, match="no request"):
            gateway.feedback.give(new_ulid(), 1, caller=ann)
    # A process that doesn't remember the answer keeps the feedback without it.
    given = Feedback(store).give(served.id, 1, caller=ann)
    assert given.content is None
    with store.reading() as session:
        assert len(session.scalars(select(FeedbackRow)).all()) == 1


def test_the_local_user_may_do_everything() -> None:
    local = Caller.local()
    assert all(local.may(scope) for scope in ("speech", "chat", "studio", "arena", "costs", "admin"))
    assert not local.quotas.any
