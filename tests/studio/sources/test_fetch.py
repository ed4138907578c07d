"""Fetching is polite and wary: limits, redirects, caches, robots and private addresses."""

from __future__ import annotations

import gzip
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from duologue.studio.errors import StudioError
from duologue.studio.sources.addresses import is_public, resolve
from duologue.studio.sources.fetch import Fetcher, Limits
from duologue.studio.sources.robots import Robots
from duologue.studio.sources.webcache import WebCache, freshness

if TYPE_CHECKING:
    from http.server import BaseHTTPRequestHandler

    from conftest import Site

LIMITS = Limits(private=True, pause=0.0, seconds=5.0, size=100_000)


def say(body: bytes, status: int = 200, **headers: str):  # type: ignore[no-untyped-def]
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for key, value in headers.items():
            handler.send_header(key.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def test_a_page_comes_with_its_type_and_our_name(site: Site) -> None:
    site.paths["/a"] = say(b"hello", Content_Type="text/plain; charset=utf-8")
    got = Fetcher(LIMITS).get(f"{site.url}/a#part")
    assert (got.body, got.content_type) == (b"hello", "text/plain; charset=utf-8")
    assert [path for path, _ in site.seen] == ["/robots.txt", "/a"]
    assert all(headers["user-agent"].startswith("duologue/") for _, headers in site.seen)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.0.9", "172.16.5.5", "169.254.169.254", "0.0.0.0", "100.64.0.1", "::1",
     "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "224.0.0.1"],
)  # fmt: skip
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


def test_public_addresses() -> None:
    assert is_public("8.8.8.8")
    assert is_public("2606:4700::1111")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]"])
def test_private_hosts_are_refused_before_a_request(site: Site, host: str) -> None:
    port = site.url.rsplit(":", 1)[1]
    with pytest.raises(StudioError, match=r"no public address|no host"):
        Fetcher().get(f"http://{host}:{port}/a")
    assert site.seen == []


def test_a_redirect_to_a_private_address_is_refused(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first host counts as public here; the gate is asked again for the second."""
    site.paths["/a"] = say(b"", 302, Location="http://169.254.169.254/latest/meta-data")
    real = resolve

    def gate(host: str, port: int, *, private: bool = False, timeout: float = 5.0) -> list[str]:
        return real(host, port, private=host == "127.0.0.1", timeout=timeout)

    monkeypatch.setattr("duologue.studio.sources.fetch.resolve", gate)
    with pytest.raises(StudioError, match=r"169\.254\.169\.254"):
        Fetcher(Limits(pause=0.0)).get(f"{site.url}/a")


def test_redirects_are_followed_counted_and_loops_found(site: Site) -> None:
    site.paths["/a"] = say(b"", 301, Location="/b")
    site.paths["/b"] = say(b"there")
    assert Fetcher(LIMITS).get(f"{site.url}/a").url.endswith("/b")
    site.paths["/x"] = say(b"", 302, Location="/y")
    site.paths["/y"] = say(b"", 302, Location="/x")
    with pytest.raises(StudioError, match="loop"):
        Fetcher(LIMITS).get(f"{site.url}/x")
    for i in range(9):
        site.paths[f"/{i}"] = say(b"", 307, Location=f"/{i + 1}")
    with pytest.raises(StudioError, match="more than 5 redirects"):
        Fetcher(LIMITS).get(f"{site.url}/0")


def test_an_endless_body_is_cut_at_its_size(site: Site) -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not site.closing.is_set():
            handler.wfile.write(b"x" * 65536)

    site.paths["/a"] = endless
    with pytest.raises(StudioError, match="larger than"):
        Fetcher(LIMITS).get(f"{site.url}/a")


def test_a_swollen_body_is_cut_as_it_unpacks(site: Site) -> None:
    site.paths["/a"] = say(gzip.compress(b"0" * 50_000_000), Content_Encoding="gzip")
    with pytest.raises(StudioError, match="larger than"):
        Fetcher(LIMITS).get(f"{site.url}/a")
    site.paths["/b"] = say(gzip.compress(b"fine"), Content_Encoding="gzip")
    assert Fetcher(LIMITS).get(f"{site.url}/b").body == b"fine"
    site.paths["/c"] = say(b"no gzip", Content_Encoding="gzip")
    with pytest.raises(StudioError, match="damaged"):
        Fetcher(LIMITS).get(f"{site.url}/c")


def test_a_dripping_server_is_cut_off_by_the_clock(site: Site) -> None:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        while not site.closing.wait(0.05):
            handler.wfile.write(b".")
            handler.wfile.flush()

    site.paths["/a"] = drip
    begun = time.monotonic()
    with pytest.raises(StudioError, match="did not finish in 1 s"):
        Fetcher(Limits(private=True, pause=0.0, seconds=1.0, robots=False)).get(f"{site.url}/a")
    assert time.monotonic() - begun < 5


def test_what_the_site_says_is_changed_only_is_asked_again(site: Site, tmp_path: Path) -> None:
    site.paths["/a"] = say(b"first", ETag='"1"', Last_Modified="Sun, 22 Nov 2026 00:00:00 GMT")
    fetcher = Fetcher(LIMITS, WebCache(tmp_path))
    assert not fetcher.get(f"{site.url}/a").cached

    def unchanged(handler: BaseHTTPRequestHandler) -> None:
        assert handler.headers["If-None-Match"] == '"1"'
        handler.send_response(304)
        handler.end_headers()

    site.paths["/a"] = unchanged
    again = fetcher.get(f"{site.url}/a")
    assert again.cached
    assert again.body == b"first"
    site.paths["/a"] = say(b"second", Cache_Control="max-age=600")
    assert fetcher.get(f"{site.url}/a").body == b"second"
    count = len(site.seen)
    assert fetcher.get(f"{site.url}/a").body == b"second"
    assert len(site.seen) == count


def test_a_damaged_cache_entry_is_none(tmp_path: Path) -> None:
    cache = WebCache(tmp_path)
    path = cache._path("http://a/")
    path.parent.mkdir(parents=True)
    path.write_bytes(b"{broken\nbody")
    assert cache.get("http://a/") is None
    assert freshness("max-age=99999999") == 3600
    assert freshness("no-cache, max-age=60") == 0


def test_robots_are_asked_once_and_honoured(site: Site) -> None:
    site.paths["/robots.txt"] = say(b"User-agent: *\nDisallow: /private\n")
    site.paths["/private/a"] = say(b"secret")
    site.paths["/b"] = say(b"open")
    fetcher = Fetcher(LIMITS)
    with pytest.raises(StudioError, match=r"robots\.txt"):
        fetcher.get(f"{site.url}/private/a")
    assert fetcher.get(f"{site.url}/b").body == b"open"
    assert [path for path, _ in site.seen] == ["/robots.txt", "/b"]


def test_robots_rules_as_the_rfc_has_them() -> None:
    text = """
    User-agent: other
    Disallow: /
    User-agent: Duologue
    User-agent: friend
    Disallow: /a
    Allow: /a/b
    Disallow: /*.pdf$
    """
    rules = Robots.read(text, "duologue")
    assert rules.allows("/")
    assert not rules.allows("/a/c")
    assert rules.allows("/a/b/c")
    assert not rules.allows("/x/y.pdf")
    assert rules.allows("/x/y.pdf?download")
    assert Robots.read("User-agent: *\nDisallow:", "duologue").allows("/a")
    slow = Robots.read("User-agent: *\nDisallow: /" + "*a" * 2000 + "$", "duologue")
    begun = time.monotonic()
    assert slow.allows("/" + "a" * 1500 + "b")
    assert time.monotonic() - begun < 1


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("ftp://example.org/a", "neither http nor https"),
        ("http://user:pass@example.org/", "form"),
        ("http://", "form"),
        ("http://example.org:99999/", "no address"),
        ("http://[::1/", "no address"),
    ],
)
def test_what_is_no_address(url: str, says: str) -> None:
    with pytest.raises(StudioError, match=says):
        Fetcher().get(url)


def test_errors_of_the_server_are_told(site: Site) -> None:
    site.paths["/a"] = say(b"", 503, Retry_After="120")
    with pytest.raises(StudioError, match=r"503 .*120 s"):
        Fetcher(LIMITS).get(f"{site.url}/a")

    def garbage(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"\x00\xff not http at all\r\n\r\n")
        handler.close_connection = True

    site.paths["/b"] = garbage
    with pytest.raises(StudioError, match="can't be read"):
        Fetcher(LIMITS).get(f"{site.url}/b")
