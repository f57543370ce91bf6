"""Asks DNS whether a domain holds the challenge that its organisation was given: who can write the zone has it.

The record is `_medicus-challenge.<domain>. TXT "<token>"`, in the way of RFC 8555 section 8.4. A name of its own keeps
it apart from other records of the domain, and may be delegated by a CNAME.
"""

import logging
from urllib.parse import urlsplit

import dns.exception
import dns.nameserver
import dns.resolver
from django.conf import settings

from identity.states import DomainOutcome

log = logging.getLogger(__name__)
LABEL = "_medicus-challenge"
QUERY_SECONDS, ALL_SECONDS = 2.0, 5.0
"""How long one resolver may take, and all of them together: somebody waits for the page."""
DNS_PORT = 53


def record_name(domain: str) -> str:
    """Where the record stands, as administrators enter it."""
    return f"{LABEL}.{domain}"


def ask(*, domain: str, token: str) -> DomainOutcome:
    """Ask for the record now. Takes at most `ALL_SECONDS`, so never call it inside a transaction."""
    try:
        answer = _resolver().resolve(f"{record_name(domain)}.", "TXT", search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return DomainOutcome.NOT_FOUND
    except (dns.exception.DNSException, OSError) as error:
        log.warning("no resolver answers: %s", type(error).__name__)
        return DomainOutcome.UNREACHABLE
    held = {b"".join(record.strings).strip() for record in answer}
    return DomainOutcome.PROVEN if token.encode() in held else DomainOutcome.OTHER_VALUE


def _resolver() -> dns.resolver.Resolver:
    named = settings.DNS_RESOLVERS
    resolver = dns.resolver.Resolver(configure=not named)
    if named:
        resolver.nameservers = [_nameserver(each) for each in named]
    resolver.timeout, resolver.lifetime = QUERY_SECONDS, ALL_SECONDS
    return resolver


def _nameserver(text: str) -> dns.nameserver.Nameserver:
    parts = urlsplit(f"//{text}")
    return dns.nameserver.Do53Nameserver(parts.hostname or "", parts.port or DNS_PORT)
