"""The arena in a real browser against a real server: by mouse, and by keyboard alone."""

from __future__ import annotations

import random
import time
from typing import Any

import httpx
import pytest

from duologue.arena.ballot import Ballot, Cast
from duologue.store import Store

NAMES = {"duologue-tiny", "duologue-tiny/careful"}
PAGES = (
    "/arena", "/arena/speech", "/arena/side-by-side?kind=text", "/arena/side-by-side?kind=speech",
    "/arena/leaderboard?kind=text", "/arena/leaderboard?kind=speech&style=on", "/arena/method",
)  # fmt: skip
NAMELESS = """() => [...document.querySelectorAll(
    'main button, main a, main select, main textarea, main input, main svg[role=img]')]
  .filter(e => e.type !== 'hidden')
  .filter(e => !(e.getAttribute('aria-label') || e.getAttribute('aria-labelledby') || e.labels?.length
    || (e.textContent ?? '').trim()))
  .map(e => e.outerHTML.slice(0, 120))"""
SLOW = 120_000
"""Milliseconds: the first answer loads the text model, on a machine that others use too."""


@pytest.fixture(scope="module")
def votes(server: Any) -> None:
    """Two hundred votes of each kind beside those that the tests cast; one contestant is gone."""
    source = random.Random(4)
    cast = []
    for kind, names in (
        ("text", ["duologue-tiny", "duologue-tiny/careful", "old-model"]),
        ("speech", ["duologue-voice/heart", "duologue-voice/emma", "duologue-voice/fable"]),
    ):
        for k in range(200):
            a, b = source.sample(names, 2)
            style = {"length": (k % 9 + 1, 5)} if kind == "text" else {"duration": (2 + k % 3, 3)}
            cast.append(
                Cast(
                    battle=f"seeded-{kind}-{k}",
                    model_a=a,
                    model_b=b,
                    kind=kind,
                    winner=source.choice(["model_a", "model_b", "model_a" if a < b else "model_b", "tie"]),
                    task="summary"
                    if kind == "text" and k % 4 == 0
                    else "chat"
                    if kind == "text"
                    else "plain",
                    language="en",
                    length="short",
                    voter=f"seed-{k % 9}",
                    style=style,
                )
            )
    with Store.open(f"sqlite:///{server.home / 'duologue.db'}") as store:
        Ballot(store).cast_all(cast)


def tab_to(page: Any, selector: str, most: int = 60) -> None:
    """Press Tab until that element has the focus."""
    for _ in range(most):
        if page.evaluate("s => document.activeElement?.matches(s) ?? false", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab doesn't lead to {selector}")


def until(page: Any, expression: str) -> None:
    """Wait for an expression to be true. (What the page itself evaluates its policy forbids.)"""
    end = time.monotonic() + SLOW / 1000
    while not page.evaluate(expression):
        assert time.monotonic() < end, expression
        page.wait_for_timeout(100)


def answers(page: Any) -> str:
    """Both answers, when both are complete; nothing on the page says whose they are."""
    page.wait_for_selector("[data-vote=left]:not([disabled])", timeout=SLOW)
    said = [page.inner_text(f"#turns-{side} .turn:last-child .body") for side in ("left", "right")]
    assert all(text.strip() for text in said)
    shown = page.inner_text("#battle").lower()
    assert not any(name in shown for name in NAMES)
    assert not page.is_visible("#reveal")
    return "\n".join(said)


def revealed(page: Any) -> set[str]:
    page.wait_for_selector("#reveal:not([hidden])")
    assert page.evaluate("document.activeElement.id") == "reveal"
    return {page.inner_text("#name-left"), page.inner_text("#name-right")}


def test_a_text_battle_by_mouse_in_several_turns(tab: Any) -> None:
    page = tab("/arena")
    page.click("#suggest")
    assert len(page.input_value("#prompt")) > 10
    page.fill("#prompt", "Good morning! How are you?")
    page.click("#send")
    answers(page)
    assert page.inner_text("#turn-count") == "Turn 1 of 8"
    page.fill("#prompt", "Tell me more about the sea.")
    page.click("#send")
    until(page, "document.querySelector('#turn-count').textContent === 'Turn 2 of 8'")
    answers(page)
    assert page.locator("#turns-left .turn").count() == 2
    page.check("#consent")
    page.click("[data-vote=left]")
    assert revealed(page) == NAMES
    page.click("#next")
    assert page.is_visible("#prompt")
    assert page.locator(".turn").count() == 0


def test_a_text_battle_by_keyboard_alone(tab: Any) -> None:
    page = tab("/arena")
    tab_to(page, "#prompt")
    page.keyboard.type("Say something about bread. A b t x n")
    page.keyboard.press("Enter")
    answers(page)
    assert page.input_value("#prompt") == ""
    page.keyboard.press("Escape")
    page.keyboard.press("t")
    assert revealed(page) == NAMES
    page.keyboard.press("n")
    assert page.evaluate("document.activeElement.id") == "prompt"


def test_single_keys_can_be_switched_off(tab: Any) -> None:
    page = tab("/arena")
    page.click("#shortcuts summary")
    page.uncheck("#keys-on")
    page.locator("h1").click()
    page.keyboard.press("s")
    assert page.input_value("#prompt") == ""
    page.reload()
    assert not page.is_checked("#keys-on")


def speak(page: Any, text: str) -> None:
    page.wait_for_selector("#sides:not([hidden])", timeout=SLOW)
    assert "duologue" not in page.inner_text("#battle").lower()
    assert page.is_disabled("[data-vote=left]")


def test_a_speech_battle_by_mouse_is_heard_to_its_end_first(tab: Any) -> None:
    page = tab("/arena/speech")
    assert page.input_value("#prompt")
    page.fill("#prompt", "Good day.")
    page.click("#send")
    speak(page, "Good day.")
    page.click("[data-play=left]")
    page.wait_for_selector(".left.was-heard", timeout=SLOW)
    assert page.is_disabled("[data-vote=left]")
    page.click("[data-play=right]")
    page.wait_for_selector("[data-vote=left]:not([disabled])", timeout=SLOW)
    page.click("[data-vote=right]")
    names = revealed(page)
    assert len(names) == 2
    assert all(name.startswith("duologue-voice/") for name in names)


def test_a_speech_battle_by_keyboard_alone(tab: Any) -> None:
    page = tab("/arena/speech")
    tab_to(page, "#prompt")
    page.keyboard.press("Control+a")
    page.keyboard.type("Well done.")
    page.keyboard.press("Enter")
    speak(page, "Well done.")
    page.keyboard.press("b")
    assert not page.is_visible("#reveal")
    page.keyboard.press("1")
    page.wait_for_selector(".left.was-heard", timeout=SLOW)
    page.keyboard.press("2")
    page.wait_for_selector("[data-vote=left]:not([disabled])", timeout=SLOW)
    page.keyboard.press("x")
    assert len(revealed(page)) == 2
    page.keyboard.press("n")
    assert page.evaluate("document.activeElement.id") == "prompt"


def test_the_needle_can_be_moved_but_not_past_the_rule(tab: Any) -> None:
    page = tab("/arena/speech")
    page.fill("#prompt", "This one is a little longer than the others are.")
    page.click("#send")
    speak(page, "")
    page.click("[data-play=left]")
    page.evaluate(
        "() => { const a = document.querySelector('.left audio'); a.currentTime = a.duration - 0.2; }"
    )
    until(page, "document.querySelector('.left audio').ended")
    page.wait_for_timeout(200)
    assert page.locator(".was-heard").count() == 0


def test_side_by_side_shows_its_names_and_takes_no_vote(tab: Any) -> None:
    page = tab("/arena/side-by-side?kind=text")
    page.fill("#prompt", "Good evening.")
    page.click("#send")
    until(page, "!document.querySelector('#send').disabled && document.querySelector('.turn')")
    assert page.inner_text(".side.left .who") == "duologue-tiny"
    assert page.locator("[data-vote]").count() == 0
    page = tab("/arena/side-by-side?kind=speech")
    page.fill("#prompt", "Good evening.")
    page.click("#send")
    page.wait_for_selector("#sides:not([hidden])", timeout=SLOW)
    until(page, "document.querySelector('audio[data-side=right]').duration > 0.3")


def test_the_leaderboard_by_mouse(tab: Any, votes: None) -> None:
    page = tab("/arena/leaderboard?kind=text")
    rows = page.locator(".table-wrap tbody").first.locator("tr")
    assert rows.count() >= 3
    assert "retired" in page.locator("tr.gone").inner_text()
    for name in ("ratings", "shares", "pairs"):
        figure = page.locator(f"svg[role=img][aria-labelledby^={name}-title]")
        assert figure.locator("title").first.text_content()
        assert figure.locator("desc").text_content()
    whole = page.inner_text(".head p")
    page.select_option("#task", "summary")
    page.check("[name=style]")
    page.click(".filters button")
    assert "task=summary" in page.url
    assert "style=on" in page.url
    assert page.inner_text(".head p") != whole
    assert "What style is worth" in page.inner_text("main")
    page.click("text=Speech >> nth=1")
    assert "duologue-voice/heart" in page.inner_text("main")


def test_the_leaderboard_by_keyboard_alone(tab: Any, votes: None) -> None:
    page = tab("/arena/leaderboard?kind=speech")
    tab_to(page, "#task")
    page.keyboard.type("plain")
    tab_to(page, "[name=style]")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "task=plain" in page.url
    assert "style=on" in page.url
    tab_to(page, ".table-wrap")
    tab_to(page, "a[href^='/v1/arena/leaderboard']")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_fit_a_phone(tab: Any, votes: None, scheme: str) -> None:
    page = tab(PAGES[0], viewport={"width": 360, "height": 740}, color_scheme=scheme)
    for path in PAGES:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
        headings = page.evaluate("[...document.querySelectorAll('main h1')].length")
        assert headings == 1, path


def test_every_control_has_a_name(tab: Any, votes: None) -> None:
    """What a screen reader would say of each button, link, field and picture."""
    page = tab(PAGES[0])
    for path in PAGES:
        page.goto(path)
        nameless = page.evaluate(NAMELESS)
        assert nameless == [], path


def test_the_policy_of_the_pages_is_strict(server: Any) -> None:
    for path in PAGES:
        answer = httpx.get(server.url + path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert "<script>" not in answer.text
        assert " style=" not in answer.text
        assert " onclick=" not in answer.text
