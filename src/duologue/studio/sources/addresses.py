"""Which network addresses may be called.

Design choices
- The decision is made on the numbers a name resolves to, and the connection goes to exactly these numbers:
  a name that answers differently the second time (DNS rebinding) gains nothing.
- One address that isn't public condemns the name: a public host has no business with a private one.
- IPv4 hidden in IPv6 (mapped, 6to4, Teredo, NAT64) is judged as what it is.
- The resolver has a time limit of its own, as the system's may wait for minutes.

IANA special-purpose address registries, RFC 6890, RFC 6052.
"""

from __future__ import annotations

import ipaddress
import socket
import threading

from duologue.studio.errors import StudioError

__all__ = ["is_public", "resolve"]

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Whether the address, in numbers, is on the public internet."""
    found = ipaddress.ip_address(address.split("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inside = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inside is None and found in _NAT64:
            inside = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inside is not None:
            return is_public(str(inside))
    return found.is_global and not found.is_multicast


def _lookup(host: str, port: int, timeout: float) -> list[str]:
    answer: list[str] = []
    failure: list[str] = []

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answer.extend(dict.fromkeys(str(entry[4][0]) for entry in found))
        except (OSError, UnicodeError) as error:
            failure.append(getattr(error, "strerror", None) or str(error))

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(timeout)
    if asking.is_alive():
        raise StudioError(f"the name '{host}' was not resolved in {timeout:g} s")
    if failure or not answer:
        raise StudioError(f"there is no host '{host}' ({failure[0] if failure else 'no address'})")
    return answer


def resolve(host: str, port: int, *, private: bool = False, timeout: float = 5.0) -> list[str]:
    """The addresses of `host`, in numbers, in the resolver's order.

    private: whether loopback, private and link-local ones are allowed.
    Raises StudioError where there are none, or where one is not allowed.
    """
    found = _lookup(host, port, timeout)
    if not private:
        for address in found:
            if not is_public(address):
                raise StudioError(
                    f"'{host}' is at {address}, which is no public address; "
                    "no request leaves for such unless private addresses are allowed"
                )
    return found
