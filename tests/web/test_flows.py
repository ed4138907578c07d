"""What people do on the pages, in a headless Chromium: speak, chat, make and edit an episode, see costs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import httpx
import pytest

ARTICLE = Path(__file__).parents[2] / "examples" / "articles" / "bridge.txt"
FEED = next((Path(__file__).parents[2] / "examples" / "feeds").glob("*.xml"))


@pytest.fixture(scope="module")
def episode(server: Any, chromium: Any) -> str:
    """The address of an expression that was made over HTTP."""
    with httpx.Client(base_url=server.url, timeout=60) as client:
        text = "The lamp went out. A door opened.\n\nNobody had been there for thirty years."
        job = client.post("/v1/studio/expression", json={"text": text, "mode": "emotive"}).json()
        with client.stream("GET", f"/v1/studio/jobs/{job['id']}/events") as events:
            last = [line for line in events.iter_lines() if line.startswith("data:")][-1]
        made = client.get(f"/v1/studio/jobs/{job['id']}").json()
    assert made["state"] == "done", last
    return f"/studio/episodes/{made['episode']}"


def test_speaking(tab: Any) -> None:
    page = tab("/")
    page.fill("#text", "Every word of this knows when it is heard.")
    page.select_option("#style", "news")
    page.click("#go")
    page.wait_for_selector(".word.lit")  # a word lights up while it plays
    page.wait_for_selector("#figures:not([hidden])")
    assert [w.inner_text() for w in page.query_selector_all("#said .word")] == (
        "Every word of this knows when it is heard".split()
    )
    assert re.fullmatch(r"\d+ ms", page.inner_text("#first"))
    assert "duologue-voice" in page.inner_text("#who")
    assert page.inner_text("#state") in ("Speaking …", "Done.")
    drawn = page.evaluate(
        "() => { const c = document.querySelector('#scope'); const d = c.getContext('2d')"
        ".getImageData(0, 0, c.width, c.height).data; return new Set(new Uint32Array(d.buffer)).size }"
    )
    assert drawn > 200  # waveform and spectrum are there, not an empty canvas
    page.wait_for_selector("#state:has-text('Done.')")
    assert page.query_selector(".word.lit") is None
    page.click("#pause")  # again, from what is already here
    page.wait_for_selector(".word.lit")
    page.click("#stop")
    assert page.inner_text("#state") == "Stopped."


def test_what_the_voice_refuses_is_told(tab: Any) -> None:
    page = tab("/", allowed={400})
    page.check("#ssml")
    page.fill("#text", "<speak>It <never ends")
    page.click("#go")
    page.wait_for_selector("#fault:not([hidden])")
    assert page.get_attribute("#fault", "role") == "alert"
    assert len(page.inner_text("#fault")) > 10
    assert page.is_disabled("#stop")


def test_markup_is_heard_and_not_seen(tab: Any) -> None:
    page = tab("/")
    page.click("button:has-text('SSML')")
    assert page.is_checked("#ssml")
    page.click("#go")
    page.wait_for_selector("#figures:not([hidden])")
    assert " ".join(page.inner_text("#said").split()).startswith("The number is B42")
    assert "<" not in page.inner_text("#said")
    page.uncheck("#ssml")
    page.fill("#text", "Wait [pause:100ms] for a [tomato](/təmˈɑːtoʊ/).")
    page.click("#go")
    page.wait_for_selector("#said .word >> nth=3")
    page.wait_for_selector("#figures:not([hidden])")
    assert " ".join(page.inner_text("#said").split()) == "Wait for a tomato."


def test_previews_blends_and_the_same_call(tab: Any) -> None:
    page = tab("/")
    page.click("[data-preview=emma]")
    page.wait_for_selector("#said .word")
    assert "Emma" in page.inner_text("#said")
    page.click("text=Blend with a second voice")
    page.select_option("#second", "fable")
    page.evaluate("document.querySelector('#share').value = 25")
    page.dispatch_event("#share", "input")
    page.select_option("#format", "flac")
    page.fill("#text", 'It\'s "quoted".')
    code = page.inner_text("#code")
    assert '"voice": "heart(75)+fable(25)"' in code
    assert "-o speech.flac" in code
    assert "It'\\''s" in code  # a shell takes it as it stands
    page.click("#tab-python")
    python = page.inner_text("#code")
    compile(python, "code", "exec")
    assert 'voice="heart(75)+fable(25)"' in python
    page.keyboard.press("ArrowLeft")
    assert page.get_attribute("#tab-curl", "aria-selected") == "true"


def test_downloading(tab: Any, tmp_path: Path) -> None:
    import soundfile

    page = tab("/")
    page.fill("#text", "Downloaded.")
    page.select_option("#format", "wav")
    with page.expect_download() as download:
        page.click("#download")
    assert download.value.suggested_filename == "speech.wav"
    download.value.save_as(tmp_path / "speech.wav")
    info = soundfile.info(tmp_path / "speech.wav")
    assert info.samplerate == 24_000
    assert 0.4 < info.duration < 4


def test_chatting(tab: Any, client: httpx.Client) -> None:
    page = tab("/chat")
    page.click("summary")
    page.fill("#most", "12")
    page.check("#aloud")
    page.fill("#message", "Write a headline: the ferry crew was rescued.")
    page.keyboard.press("Enter")
    page.wait_for_selector(".message.assistant footer:not([hidden])")
    answer = page.inner_text(".message.assistant .body").strip()
    assert answer
    assert page.inner_text("#said") == answer or page.inner_text("#said").strip() == answer
    facts = page.inner_text(".message.assistant .facts")
    assert "duologue-tiny" in facts
    assert re.search(r"\d+ tokens · \$0", facts)
    page.click(".message.assistant [data-do=up]")
    page.wait_for_selector(".message.assistant .comment:not([hidden])")
    page.fill(".message.assistant .comment input", "Short and right.")
    with page.expect_response("**/v1/feedback") as answered:
        page.keyboard.press("Enter")
    assert answered.value.status == 201
    assert page.get_attribute(".message.assistant [data-do=up]", "aria-pressed") == "true"
    page.reload()  # the conversation is kept in the tab
    assert page.inner_text(".message.assistant .body").strip() == answer
    page.click("#new")
    assert page.query_selector(".message") is None
    assert page.is_visible("#empty")


def test_stopping_an_answer(tab: Any) -> None:
    page = tab("/chat")
    page.route("**/v1/chat/completions", lambda route: None)  # ours may end too soon
    page.fill("#message", "Tell me a long story about the sea.")
    page.keyboard.press("Enter")
    page.wait_for_selector("#stop:not([hidden])")
    with page.expect_event("requestfailed") as cut:  # the server sees its client go
        page.click("#stop")
    assert cut.value.url.endswith("/v1/chat/completions")
    page.wait_for_selector("#stop", state="hidden")
    assert page.query_selector(".message.writing") is None
    assert page.is_visible("#send")
    assert page.evaluate("document.activeElement.id") == "message"


def test_making_a_podcast(tab: Any) -> None:
    page = tab("/studio/new/podcast")
    page.set_input_files("#files", ARTICLE)
    page.wait_for_selector("#uploads button")
    assert "bridge.txt" in page.inner_text("#uploads")
    page.select_option("#format", "interview")
    page.fill("#name-0", "Ada")
    page.select_option("#voice-0", "emma")
    page.evaluate("document.querySelector('#minutes').value = 1")
    page.click("#go")
    page.wait_for_url("**/studio?job=*")
    page.wait_for_selector(".job .steps")
    page.reload()  # a job survives the page
    page.wait_for_url("**/studio/episodes/*", timeout=120_000)
    assert "Ada" in page.inner_text("#episode header")
    assert len(page.query_selector_all(".chapters button")) >= 2
    assert len(page.query_selector_all(".word")) > 60
    assert re.search(r"(\d+) of \1 sentences", page.inner_text("#grounding-head + p"))
    page.click(".grounding summary:has-text('rests on')")
    assert page.is_visible(".grounding[open] blockquote")
    page.evaluate("document.querySelector('#audio').currentTime = 5")
    page.wait_for_selector(".word.lit, .turn.on")
    page.click("summary:has-text('Download')")
    assert page.is_visible("a:has-text('episode.mp3')")


def test_making_a_daily(tab: Any) -> None:
    page = tab("/studio/new/daily", allowed={400})
    page.click("#go")
    page.wait_for_selector("#fault:not([hidden])")  # nothing to read
    page.set_input_files("#files", FEED)
    page.wait_for_selector("#uploads button")
    page.evaluate("document.querySelector('#minutes').value = 1")
    page.fill("#name", "Ada")
    page.click("#go")
    page.wait_for_url("**/studio/episodes/*", timeout=120_000)
    assert "Your briefing" in page.title()
    assert page.query_selector(".grounding") is not None


def test_editing_an_episode(tab: Any, episode: str, client: httpx.Client) -> None:
    api = episode.replace("/studio/", "/v1/studio/")
    before = client.get(api).json()
    page = tab(episode)
    assert page.is_hidden("#draft")
    page.check("#editing")
    page.click("#turn-t2 [data-do=edit]")
    assert page.evaluate("document.activeElement.id") == "edit-text"
    page.fill("#edit-text", "A window opened.")
    page.select_option("#edit-style", "whisper")
    page.click("#edit-save")
    page.wait_for_selector("#draft:not([hidden])")
    assert page.inner_text("#draft-count") == "1 line changed."
    assert page.is_visible("#turn-t2 .change")
    assert page.is_hidden("#turn-t1 .change")
    page.reload()  # edits wait on the server
    assert page.inner_text("#draft-count") == "1 line changed."
    page.click("#render")
    page.wait_for_selector("#toasts:has-text('Spoken anew: 1')")
    after = client.get(api).json()
    assert [t["text"] for t in after["turns"]][1] == "A window opened."
    assert after["turns"][1]["style"] == "whisper"
    assert after["mark"] != before["mark"]
    assert not after["draft"]
    page.check("#editing")
    page.click("#turn-t1 [data-do=remove]")
    page.wait_for_selector("#draft:not([hidden])")
    assert "1 removed" in page.inner_text("#draft-count")
    page.click("#discard")
    page.wait_for_selector("#turn-t1")
    assert page.is_hidden("#draft")


def test_deleting_an_episode(tab: Any, client: httpx.Client) -> None:
    job = client.post("/v1/studio/expression", json={"text": "Soon gone."}).json()
    page = tab(f"/studio?job={job['id']}")
    page.wait_for_url("**/studio/episodes/*")
    where = page.url
    page.click("#delete")
    page.click("#delete-dialog button:has-text('Keep it')")
    assert page.url == where
    page.click("#delete")
    page.click("#delete-dialog button:has-text('Delete')")
    page.wait_for_url("**/studio")
    assert client.get(where.replace("/studio/", "/v1/studio/")).status_code == 404


def test_subscribing(tab: Any, episode: str) -> None:
    page = tab("/studio/feeds")
    page.fill("#name", "My phone")
    page.click("text=Make an address")
    page.wait_for_selector("#made:not([hidden])")
    url = page.input_value("#url")
    feed = httpx.get(url)
    assert feed.status_code == 200
    assert episode.rsplit("/", 1)[1] in feed.text
    page.reload()
    page.click("button:has-text('Revoke')")
    page.wait_for_selector("text=revoked")
    assert httpx.get(url).status_code == 404


def test_seeing_costs(tab: Any) -> None:
    page = tab("/costs")
    page.click("nav[aria-label=Measure] >> text=Requests")
    assert page.query_selector_all("svg.plot rect")
    page.click("text=by task")
    assert "speech" in page.inner_text("table")
    with page.expect_download() as download:
        page.click("text=CSV")
    rows = Path(download.value.path()).read_text("utf-8").splitlines()
    assert rows[0].startswith("task,sort,requests")
    assert len(rows) >= 2


def test_policies(tab: Any) -> None:
    page = tab("/policies")
    page.fill("#text", "The bridge closes on Monday.")
    page.click("text=Show")
    assert "duologue-voice" in page.inner_text(".chain")
    assert "in-house first" in page.inner_text(".chain")


def test_the_keyboard_alone(tab: Any) -> None:
    """From the skip link to hearing a text, and through the chat, with no pointer."""
    page = tab("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    seen = []
    for _ in range(12):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.id || document.activeElement.name"))
        if seen[-1] == "text":
            break
    assert seen[-1] == "text"
    page.keyboard.press("Control+A")
    page.keyboard.type("By keyboard.")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#said .word")
    for _ in range(30):
        page.keyboard.press("Tab")
        ring = page.evaluate(
            "() => { const e = document.activeElement; let at = e; const rings = [];"
            " while (at && at !== document.body) { rings.push(getComputedStyle(at).boxShadow);"
            " at = at.parentElement; } return [e.tagName, rings.slice(0, 3)] }"
        )
        if ring[0] not in ("BODY", "HTML"):
            assert any(r != "none" for r in ring[1]), ring  # where one is can be seen
    page.goto("/chat")
    page.focus("#message")
    page.keyboard.type("Hello.")
    page.keyboard.press("Enter")
    page.wait_for_selector(".message.user")


def test_the_theme_is_kept(tab: Any) -> None:
    page = tab("/", color_scheme="light")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click("#theme")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    page.goto("/studio")
    assert page.get_attribute("html", "data-theme") == "dark"
