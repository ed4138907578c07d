"""Polite and wary fetching: one GET, with limits on everything.

Design choices
- The host is resolved first, its numbers are judged (`addresses.py`), and the socket is opened to exactly
  those numbers; each redirect goes through the same gate.
- One clock for the whole exchange, not one per read: a server that drips a byte a second is cut off by a
  timer that shuts the socket.
- The body is counted as it comes and as it unpacks, so neither an endless nor a swollen one fills memory.
- robots.txt is read once per site and honoured; requests to one host follow each other with a pause.
- `http.client` below: it lets us choose the address to connect to, which URL libraries don't.

RFC 9110, RFC 9309.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from duologue import __version__
from duologue.studio.errors import StudioError
from duologue.studio.sources import robots
from duologue.studio.sources.addresses import resolve
from duologue.studio.sources.webcache import Entry, WebCache, freshness

__all__ = ["Fetched", "Fetcher", "Limits"]

_PRODUCT = "duologue"
_REDIRECTS = (301, 302, 303, 307, 308)
_SAFE = "/%:=&?~+!$,;'@()*[]#|"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """seconds: for one exchange, from the name to the last byte; size: bytes of a body, unpacked; pause:
    seconds between requests to one host; private: whether loopback, private and link-local addresses may be
    called."""

    seconds: float = 20.0
    size: int = 8 * 1024 * 1024
    redirects: int = 5
    pause: float = 0.2
    private: bool = False
    robots: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A body and where it came from in the end. cached: whether the site said nothing has changed."""

    url: str
    body: bytes
    content_type: str = ""
    cached: bool = False


@cache
def _trust() -> ssl.SSLContext:
    context = ssl.create_default_context()
    with contextlib.suppress(ImportError):  # a system without certificates of its own
        import certifi

        context.load_verify_locations(certifi.where())
    return context


class _Connection(http.client.HTTPConnection):
    """A connection to given numbers under the name of the host."""

    def __init__(self, parts: SplitResult, port: int, addresses: list[str], seconds: float) -> None:
        super().__init__(parts.hostname or "", port, timeout=seconds)
        self._addresses, self._secure = addresses, parts.scheme == "https"

    def connect(self) -> None:
        """Open the socket to the first address that answers."""
        failure: OSError | None = None
        for address in self._addresses[:4]:
            try:
                plain = socket.create_connection((address, self.port), self.timeout)
            except OSError as error:
                failure = error
                continue
            self.sock = _trust().wrap_socket(plain, server_hostname=self.host) if self._secure else plain
            return
        raise failure or OSError("no address answers")

    def cut(self) -> None:
        """Shut the socket, whoever waits on it."""
        with contextlib.suppress(OSError, AttributeError):
            self.sock.shutdown(socket.SHUT_RDWR)


@dataclass(slots=True)
class _Site:
    """What is remembered of a host: its turn-taking and its robots.txt."""

    lock: threading.Lock
    last: float = 0.0
    rules: robots.Robots | None = None


def _split(url: str) -> tuple[SplitResult, int]:
    try:
        parts = urlsplit(url.strip())
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise StudioError(f"'{url[:200]}' is no address ({error})") from None
    if parts.scheme not in ("http", "https"):
        raise StudioError(f"'{url[:200]}' is neither http nor https")
    if not parts.hostname or parts.username is not None:
        raise StudioError(f"'{url[:200]}' is no address of the form https://host/path")
    return parts, port


class Fetcher:
    """Fetches within `limits`, asks `store` what it has. One fetcher serves many threads."""

    def __init__(self, limits: Limits | None = None, store: WebCache | None = None) -> None:
        self.limits = limits or Limits()
        self._store = store
        self._sites: dict[str, _Site] = {}
        self._lock = threading.Lock()

    def get(self, url: str) -> Fetched:
        """The body at `url`.

        Raises StudioError, in words for the listener, for everything that is refused or goes wrong.
        """
        kept = self._store.get(url) if self._store else None
        if kept and kept.is_fresh:
            return Fetched(url=kept.url, body=kept.body, content_type=kept.content_type, cached=True)
        seen, here = {url}, url
        for _ in range(self.limits.redirects + 1):
            if self.limits.robots and not self._rules(here).allows(_target(urlsplit(here))):
                raise StudioError("the site's robots.txt asks not to fetch this")
            status, headers, body = self._exchange(here, self.limits, kept if here == url else None)
            if status in _REDIRECTS and headers.get("location"):
                here = urljoin(here, headers["location"])
                if here in seen:
                    raise StudioError("the redirects go round in a loop")
                seen.add(here)
                continue
            return self._keep(url, here, status, headers, body, kept)
        raise StudioError(f"there are more than {self.limits.redirects} redirects")

    def _keep(
        self, url: str, here: str, status: int, headers: dict[str, str], body: bytes, kept: Entry | None
    ) -> Fetched:
        fresh = freshness(headers.get("cache-control", ""))
        if status == 304 and kept and self._store:
            self._store.put(replace(kept, asked=time.time(), fresh=fresh))
            return Fetched(url=here, body=kept.body, content_type=kept.content_type, cached=True)
        if status != 200:
            wait = headers.get("retry-after", "")
            later = f"; it asks to come back after {wait[:40]} s" if wait.isdigit() else ""
            raise StudioError(f"the server answers {status} {http.client.responses.get(status, '')}{later}")
        kind = headers.get("content-type", "")
        if self._store and "no-store" not in headers.get("cache-control", ""):
            self._store.put(
                Entry(
                    url=url,
                    body=body,
                    content_type=kind,
                    etag=headers.get("etag", ""),
                    modified=headers.get("last-modified", ""),
                    asked=time.time(),
                    fresh=fresh,
                )
            )
        return Fetched(url=here, body=body, content_type=kind)

    def _site(self, origin: str) -> _Site:
        with self._lock:
            return self._sites.setdefault(origin, _Site(threading.Lock()))

    def _rules(self, url: str) -> robots.Robots:
        """The site's rules. No file: everything is allowed; a server in trouble: nothing is (RFC 9309)."""
        parts, port = _split(url)
        site = self._site(f"{parts.scheme}://{parts.hostname}:{port}")
        if site.rules is not None:
            return site.rules
        limits = replace(self.limits, seconds=min(self.limits.seconds, 10.0), size=4 * robots.LARGEST)
        here, text = urljoin(url, "/robots.txt"), ""
        for _ in range(self.limits.redirects + 1):
            status, headers, body = self._exchange(here, limits, None)
            if status in _REDIRECTS and headers.get("location"):
                here = urljoin(here, headers["location"])
                continue
            if status >= 500:
                text = "User-agent: *\nDisallow: /"
            elif status == 200:
                text = body.decode("utf-8", "replace")
            break
        site.rules = robots.Robots.read(text, _PRODUCT)
        return site.rules

    @contextlib.contextmanager
    def _turn(self, host: str) -> Iterator[None]:
        """Wait until the host may be asked again."""
        site = self._site(host)
        with site.lock:
            time.sleep(max(0.0, site.last + self.limits.pause - time.monotonic()))
            try:
                yield
            finally:
                site.last = time.monotonic()

    def _exchange(self, url: str, limits: Limits, kept: Entry | None) -> tuple[int, dict[str, str], bytes]:
        """One request and its answer: status, headers in lower case, body."""
        parts, port = _split(url)
        host = parts.hostname or ""
        addresses = resolve(host, port, private=limits.private, timeout=min(5.0, limits.seconds))
        headers = {
            "User-Agent": f"{_PRODUCT}/{__version__}",
            "Accept": "application/rss+xml, application/atom+xml, application/feed+json, text/html, */*",
            "Accept-Encoding": "gzip",
            "Connection": "close",
        }
        if kept and kept.etag:
            headers["If-None-Match"] = kept.etag
        if kept and kept.modified:
            headers["If-Modified-Since"] = kept.modified
        connection = _Connection(parts, port, addresses, limits.seconds)
        late = threading.Event()

        def cut() -> None:
            late.set()
            connection.cut()

        clock = threading.Timer(limits.seconds, cut)
        clock.daemon = True
        with self._turn(host):
            clock.start()
            try:
                connection.request("GET", _target(parts), headers=headers)
                answer = connection.getresponse()
                plain = {k.lower(): v for k, v in answer.getheaders()}
                body = b"" if answer.status in _REDIRECTS else _body(answer, plain, limits.size, late)
                if late.is_set():
                    raise TimeoutError
                return answer.status, plain, body
            except (OSError, http.client.HTTPException, ValueError) as error:
                if isinstance(error, StudioError):
                    raise
                if late.is_set() or isinstance(error, TimeoutError):
                    raise StudioError(f"the server did not finish in {limits.seconds:g} s") from None
                raise StudioError(f"the server can't be read ({_cause(error)})") from None
            finally:
                clock.cancel()
                connection.close()


def _cause(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def _target(parts: SplitResult) -> str:
    path = quote(parts.path or "/", safe=_SAFE)
    return f"{path}?{quote(parts.query, safe=_SAFE)}" if parts.query else path


def _body(
    answer: http.client.HTTPResponse, headers: dict[str, str], size: int, late: threading.Event
) -> bytes:
    """The body, unpacked; never more than `size` bytes of it are held."""
    coding = headers.get("content-encoding", "identity").strip().lower()
    if coding not in ("", "identity", "gzip", "x-gzip", "deflate"):
        raise StudioError(f"the server packs its answer as '{coding[:40]}', which was not asked for")
    unpack = zlib.decompressobj(47) if coding in ("gzip", "x-gzip", "deflate") else None
    body = bytearray()
    while not late.is_set():
        piece = answer.read1(65536)
        if not piece:
            break
        try:
            body += unpack.decompress(piece, size + 1 - len(body)) if unpack else piece
        except zlib.error:
            raise StudioError("the packed answer is damaged") from None
        if len(body) > size:
            raise StudioError(f"the answer is larger than {size / 1024 / 1024:g} MiB")
    return bytes(body)
