"""Requests to configured addresses: only where they may go, no longer and no larger than allowed."""

import socket
import threading
from collections.abc import Callable, Iterator
from ipaddress import ip_address

import pytest

from medicus.lib import outgoing
from medicus.lib.outgoing import Unreachable, permitted, post, reach_of_tenants

Reply = Callable[[socket.socket], None]


@pytest.fixture
def serve() -> Iterator[Callable[[Reply], str]]:
    """A server on loopback that answers one connection by a function."""
    listening = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []

    def begin(reply: Reply) -> str:
        def answer() -> None:
            connected, _ = listening.accept()
            with connected:
                connected.recv(65536)
                reply(connected)

        threads.append(threading.Thread(target=answer, daemon=True))
        threads[0].start()
        return f"http://127.0.0.1:{listening.getsockname()[1]}/path"

    yield begin
    listening.close()
    for thread in threads:
        thread.join(5)


def ask(url: str, *, timeout_seconds: float = 5, limit_bytes: int = 100) -> outgoing.Answer:
    return post(
        url, b"x", content_type="text/plain", timeout_seconds=timeout_seconds, limit_bytes=limit_bytes
    )


def says(text: bytes) -> Reply:
    return lambda connected: connected.sendall(text)


def test_an_answer_is_read(serve):
    answer = ask(serve(says(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")))
    assert (answer.status, answer.body) == (200, b"ok")


def test_a_redirect_is_not_followed(serve):
    reply = b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"
    assert ask(serve(says(reply))).status == 302


def test_what_is_too_long_is_refused(serve):
    with pytest.raises(Unreachable, match="too long"):
        ask(serve(says(b"HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n" + b"x" * 101)))


def test_who_drips_is_hung_up_on(serve):
    def drip(connected: socket.socket) -> None:
        connected.sendall(b"HTTP/1.1 200 OK\r\n")
        stop = threading.Event()
        for _ in range(100):
            try:
                connected.sendall(b"X: y\r\n")
            except OSError:
                return
            stop.wait(0.05)

    with pytest.raises(Unreachable):
        ask(serve(drip), timeout_seconds=0.3)


def test_what_is_no_http_is_refused(serve):
    with pytest.raises(Unreachable):
        ask(serve(says(b"SSH-2.0\r\n")))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "file:///etc/passwd",
        "ftp://x/",
        "http://",
        "http://a@127.0.0.1/",
        "http://[",
        "http://x:y/",
        "//x",
    ],
)
def test_what_is_no_address_is_refused(url):
    with pytest.raises(Unreachable):
        ask(url)


@pytest.mark.parametrize(
    ("address", "encrypted", "plain"),
    [
        ("127.0.0.1", True, True),
        ("::1", True, True),
        ("192.0.2.1", True, False),
        ("10.0.0.1", True, False),
        ("2001:db8::1", True, False),
        ("169.254.169.254", False, False),
        ("::ffff:169.254.169.254", False, False),
        ("fe80::1", False, False),
        ("0.0.0.0", False, False),
        ("::", False, False),
        ("224.0.0.1", False, False),
        ("240.0.0.1", False, False),
    ],
)
def test_where_a_request_may_go(address, encrypted, plain):
    assert permitted(ip_address(address), encrypted=True) == encrypted
    assert permitted(ip_address(address), encrypted=False) == plain


def test_the_address_behind_a_name_is_judged(monkeypatch):
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("169.254.169.254", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_arguments, **_options: found)
    with pytest.raises(Unreachable, match="may not be asked"):
        ask("https://witness.example/")


@pytest.mark.parametrize(
    ("address", "usual", "opened"),
    [
        ("93.184.216.34", True, True),
        ("2606:2800:220:1::1", True, True),
        ("10.1.2.3", False, True),
        ("::ffff:10.1.2.3", False, True),
        ("64:ff9b::a01:203", False, True),
        ("2002:a01:203::1", False, True),
        ("10.2.0.1", False, False),
        ("192.168.0.1", False, False),
        ("127.0.0.1", False, False),
        ("::1", False, False),
        ("::ffff:127.0.0.1", False, False),
        ("64:ff9b::7f00:1", False, False),
        ("169.254.169.254", False, False),
        ("64:ff9b::a9fe:a9fe", False, False),
        ("2002:a9fe:a9fe::1", False, False),
        ("100.64.0.1", False, False),
        ("fc00::1", False, False),
        ("fe80::1", False, False),
        ("0.0.0.0", False, False),
        ("224.0.0.1", False, False),
    ],
)
def test_what_an_organisation_names_leads_to_the_internet_and_what_the_operator_has_opened(
    address, usual, opened
):
    assert reach_of_tenants([])(ip_address(address), encrypted=True) == usual
    assert reach_of_tenants(["10.1.0.0/16"])(ip_address(address), encrypted=True) == opened
    assert not reach_of_tenants(["10.1.0.0/16"])(ip_address(address), encrypted=False), "not without TLS"


def test_loopback_is_open_to_organisations_only_where_the_operator_says_so():
    assert reach_of_tenants(["127.0.0.0/8"])(ip_address("127.0.0.1"), encrypted=False)
    assert not reach_of_tenants(["127.0.0.0/8"])(ip_address("169.254.169.254"), encrypted=True)
    assert not reach_of_tenants(["169.254.0.0/16"])(ip_address("169.254.169.254"), encrypted=True), "never"
