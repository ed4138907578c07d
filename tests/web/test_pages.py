# ruff: noqa: E501
"""Every page: names for everything that can be used, contrast, landmarks, no overflow, in both themes."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

PAGES = (
    "/", "/chat", "/studio", "/studio/new/daily", "/studio/new/podcast", "/studio/new/expression",
    "/studio/feeds", "/costs", "/access", "/policies?text=Hello&sort=chat", "/login",
)  # fmt: skip

# Computed as WCAG 2.2 says, over whatever lies behind a text.
CONTRAST = """() => {
  const parse = (css) => {
    const n = (css.match(/-?[\\d.]+(?:e-?\\d+)?/g) ?? []).map(Number);
    if (css.startsWith('color(')) return [n[0] * 255, n[1] * 255, n[2] * 255, n[3] ?? 1];
    return [n[0], n[1], n[2], n[3] ?? 1];
  };
  const over = (a, b) => [0, 1, 2].map((i) => a[i] * a[3] + b[i] * (1 - a[3])).concat(1);
  const behind = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) layers.unshift(parse(getComputedStyle(at).backgroundColor));
    return layers.reduce((below, layer) => over(layer, below), [255, 255, 255, 1]);
  };
  const light = (c) => {
    const [r, g, b] = c.map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const element = node.parentElement, style = getComputedStyle(element);
    if (!node.data.trim() || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    if (element.closest('.visually-hidden, .skip, [disabled], svg, option, dialog:not([open])')) continue;
    const back = behind(element), ink = over(parse(style.color), back);
    const [x, y] = [light(ink), light(back)].sort((a, b) => b - a), ratio = (x + 0.05) / (y + 0.05);
    const size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) found.push(`${ratio.toFixed(2)} ${element.tagName}.${element.className}: ${node.data.trim().slice(0, 40)}`);
  }
  return found;
}"""

STRUCTURE = """() => {
  const wrong = [];
  if (document.documentElement.lang !== 'en') wrong.push('no language');
  if (document.querySelectorAll('main').length !== 1) wrong.push('not one main');
  if (document.querySelectorAll('h1').length !== 1) wrong.push('not one h1');
  if (!document.title.includes('Duologue')) wrong.push('no title');
  let level = 0;
  for (const head of document.querySelectorAll('h1, h2, h3, h4')) {
    if (!head.checkVisibility()) continue;
    const now = Number(head.tagName[1]);
    if (now > level + 1) wrong.push(`h${level} is followed by h${now}: ${head.textContent}`);
    level = now;
  }
  const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
  for (const id of new Set(ids.filter((one, at) => ids.indexOf(one) !== at))) wrong.push(`two of #${id}`);
  for (const name of ['aria-labelledby', 'aria-describedby', 'aria-controls', 'for']) {
    for (const e of document.querySelectorAll(`[${name}]`)) {
      for (const id of e.getAttribute(name).split(' ')) if (!document.getElementById(id)) wrong.push(`${name}=${id} leads nowhere`);
    }
  }
  for (const image of document.querySelectorAll('img')) if (!image.hasAttribute('alt')) wrong.push('a picture without alt');
  for (const e of document.querySelectorAll('[style], [onclick]')) wrong.push(`inline: ${e.outerHTML.slice(0, 80)}`);
  return wrong;
}"""

USED = (
    "button",
    "link",
    "textbox",
    "combobox",
    "checkbox",
    "radio",
    "slider",
    "spinbutton",
    "tab",
    "progressbar",
)


def nameless(page: Any) -> list[str]:
    """What the browser's own accessibility tree has no name for."""
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")
    found = []
    for node in tree["nodes"]:
        role = node.get("role", {}).get("value")
        if not node.get("ignored") and role in USED and not node.get("name", {}).get("value", "").strip():
            found.append(f"{role}: {node.get('properties')}")
    return found


@pytest.fixture(scope="module")
def some(server: Any) -> str:
    """The page of an episode."""
    text = "“Who is there?” asked Ada.\n\n“Nobody,” said Ben quietly, and went home."
    with httpx.Client(base_url=server.url, timeout=60) as client:
        job = client.post("/v1/studio/expression", json={"text": text, "mode": "story"}).json()
        with client.stream("GET", f"/v1/studio/jobs/{job['id']}/events") as events:
            assert list(events.iter_lines())
        ended = client.get(f"/v1/studio/jobs/{job['id']}").json()
    return f"/studio/episodes/{ended['episode']}"


@pytest.mark.parametrize("path", [*PAGES, "episode"])
def test_pages_are_for_everybody(tab: Any, some: str, path: str) -> None:
    page = tab(
        some if path == "episode" else path, color_scheme="light", viewport={"width": 1280, "height": 900}
    )
    assert page.evaluate(STRUCTURE) == []
    assert nameless(page) == []
    assert page.evaluate(CONTRAST) == []
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    page.wait_for_timeout(150)  # colours fade into each other
    assert page.evaluate(CONTRAST) == []
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    small = page.evaluate(
        "() => [...document.querySelectorAll('button, a.button, select, input:not([type=hidden])')]"
        ".filter((e) => e.checkVisibility() && !e.closest('label, .visually-hidden')).map((e) => [e, e.getBoundingClientRect()])"
        ".filter(([, box]) => box.height < 24 || box.width < 24).map(([e]) => e.outerHTML.slice(0, 100))"
    )
    assert small == []  # WCAG 2.2: targets of 24 by 24 at least


def test_editing_is_for_everybody(tab: Any, some: str) -> None:
    page = tab(some)
    page.check("#editing")
    assert nameless(page) == []
    page.click("#turn-t1 [data-do=edit]")
    assert nameless(page) == []
    page.keyboard.press("Escape")
    assert page.evaluate("!document.querySelector('#edit-dialog').open")


def test_reduced_motion(tab: Any) -> None:
    page = tab("/chat", reduced_motion="reduce")
    page.fill("#message", "Hello.")
    page.keyboard.press("Enter")
    page.wait_for_selector(".message.user")
    moving = page.evaluate("getComputedStyle(document.querySelector('.message')).animationDuration")
    assert float(moving.removesuffix("s")) < 0.001


def test_the_policy_is_strict(client: httpx.Client) -> None:
    for path in PAGES:
        answer = client.get(path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "<script>" not in answer.text
        assert " style=" not in answer.text
        assert "http://" not in answer.text.replace("http://www.w3.org", "").replace(str(client.base_url), "")


def test_static_files_are_cached_for_ever(client: httpx.Client) -> None:
    import re

    page = client.get("/").text
    addresses = set(re.findall(r"/static/[0-9a-f]{12}/[\w.]+", page))
    assert len(addresses) >= 4
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
    old = client.get("/static/000000000000/base.css")
    assert old.status_code == 200
    assert old.headers["cache-control"] == "no-cache"
    assert (
        client.get(
            "/static/000000000000/base.css", headers={"if-none-match": old.headers["etag"]}
        ).status_code
        == 304
    )
    for wrong in ("/static/x/nothing.css", "/static/x/..%2f..%2fpages.py", "/static/x/pages.py"):
        assert client.get(wrong).status_code == 404


def test_an_address_where_nothing_is(client: httpx.Client) -> None:
    page = client.get("/nothing<b>", headers={"accept": "text/html,*/*;q=0.8"})
    assert page.status_code == 404
    assert page.headers["content-type"].startswith("text/html")
    assert "There is nothing here" in page.text
    assert "nothing&lt;b&gt;" in page.text
    program = client.get("/v1/nothing", headers={"accept": "application/json"})
    assert program.status_code == 404
    assert "openapi.json" in program.json()["error"]["message"]


def test_what_is_possible_at_an_address_is_told_in_full(client: httpx.Client) -> None:
    answer = client.put("/v1/studio/episodes/01ARZ3NDEKTSV4RRFFQ69G5FAV")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "DELETE, GET, PATCH"
