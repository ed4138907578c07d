"""Feeds as people publish them, and as nobody should."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from duologue.studio.errors import StudioError
from duologue.studio.sources.cleaning import from_html, prose
from duologue.studio.sources.decoding import decode
from duologue.studio.sources.feeds import MOST, is_feed, read_feed

EXAMPLES = sorted((Path(__file__).parents[3] / "examples/feeds").glob("*.xml"))
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><title>Ätom</title><entry><title>Grüße</title>'
    "<updated>2026-11-20T10:00:00Z</updated><summary>Eine Straße.</summary></entry></feed>"
)


def items(*parts: str) -> bytes:
    return ('<rss version="2.0"><channel><title>News</title>' + "".join(parts) + "</channel></rss>").encode()


def test_the_examples_are_whole() -> None:
    found = [a for p in EXAMPLES for a in read_feed(p.read_bytes(), p.name)[0]]
    assert len(EXAMPLES) >= 4
    assert len(found) >= 25
    assert all(a.published and a.url and a.publisher and len(a.text) > 200 for a in found)
    assert not any("Read more" in a.text or "Ines Calloway" in a.text for a in found)
    ferry = next(a for a in found if a.title.startswith("Ferry crew"))
    assert ferry.text.startswith("All nine crew members")  # without "SALTMERE –"
    assert ferry.published == datetime(2026, 11, 22, 5, 40, tzinfo=UTC)


@pytest.mark.parametrize(
    "data",
    [
        ('<?xml version="1.0" encoding="iso-8859-1"?>' + ATOM).encode("latin-1"),
        ('<?xml version="1.0" encoding="utf-16"?>' + ATOM).encode("utf-16"),
        ('<?xml version="1.0" encoding="utf-8"?>' + ATOM).encode("latin-1"),  # a lie
        ATOM.encode("utf-8-sig"),
    ],
    ids=["latin-1", "utf-16", "wrong", "bom"],
)
def test_encodings(data: bytes) -> None:
    assert is_feed(data)
    (article,), problems = read_feed(data, "x")
    assert (article.title, article.text) == ("Grüße", "Eine Straße.")
    assert problems == []


def test_a_bomb_has_no_fuse() -> None:
    entities = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10 if i else "lol"}">' for i in range(12))
    bomb = f'<?xml version="1.0"?><!DOCTYPE x [{entities}]>'.encode() + items(
        "<item><title>Good</title><description>It is &l11; fine.</description></item>"
    )
    begun = time.monotonic()
    (article,), _ = read_feed(bomb, "x")
    assert article.title == "Good"
    assert len(article.text) < 100
    assert time.monotonic() - begun < 10


def test_an_external_entity_is_not_fetched(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("the password")
    data = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "file://{secret}">]>'.encode() + items(
        "<item><title>T</title><description>&x; and more</description></item>"
    )
    assert "password" not in "".join(a.text for a in read_feed(data, "x")[0])


def test_ten_thousand_entries_cost_no_more_than_two_hundred() -> None:
    many = items(*(f"<item><title>Item {i}</title></item>" for i in range(10_000)))
    found, problems = read_feed(many, "x")
    assert len(found) == MOST
    assert found[-1].title == f"Item {MOST - 1}"
    assert [str(p) for p in problems] == [f"x: it has 10000 entries; the first {MOST} were read"]


def test_entries_without_title_date_or_anything() -> None:
    data = items(
        "<item><description>Only text. Here it is.</description></item>",
        "<item/>",
        "<item><title>T</title><pubDate>yesterday or so</pubDate></item>",
        "<item><title>Future</title><pubDate>Mon, 01 Jan 2990 00:00:00 GMT</pubDate></item>",
        "<item><title>Link</title><link>javascript:alert(1)</link></item>",
    )
    found, problems = read_feed(data, "x")
    assert [a.title for a in found] == ["Only text", "T", "Future", "Link"]
    assert [a.published for a in found] == [None] * 4
    assert [a.url for a in found] == [""] * 4
    assert [p.message for p in problems] == ["1 of its entries have neither title nor text"]


def test_json_feeds() -> None:
    data = (
        b'{"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": [{"id": "1", "title": "A", '
        b'"content_html": "<p>Hello <b>you</b>.</p>", "date_published": "2026-11-20T10:00:00+02:00"}, {}, 5]}'
    )
    assert is_feed(data)
    (article,), problems = read_feed(data, "x")
    assert (article.title, article.text, article.publisher) == ("A", "Hello you.", "J")
    assert article.published == datetime(2026, 11, 20, 8, tzinfo=UTC)
    assert len(problems) == 1
    with pytest.raises(StudioError, match="not well formed"):
        read_feed(b'{"version": "https://jsonfeed.org/version/1"' + b"[" * 100_000, "x")


@pytest.mark.parametrize(
    "data",
    [
        b"<rss><channel><title>x<item><title>Broken & never closed<description><b>Hello",
        items("<item " + 'a="1" ' * 50_000 + "><title>t</title></item>"),
        items("<item><description>" + "&lt;div&gt;" * 8_000 + "hi</description></item>"),
        b"<rss" + bytes(range(256)) * 100,
    ],
    ids=["cut off", "attributes", "deep", "noise"],
)
def test_garbage_ends_soon_and_without_a_fault(data: bytes) -> None:
    begun = time.monotonic()
    try:
        read_feed(data, "x")
    except StudioError as error:
        assert "feed" in str(error)
    assert time.monotonic() - begun < 15


def test_html_to_prose() -> None:
    html = "<script>x()</script><p>One &amp; two<br>lines</p><ul><li>three</li></ul><table><tr><td>no</table>"
    assert from_html(html) == "One & two\nlines\nthree"
    assert from_html("plain text") == "plain text"
    assert from_html("<div>" * 100_000 + "deep") in ("", "deep")
    assert prose(
        "LONDON (Wire) - The bridge opened.\nRead more\nAdvertisement\nRegister offices close on Friday."
    ) == ("The bridge opened.\nRegister offices close on Friday.")


def test_decoding() -> None:
    assert decode("Grüße".encode("cp1252")) == "Grüße"
    assert decode("Привет".encode("koi8-r"), "koi8-r") == "Привет"
    assert decode(b"a\r\nb\x07\xef\xbb\xbf", "nonsense") == "a\nb"
    assert decode(b"x", "base64") == "x"
    with pytest.raises(StudioError, match="no text"):
        decode(b"\x7fELF\0\0\0")
