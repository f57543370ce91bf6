"""A real DNS server on loopback: its answers are what the test says, and it can be silent."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from dnslib import CNAME, QTYPE, RCODE, RR, TXT, DNSRecord
from dnslib.server import BaseResolver, DNSLogger, DNSServer

from tests.services import free_port


@dataclass
class Zone(BaseResolver):
    """texts: the TXT records by name, without the last dot. Any other name is not there."""

    texts: dict[str, list[str]] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    fails: bool = False
    asked: list[str] = field(default_factory=list)
    port: int = 0

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def resolve(self, request: DNSRecord, handler: Any) -> DNSRecord:
        reply = request.reply()
        name = str(request.q.qname).rstrip(".").lower()
        self.asked.append(f"{name} {QTYPE[request.q.qtype]}")
        if self.fails:
            reply.header.rcode = RCODE.SERVFAIL
            return reply
        if name in self.aliases:
            reply.add_answer(RR(name, QTYPE.CNAME, rdata=CNAME(self.aliases[name]), ttl=1))
            name = self.aliases[name]
        if name not in self.texts:
            reply.header.rcode = RCODE.NXDOMAIN
        for text in self.texts.get(name, []):
            reply.add_answer(RR(name, QTYPE.TXT, rdata=TXT(text.encode()), ttl=1))
        return reply


@contextmanager
def nameserver() -> Iterator[Zone]:
    """Serve a zone over UDP until the block ends."""
    zone = Zone(port=free_port())
    server = DNSServer(
        zone, address="127.0.0.1", port=zone.port, logger=DNSLogger("-request,-reply,-truncated,-error")
    )
    server.start_thread()
    try:
        yield zone
    finally:
        server.stop()
        server.server.server_close()
