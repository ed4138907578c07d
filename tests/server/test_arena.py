"""The arena over HTTP: what is said when, to whom, and what never is before the vote."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from typing import Any

import httpx
import pytest

from duologue.arena.ballot import Ballot, Cast
from duologue.arena.battles import now
from duologue.gateway.access import Access

TEXT = {"duologue-tiny", "duologue-tiny/careful"}
VOICES = {f"duologue-voice/{v}" for v in ("heart", "emma", "fenrir", "fable")}


@pytest.fixture
def home(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("DUOLOGUE_HOME", str(tmp_path / "home"))
    return tmp_path


@pytest.fixture
def arena(home: Any, running: Any) -> Any:
    """A server with a store of its own."""
    return running()


def open_client(server: Any, **how: Any) -> httpx.Client:
    return httpx.Client(base_url=server.url, timeout=120, **how)


def events_of(text: str) -> list[tuple[str, Any]]:
    found = []
    for block in text.strip().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.split("\n"))
        found.append((lines.get("event", "message"), json.loads(lines["data"])))
    return found


def text_battle(
    client: httpx.Client, prompt: str = "Write about the sea."
) -> tuple[str, list[httpx.Response]]:
    begun = client.post("/v1/arena/battles", json={"kind": "text", "prompt": prompt})
    assert begun.status_code == 201, begun.text
    id = begun.json()["id"]
    asked = client.post(f"/v1/arena/battles/{id}/turns", json={})
    assert asked.status_code == 200
    return id, [begun, asked]


def test_nothing_says_who_it_is_before_the_vote(arena: Any) -> None:
    with open_client(arena) as client:
        id, answers = text_battle(client)
        state = client.get(f"/v1/arena/battles/{id}")
        assert state.json()["votable"] is True
        said = ""
        for answer in [*answers, state]:
            told = "\n".join(f"{k}: {v}" for k, v in answer.headers.items()).lower()
            assert "deployment" not in told
            assert "reason" not in told
            assert "cost" not in told
            said += answer.text + told
        events = events_of(answers[1].text)
        words = "".join(data["text"] for name, data in events if name == "piece")
        assert not any(name in said.replace(words, "") for name in TEXT)
        assert {name for name, _ in events} == {"piece", "ended", "done"}
        assert all(set(data) <= {"side", "text"} for name, data in events if name != "done")
        assert set(events[-1][1]) == {"turns", "most", "votable"}
        told = client.post(f"/v1/arena/battles/{id}/vote", json={"winner": "tie"}).json()
        assert {told["left"]["name"], told["right"]["name"]} == TEXT
        assert client.get(f"/v1/arena/battles/{id}").json()["left"] in TEXT


def test_one_vote_and_no_more_turns_after_it(arena: Any) -> None:
    with open_client(arena) as client:
        id, _ = text_battle(client)
        first = client.post(f"/v1/arena/battles/{id}/vote", json={"winner": "left", "consent": True})
        assert first.status_code == 200
        again = client.post(f"/v1/arena/battles/{id}/vote", json={"winner": "right"})
        assert (again.status_code, again.json()["error"]["code"]) == (409, "conflict")
        assert client.post(f"/v1/arena/battles/{id}/turns", json={"prompt": "More."}).status_code == 409
        rows = client.get("/v1/arena/votes.jsonl").text.splitlines()
        counted = first.json()["counted"]
        assert len(rows) == (1 if counted else 0)
        pairs = client.get("/v1/arena/preferences.jsonl").text.splitlines()
        assert len(pairs) <= len(rows)
        for line in pairs:
            assert json.loads(line)["chosen_model"] == first.json()["left"]["name"]


def test_a_battle_is_there_for_its_browser_alone(arena: Any) -> None:
    with open_client(arena) as mine, open_client(arena) as other:
        id = mine.post("/v1/arena/battles", json={"kind": "text", "prompt": "Hello."}).json()["id"]
        cookie = mine.cookies.jar
        assert [c.name for c in cookie] == ["duologue_voter"]
        for method, path in (("GET", ""), ("POST", "/turns"), ("POST", "/vote"), ("POST", "/heard")):
            body: Any = {"/vote": {"winner": "left"}, "/heard": {"side": "left"}}.get(path, {})
            answer = other.request(
                method, f"/v1/arena/battles/{id}{path}", json=body if method == "POST" else None
            )
            assert answer.status_code == 404, path


def test_speech_is_heard_before_it_is_voted_on(arena: Any) -> None:
    with open_client(arena) as client:
        begun = client.post("/v1/arena/battles", json={"kind": "speech", "prompt": "Good day."})
        id = begun.json()["id"]
        assert begun.json()["obstacle"].startswith("hear the left and the right clip")
        assert client.post(f"/v1/arena/battles/{id}/heard", json={"side": "left"}).status_code == 409
        clips = [client.get(f"/v1/arena/battles/{id}/clips/{side}.wav") for side in ("left", "right")]
        assert all(c.headers["content-type"] == "audio/wav" and c.content[:4] == b"RIFF" for c in clips)
        assert all(c.content[:24] != b"" and c.content[20:36] == clips[0].content[20:36] for c in clips)
        assert client.post(f"/v1/arena/battles/{id}/vote", json={"winner": "left"}).status_code == 409
        seconds = [(len(c.content) - 44) / 48_000 for c in clips]
        time.sleep(max(seconds))
        for side in ("left", "right"):
            heard = client.post(f"/v1/arena/battles/{id}/heard", json={"side": side})
            assert heard.status_code == 200
        assert heard.json()["heard"] == ["left", "right"]
        assert heard.json()["left"] == heard.json()["right"] == ""
        early = client.post(f"/v1/arena/battles/{id}/vote", json={"winner": "left"})
        if sum(seconds) > max(seconds) + 1.0:
            assert early.status_code == 409  # both can't have been heard one after the other
        time.sleep(min(seconds) + 0.2)
        told = client.post(f"/v1/arena/battles/{id}/vote", json={"winner": "both_bad"})
        if early.status_code == 409:
            assert {told.json()["left"]["name"], told.json()["right"]["name"]} <= VOICES


def test_side_by_side_names_names_and_counts_nothing(arena: Any) -> None:
    with open_client(arena) as client:
        order = {
            "kind": "text",
            "prompt": "Hello.",
            "left": "duologue-tiny",
            "right": "duologue-tiny/careful",
        }
        begun = client.post("/v1/arena/battles", json=order).json()
        assert (begun["mode"], begun["left"]) == ("named", "duologue-tiny")
        client.post(f"/v1/arena/battles/{begun['id']}/turns", json={})
        vote = client.post(f"/v1/arena/battles/{begun['id']}/vote", json={"winner": "left"})
        assert (vote.status_code, "isn't counted" in vote.text) == (409, True)


@pytest.mark.parametrize(
    ("path", "body", "status", "message"),
    [
        ("/v1/arena/battles", {"kind": "song", "prompt": "la"}, 400, "kind"),
        ("/v1/arena/battles", {"kind": "text", "prompt": "   "}, 400, "nothing to answer"),
        ("/v1/arena/battles", {"kind": "speech", "prompt": "x" * 700}, 400, "at most 600"),
        (
            "/v1/arena/battles",
            {"kind": "text", "prompt": "hi", "left": "nobody", "right": "x"},
            400,
            "no contestant",
        ),
        ("/v1/arena/battles/01M8ADWFXQRKEA2AAM4NK77TM8/vote", {"winner": "left"}, 404, "no such battle"),
        ("/v1/arena/battles/01M8ADWFXQRKEA2AAM4NK77TM8/vote", {"winner": "me"}, 400, "winner"),
        ("/v1/arena/battles/..%2F..%2Fetc/vote", {"winner": "left"}, 404, ""),
        ("/v1/arena/findings/01M8ADWFXQRKEA2AAM4NK77TM8", {"decision": "release"}, 404, "no finding"),
    ],
)
def test_bad_requests_say_what_is_wrong(
    home: Any, client: httpx.Client, path: str, body: Any, status: int, message: str
) -> None:
    answer = client.post(path, json=body)
    assert (answer.status_code, message in answer.text) == (status, True), answer.text


def test_boards_and_files(arena: Any) -> None:
    ballot = Ballot(arena.store)
    words = ["model_a", "model_b", "tie", "model_a"]
    ballot.cast_all([
        Cast(model_a="duologue-tiny", model_b="duologue-tiny/careful", winner=words[k % 4], battle=f"b{k}",
             kind="text", task="chat" if k % 2 else "summary", language="en", length="short",
             voter="secret-hash", style={"length": (k + 1, 9)})
        for k in range(60)
    ])  # fmt: skip
    with open_client(arena) as client:
        board = client.get("/v1/arena/leaderboard", params={"kind": "text"}).json()
        assert board["votes"] == 60
        assert {c["name"] for c in board["contestants"]} == TEXT
        assert board["pairs"][0]["battles"] == 60
        part = client.get(
            "/v1/arena/leaderboard", params={"kind": "text", "task": "summary", "style": "true"}
        ).json()
        assert part["votes"] == 30
        assert part["effects"][0]["name"] == "length"
        assert client.get("/v1/arena/leaderboard", params={"task": "juggling"}).status_code == 400
        table = client.get("/v1/arena/votes.csv")
        assert table.headers["content-type"].startswith("text/csv")
        assert len(table.text.splitlines()) == 61
        assert "secret-hash" not in table.text
        assert "secret-hash" in client.get("/v1/arena/votes.csv", params={"private": "true"}).text
        assert client.get("/v1/arena/votes.parquet").content[:4] == b"PAR1"


def test_reviewing_needs_a_key_that_may(arena: Any) -> None:
    access = Access(arena.store)
    secret = {
        "voter": access.create_key("voter", ["arena"]),
        "admin": access.create_key("head", ["arena", "admin"]),
    }
    hasty = [
        Cast(model_a="x", model_b="y", winner="model_a", battle=f"h{k}", voter="v" * 64, kind="text",
             at=now(), seconds=0.1, prompt=f"p{k}")
        for k in range(12)
    ]  # fmt: skip
    Ballot(arena.store).cast_all(hasty)
    time.sleep(5.1)  # the server looks every five seconds whether keys exist
    with open_client(arena, headers={"authorization": f"Bearer {secret['voter']}"}) as client:
        assert client.get("/v1/arena/leaderboard").status_code == 200
        for path in ("/v1/arena/findings", "/v1/arena/votes.csv?private=true", "/v1/arena/preferences.jsonl"):
            assert client.get(path).status_code == 403, path
        assert client.post("/v1/arena/examine").status_code == 403
        assert client.get("/arena/review").status_code == 403
    with open_client(arena) as client:
        assert client.get("/v1/arena/leaderboard").status_code == 401
        assert client.get("/arena", follow_redirects=False).status_code == 303
    with open_client(arena, headers={"authorization": f"Bearer {secret['admin']}"}) as client:
        found = client.post("/v1/arena/examine").json()["data"]
        assert found
        assert client.get("/v1/arena/leaderboard").json()["held"] > 0
        id = found[0]["id"]
        done = client.post(f"/v1/arena/findings/{id}", json={"decision": "release", "note": "a class"}).json()
        assert (done["state"], done["reviewer"], done["note"]) == ("released", "head", "a class")
        assert client.post(f"/v1/arena/findings/{id}", json={"decision": "hold"}).json()["state"] == "held"
        page = client.get("/arena/review").text
        assert "Let them count" in page
        decided = client.post("/arena/review", data={"id": id, "decision": "release"}, follow_redirects=False)
        assert decided.status_code == 303
        assert client.get("/v1/arena/findings", params={"state": "released"}).json()["data"][0]["id"] == id


def test_voting_has_its_limits(home: Any, arena: Any) -> None:
    """Six votes a minute: the seventh is told when to come back, and its battle waits for it."""
    with open_client(arena) as client:
        first = client.post("/v1/arena/battles", json={"kind": "text", "prompt": "Hello."})
        owner = None
        with arena.store.reading() as session:
            from duologue.arena.battletable import BattleRow

            owner = session.get_one(BattleRow, first.json()["id"]).owner
        Ballot(arena.store).cast_all(
            [
                Cast(model_a="x", model_b="y", winner="tie", battle=f"l{k}", voter=owner, at=now())
                for k in range(6)
            ]
        )
        id = first.json()["id"]
        with arena.store.session() as session:
            row = session.get_one(BattleRow, id)
            row.turns, row.ready = [{"prompt": "Hello.", "left": "A.", "right": "B."}], now()
        answer = client.post(f"/v1/arena/battles/{id}/vote", json={"winner": "left"})
        assert answer.status_code == 429
        assert 1 <= int(answer.headers["retry-after"]) <= 60
        assert client.get(f"/v1/arena/battles/{id}").json()["votable"] is True


def test_what_follows_a_vote(home: Any, arena: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ratings reach the gateway, and the judges hear the battle, without anybody asking."""
    from duologue.arena.battletable import BattleRow

    told: dict[str, dict[str, float]] = {}
    monkeypatch.setattr(arena.gateway, "rate", lambda task, ratings: told.update({task: dict(ratings)}))
    words = ["model_a", "model_b", "tie", "model_a"]
    Ballot(arena.store).cast_all([
        Cast(model_a="duologue-tiny", model_b="duologue-tiny/careful", winner=words[k % 4], battle=f"b{k}",
             kind="text", task="chat", voter=f"v{k}")
        for k in range(60)
    ])  # fmt: skip
    with open_client(arena) as client:
        id = client.post("/v1/arena/battles", json={"kind": "text", "prompt": "Good bread."}).json()["id"]
        with arena.store.session() as session:
            row = session.get_one(BattleRow, id)
            row.turns = [{"prompt": "Good bread.", "left": "Bread is good.", "right": "so so so so so"}]
            row.ready = now() - timedelta(seconds=20)  # a vote at once would be held
        assert client.post(f"/v1/arena/battles/{id}/vote", json={"winner": "left"}).json()["counted"]
        until = time.monotonic() + 60
        while "chat" not in told and time.monotonic() < until:
            time.sleep(0.1)
        assert set(told) >= {"*", "chat"}
        assert told["chat"]["duologue-tiny"] == pytest.approx(told["*"]["duologue-tiny"])
        judges = client.get("/v1/arena/leaderboard").json()["judges"]
        assert [(j["judge"], j["battles"], j["share"]) for j in judges] == [("checks", 1, 1.0)]
