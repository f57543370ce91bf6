"""The gate for requests that this service makes to addresses somebody configured (SSRF).

A name is resolved once, its address is judged, and exactly that address is connected to: a name that answers
differently the second time gains nothing. No redirects, no proxies of the environment, no credentials in the
address, a deadline for the whole exchange, a bounded answer. TLS is verified; without it only this machine.
"""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Protocol
from urllib.parse import SplitResult, urlsplit

Address = IPv4Address | IPv6Address
NAT64 = IPv6Network("64:ff9b::/96")


class Reach(Protocol):
    """Whether an address may be connected to, with TLS or without."""

    def __call__(self, address: Address, *, encrypted: bool) -> bool: ...


class Unreachable(Exception):  # noqa: N818 (a finding about the other side)
    """No answer: refused by the gate, not there, too slow, or too long."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes


def post(url: str, body: bytes, *, content_type: str, timeout_seconds: float, limit_bytes: int) -> Answer:
    """Post to an address of the operator's own settings, which may lie in a private network.

    Raises:
        Unreachable: see there.
    """
    return ask(
        "POST",
        url,
        body,
        headers={"Content-Type": content_type},
        reach=permitted,
        timeout_seconds=timeout_seconds,
        limit_bytes=limit_bytes,
    )


def ask(
    method: str,
    url: str,
    body: bytes = b"",
    *,
    headers: Mapping[str, str],
    reach: Reach,
    timeout_seconds: float,
    limit_bytes: int,
    with_query: bool = False,
) -> Answer:
    """Send one request to an address that somebody configured.

    reach: where it may lead, by who configured it. timeout_seconds: for the whole of it, but for asking DNS.
    with_query: the address may have a query, as some push services' have.

    Raises:
        Unreachable: see there.
    """
    parts = _checked(url, with_query=with_query)
    try:
        ends = time.monotonic() + timeout_seconds
        connected = _connect(parts, timeout_seconds, reach)
        # A timeout of the socket alone begins anew with each byte that drips in.
        deadline = threading.Timer(timeout_seconds, _hang_up, [connected])
        deadline.start()
        try:
            answer = _exchange(connected, parts, method, body, headers=headers, limit_bytes=limit_bytes)
        finally:
            deadline.cancel()
            connected.close()
        if time.monotonic() >= ends:
            raise TimeoutError  # what was hung up on can look like an answer
    except (OSError, http.client.HTTPException) as error:
        raise Unreachable(f"{parts.hostname}: {type(error).__name__}") from error
    return answer


def permitted(address: Address, *, encrypted: bool) -> bool:
    """Whether an address of the operator's own settings may be connected to: never link-local (where clouds keep
    their secrets)."""
    address = _meant(address)
    if address.is_loopback:
        return True
    never = address.is_link_local or address.is_multicast or address.is_unspecified
    return encrypted and not never and not address.is_reserved


def reach_of_tenants(networks: Sequence[str]) -> Reach:
    """Where an address may lead that an organisation named: to the internet over TLS, and to no machine around ours.

    networks: what the operator has opened beside it, as CIDR; of these, loopback also without TLS."""
    opened = [ip_network(network) for network in networks]

    def may(address: Address, *, encrypted: bool) -> bool:
        meant = _meant(address)
        inside = any(meant in network for network in opened)
        return permitted(meant, encrypted=encrypted) and (meant.is_global or inside)

    return may


def _meant(address: Address) -> Address:
    """The IPv4 address to which an IPv6 address leads, where it only wraps one."""
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(address.packed[12:])
    return address.ipv4_mapped or address.sixtofour or address


def _checked(url: str, *, with_query: bool) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise Unreachable("the address is malformed") from None
    if (
        parts.scheme not in {"https", "http"}
        or not parts.hostname
        or parts.username
        or (parts.query and not with_query)
    ):
        raise Unreachable("the address is no plain http or https address")
    return parts


def _connect(parts: SplitResult, timeout_seconds: float, reach: Reach) -> socket.socket:
    encrypted = parts.scheme == "https"
    port = parts.port or (443 if encrypted else 80)
    family, kind, protocol, _, target = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)[0]
    if not reach(ip_address(str(target[0]).partition("%")[0]), encrypted=encrypted):
        raise Unreachable(f"{parts.hostname} leads to an address that may not be asked")
    connected = socket.socket(family, kind, protocol)
    try:
        connected.settimeout(timeout_seconds)
        connected.connect(target)
        if encrypted:
            return ssl.create_default_context().wrap_socket(connected, server_hostname=parts.hostname)
    except OSError:
        connected.close()
        raise
    return connected


def _exchange(
    connected: socket.socket,
    parts: SplitResult,
    method: str,
    body: bytes,
    *,
    headers: Mapping[str, str],
    limit_bytes: int,
) -> Answer:
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
    connection.sock = connected
    sent = {**headers, "Host": parts.netloc, "Connection": "close"}
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection.request(method, target, body or None, sent)
    with connection.getresponse() as answer:
        content = answer.read(limit_bytes + 1)
    if len(content) > limit_bytes:
        raise Unreachable("the answer is too long")
    return Answer(answer.status, content)


def _hang_up(connected: socket.socket) -> None:
    with suppress(OSError):
        connected.shutdown(socket.SHUT_RDWR)
