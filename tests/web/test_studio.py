"""The studio over HTTP, as any client calls it: uploads, orders, jobs, episodes, feeds, whose they are."""

from __future__ import annotations

import time
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import httpx
import pytest

ARTICLES = Path(__file__).parents[2] / "examples" / "articles"
STORY = "The lamp went out. A door opened.\n\nNobody had been there for thirty years."


def ended(client: httpx.Client, job: dict[str, Any], seconds: float = 300) -> dict[str, Any]:
    until = time.monotonic() + seconds
    while job["state"] in ("queued", "running"):
        assert time.monotonic() < until, job
        time.sleep(0.1)
        job = client.get(f"/v1/studio/jobs/{job['id']}").json()
    return job


def made(client: httpx.Client, text: str = STORY, **more: Any) -> str:
    job = ended(client, client.post("/v1/studio/expression", json={"text": text, **more}).json())
    assert job["state"] == "done", job
    return str(job["episode"])


def test_uploads(client: httpx.Client) -> None:
    data = (ARTICLES / "bridge.txt").read_bytes()
    kept = client.post("/v1/studio/uploads", params={"name": "../../bridge.txt"}, content=data)
    assert kept.status_code == 201
    assert kept.json()["name"] == "bridge.txt"
    assert kept.json()["characters"] > 2000
    for name, body, status in (
        ("run.exe", b"MZ", 415),
        ("empty.txt", b"   ", 422),
        ("bomb.xml", b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', 422),
        ("scan.pdf", b"%PDF-1.4 broken", 422),
    ):
        answer = client.post("/v1/studio/uploads", params={"name": name}, content=body)
        assert (answer.status_code, answer.json()["error"]["type"]) == (status, "invalid_request_error")
    assert client.post("/v1/studio/uploads", content=data).status_code == 400  # no name
    large = (
        b"A sentence that is written again and again.\n\n" * 120_000
    )  # 5.4 MB: more than other bodies may have
    assert client.post("/v1/studio/uploads", params={"name": "a.txt"}, content=large).status_code == 201
    larger = b"x" * 32_000_001
    assert client.post("/v1/studio/uploads", params={"name": "a.txt"}, content=larger).status_code == 413
    assert client.post("/v1/feedback", content=large).status_code == 413


def test_orders_that_could_only_fail_are_refused_at_once(client: httpx.Client) -> None:
    nobody = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
    for path, body, status in (
        ("podcast", {}, 400),
        ("podcast", {"text": "Hi there.", "format": "opera"}, 400),
        ("podcast", {"uploads": [nobody]}, 404),
        ("podcast", {"addresses": ["file:///etc/passwd"]}, 400),
        ("podcast", {"text": "x", "music": "/etc/passwd"}, 400),
        ("daily", {}, 400),
        ("daily", {"feeds": ["ftp://example.org/x"]}, 400),
        ("daily", {"feeds": ["/etc/passwd"]}, 400),
        ("daily", {"feeds": ["https://example.org/"], "minutes": 0}, 400),
        ("expression", {"text": "..."}, 400),
        ("expression", {"text": "x", "colour": "red"}, 400),
        (f"episodes/{nobody}/render", {}, 404),
    ):
        answer = client.post(f"/v1/studio/{path}", json=body)
        assert (answer.status_code, "message" in answer.json()["error"]) == (status, True), (path, body)


def test_feeds_at_private_addresses_are_not_fetched(client: httpx.Client, server: Any) -> None:
    order = {"feeds": [f"{server.url}/openapi.json", "http://169.254.169.254/latest/"]}
    job = ended(client, client.post("/v1/studio/daily", json=order).json())
    assert job["state"] == "failed"
    assert "private" in job["error"] or "loopback" in job["error"]


def test_an_episode_in_full(client: httpx.Client) -> None:
    episode = made(client, formats=["wav"], mode="scripted", voice="emma")
    view = client.get(f"/v1/studio/episodes/{episode}").json()
    assert view["voices"] == ["emma"]
    assert view["seconds"] > 3
    assert {"episode.mp3", "episode.wav", "episode.vtt", "cover.jpg"} <= {f["name"] for f in view["files"]}
    assert all(turn["words"] for turn in view["turns"])
    assert view["turns"][0]["grounding"][0]["rests_on"][0]["quote"].startswith("The lamp")
    sound = f"/v1/studio/episodes/{episode}/files/episode.mp3"
    whole = client.get(sound)
    assert whole.headers["content-type"] == "audio/mpeg"
    part = client.get(sound, headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, whole.content[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{len(whole.content)}"
    assert "attachment" in client.get(sound, params={"download": "true"}).headers["content-disposition"]
    assert client.get(sound, headers={"Range": f"bytes={len(whole.content)}-"}).status_code == 416
    for wrong in ("..%2f..%2fduologue.db", "draft.json", ".making", "episode.exe"):
        assert client.get(f"/v1/studio/episodes/{episode}/files/{wrong}").status_code == 404
    assert episode in {e["id"] for e in client.get("/v1/studio/episodes").json()["data"]}


def test_only_changed_turns_are_spoken_again(client: httpx.Client) -> None:
    episode = made(client, "One is first. \n\nTwo is second.\n\nThree is third and last.")
    where = f"/v1/studio/episodes/{episode}"
    turns = client.get(where).json()["turns"]
    edits = [{"turn": turns[1]["id"], "text": "Two was changed."}]
    view = client.patch(where, json={"edits": edits}).json()
    assert [t["change"] for t in view["turns"]] == ["", "changed", ""]
    assert view["draft"]
    assert client.get(f"{where}/files/episode.vtt").text.count("second") == 1  # the sound has its own words
    for wrong in ([{"turn": "t99", "text": "x"}], [{"turn": turns[0]["id"]}], [{}], []):
        assert client.patch(where, json={"edits": wrong}).status_code == 400
    job = ended(client, client.post(f"{where}/render", json={}).json())
    assert (job["state"], job["made"], job["cached"]) == ("done", 1, 2)
    view = client.get(where).json()
    assert not view["draft"]
    assert "changed" in client.get(f"{where}/files/episode.vtt").text
    back = [
        {"turn": turns[1]["id"], "text": "Never mind."},
        {"turn": turns[1]["id"], "text": "Two was changed."},
    ]
    assert not client.patch(where, json={"edits": back[:1]}).json()["turns"][1]["words"]
    assert not client.delete(f"{where}/draft").json()["draft"]
    more = client.patch(where, json={"edits": [{"add_after": turns[2]["id"], "text": "Four is new."}]}).json()
    assert [t["change"] for t in more["turns"]] == ["", "", "", "new"]
    gone = client.patch(where, json={"edits": [{"turn": turns[0]["id"], "remove": True}]}).json()
    assert gone["removed"] == [turns[0]["id"]]
    job = ended(client, client.post(f"{where}/render", json={}).json())
    assert (job["made"], job["cached"]) == (1, 2)


def test_a_private_feed(client: httpx.Client) -> None:
    episode = made(client)
    feed = client.post("/v1/studio/feeds", json={"kind": "expression", "name": "phone"}).json()
    answer = httpx.get(feed["url"])
    assert answer.headers["content-type"].startswith("application/rss+xml")
    items = ET.fromstring(answer.content).findall("channel/item")
    item = next(i for i in items if i.findtext("guid") == episode)
    enclosure = item.find("enclosure")
    assert enclosure is not None
    sound = httpx.get(enclosure.attrib["url"], headers={"Range": "bytes=0-9"})
    assert (sound.status_code, len(sound.content)) == (206, 10)
    assert sound.headers["content-range"].endswith(f"/{enclosure.attrib['length']}")
    page = httpx.get(str(item.findtext("link")))
    assert "sha256-" in page.headers["content-security-policy"]
    assert httpx.get(feed["url"].replace("feed.xml", "cover.jpg")).content[:2] == b"\xff\xd8"
    secret = feed["url"].split("/")[-2]
    for wrong in (
        feed["url"].replace(secret, secret[:-1] + ("A" if secret[-1] != "A" else "B")),
        feed["url"].replace(".expression/", ".podcast/"),
        feed["url"].replace("feed.xml", f"{episode}/episode.json"),
        feed["url"].replace("feed.xml", f"{episode}/..%2f..%2fduologue.db"),
    ):
        assert httpx.get(wrong).status_code == 404, wrong
    assert client.delete(f"/v1/studio/feeds/{feed['id']}").json()["revoked"]
    assert httpx.get(feed["url"]).status_code == 404
    assert httpx.get(enclosure.attrib["url"]).status_code == 404


def test_jobs_over_http(client: httpx.Client) -> None:
    job = client.post(
        "/v1/studio/podcast", json={"text": (ARTICLES / "bridge.txt").read_text(), "minutes": 3}
    ).json()
    assert client.delete(f"/v1/studio/jobs/{job['id']}").status_code in (409, 204)
    client.post(f"/v1/studio/jobs/{job['id']}/cancel")
    assert ended(client, job)["state"] == "cancelled"
    assert client.post(f"/v1/studio/jobs/{job['id']}/again").status_code == 202
    assert client.post(f"/v1/studio/jobs/{job['id']}/again").status_code == 409
    client.post(f"/v1/studio/jobs/{job['id']}/cancel")
    ended(client, job)
    assert client.delete(f"/v1/studio/jobs/{job['id']}").status_code == 204
    assert client.get(f"/v1/studio/jobs/{job['id']}").status_code == 404


def test_kill_9_leaves_a_job_that_can_go_on(serving: Any, tmp_path: Path) -> None:
    first = serving(home=tmp_path / "home")
    with httpx.Client(base_url=first.url, timeout=120) as client:
        text = (ARTICLES / "bridge.txt").read_text()
        job = client.post("/v1/studio/podcast", json={"text": text, "minutes": 1}).json()
        until = time.monotonic() + 120
        while client.get(f"/v1/studio/jobs/{job['id']}").json()["share"] < 0.3:
            assert time.monotonic() < until
            time.sleep(0.05)
    first.kill()
    second = serving(home=tmp_path / "home")
    with httpx.Client(base_url=second.url, timeout=120) as client:
        left = client.get(f"/v1/studio/jobs/{job['id']}").json()
        assert left["state"] == "interrupted"
        assert client.get("/v1/studio/episodes").json()["data"] == []
        done = ended(client, client.post(f"/v1/studio/jobs/{job['id']}/again").json())
        assert done["state"] == "done", done
        assert done["cached"] > 0  # what was spoken before the kill wasn't spoken again
        assert len(client.get("/v1/studio/episodes").json()["data"]) == 1
    places = list((tmp_path / "home" / "studio" / "episodes" / "local").iterdir())
    assert [p.name for p in places] == [done["episode"]]  # nothing half made is left


@pytest.fixture
def locked(serving: Any, tmp_path: Path) -> Any:
    """A server that needs keys, with an administrator's, a tester's and one that may only speak."""
    from duologue.gateway.access import Access
    from duologue.store import Store

    home = tmp_path / "home"
    home.mkdir(parents=True)
    with Store.open(f"sqlite:///{home / 'duologue.db'}") as store:
        access = Access(store)
        keys = {
            "admin": access.create_key("admin", ("speech", "chat", "studio", "costs", "admin")),
            "ada": access.create_key("ada", ("speech", "studio")),
            "ben": access.create_key("ben", ("speech", "studio")),
            "mute": access.create_key("mute", ("speech",)),
        }
    made = serving(home=home)
    made.keys = keys
    return made


def test_nobody_sees_anothers(locked: Any) -> None:
    def client(name: str) -> httpx.Client:
        return httpx.Client(
            base_url=locked.url, timeout=60, headers={"authorization": f"Bearer {locked.keys[name]}"}
        )

    with client("ada") as ada, client("ben") as ben, client("mute") as mute:
        episode = made(ada)
        feed = ada.post("/v1/studio/feeds", json={}).json()
        assert httpx.get(feed["url"]).status_code == 200  # a podcast app has no key
        for path in (f"episodes/{episode}", f"episodes/{episode}/files/episode.mp3"):
            assert ada.get(f"/v1/studio/{path}").status_code == 200
            assert ben.get(f"/v1/studio/{path}").status_code == 404
            assert mute.get(f"/v1/studio/{path}").status_code == 403
            assert httpx.get(f"{locked.url}/v1/studio/{path}").status_code == 401
        assert ben.get("/v1/studio/jobs").json() == {"data": []}
        assert ben.delete(f"/v1/studio/feeds/{feed['id']}").status_code == 404
        assert ben.delete(f"/v1/studio/episodes/{episode}").status_code == 404
        assert (
            ben.patch(f"/v1/studio/episodes/{episode}", json={"edits": [{"title": "Mine"}]}).status_code
            == 404
        )
        assert mute.get("/costs").status_code == 403
        assert mute.get("/access").status_code == 403
        assert ada.get("/studio").status_code == 200
        assert mute.get("/studio").status_code == 403


def test_logging_in(tab: Any, locked: Any) -> None:
    page = tab("/studio?x=1", base=locked.url, allowed={401, 403})
    assert "/login?next=" in page.url
    page.fill("#key", "duo_wrong")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=alert]")
    page.fill("#key", locked.keys["ada"])
    page.keyboard.press("Enter")
    page.wait_for_url("**/studio?x=1")
    cookie = next(c for c in page.context.cookies() if c["name"] == "duologue_key")
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    page.goto("/")
    page.fill("#text", "Let in.")
    page.click("#go")
    page.wait_for_selector("#said .word")
    page.goto("/access")
    assert "Not with this key" in page.inner_text("h1")
    page.click("text=Log out")
    page.wait_for_url("**/login")
    page.goto("/studio")
    assert "/login" in page.url


def test_login_leads_nowhere_else(locked: Any) -> None:
    assert httpx.post(f"{locked.url}/login", json={"key": "x"}).status_code == 415
    assert httpx.post(f"{locked.url}/login", data={f"f{n}": "x" for n in range(200)}).status_code == 400
    for to in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        answer = httpx.post(f"{locked.url}/login", data={"key": locked.keys["ada"], "next": to})
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cross = httpx.post(
        f"{locked.url}/login", data={"key": locked.keys["ada"]}, headers={"Origin": "https://evil.example"}
    )
    assert cross.status_code == 403
    assert "set-cookie" not in cross.headers


def test_keys_on_the_page(tab: Any, serving: Any) -> None:
    server = serving()
    page = tab("/access", base=server.url, allowed={400, 401})
    page.fill("#name", "Ada")
    page.uncheck("[name=scope][value=admin]")
    page.click("text=Make the key")
    assert "first key" in page.inner_text("[role=alert]")
    page.check("[name=scope][value=admin]")
    page.fill("#requests", "5")
    page.click("text=Make the key")
    secret = page.inner_text("#secret")
    assert secret.startswith("duo_")
    page.goto("/access")  # whoever made the first key stays inside
    assert "Ada" in page.inner_text("table")
    assert secret not in page.content()
    assert (
        httpx.get(f"{server.url}/v1/models", headers={"authorization": f"Bearer {secret}"}).status_code == 200
    )
    assert httpx.get(f"{server.url}/access", follow_redirects=False).status_code == 303
    page.on("dialog", lambda dialog: dialog.accept())
    page.click("button:has-text('Revoke')")
    page.wait_for_load_state()
    assert (
        httpx.get(f"{server.url}/v1/models", headers={"authorization": f"Bearer {secret}"}).status_code == 401
    )
