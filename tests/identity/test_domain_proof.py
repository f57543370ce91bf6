"""The proof of a domain, asked of a real DNS server on loopback."""

import socket
import time

import pytest

from identity import dns_proof
from identity.states import DomainOutcome
from tests.nameserver import nameserver
from tests.services import free_port

DOMAIN, TOKEN = "hospital-s.example", "token-of-hospital-s"
NAME = f"_medicus-challenge.{DOMAIN}"


@pytest.fixture
def zone(settings):
    with nameserver() as served:
        settings.DNS_RESOLVERS = [served.address]
        yield served


def ask() -> DomainOutcome:
    return dns_proof.ask(domain=DOMAIN, token=TOKEN)


def test_the_record_with_the_token_proves_the_domain(zone):
    zone.texts[NAME] = [TOKEN]
    assert ask() == DomainOutcome.PROVEN
    assert zone.asked == [f"{NAME} TXT"]


def test_it_may_stand_beside_others_and_behind_an_alias(zone):
    zone.aliases[NAME] = "elsewhere.example"
    zone.texts["elsewhere.example"] = ["v=something", f" {TOKEN} "]
    assert ask() == DomainOutcome.PROVEN


@pytest.mark.parametrize("name", [DOMAIN, f"_medicus-challenge.other.{DOMAIN}", f"www.{DOMAIN}"])
def test_a_record_at_another_name_proves_nothing(zone, name):
    zone.texts[name] = [TOKEN]
    assert ask() == DomainOutcome.NOT_FOUND


@pytest.mark.parametrize("text", ["", "x", TOKEN[:-1], f"{TOKEN}x", TOKEN.upper(), f"token={TOKEN}"])
def test_another_value_proves_nothing(zone, text):
    zone.texts[NAME] = [text]
    assert ask() == DomainOutcome.OTHER_VALUE


def test_a_name_without_a_text_is_not_found(zone):
    zone.texts[NAME] = []
    assert ask() == DomainOutcome.NOT_FOUND


def test_a_resolver_that_fails_says_nothing(zone):
    zone.texts[NAME] = [TOKEN]
    zone.fails = True
    assert ask() == DomainOutcome.UNREACHABLE


def test_a_resolver_that_is_not_there_says_nothing(settings):
    settings.DNS_RESOLVERS = [f"127.0.0.1:{free_port()}"]
    began = time.monotonic()
    assert ask() == DomainOutcome.UNREACHABLE
    assert time.monotonic() - began < dns_proof.ALL_SECONDS + 1


def test_a_resolver_that_is_silent_is_not_waited_for_long(settings, monkeypatch):
    monkeypatch.setattr(dns_proof, "QUERY_SECONDS", 0.2)
    monkeypatch.setattr(dns_proof, "ALL_SECONDS", 0.5)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        settings.DNS_RESOLVERS = [f"127.0.0.1:{silent.getsockname()[1]}"]
        began = time.monotonic()
        assert ask() == DomainOutcome.UNREACHABLE
        assert time.monotonic() - began < 3


def test_the_next_resolver_is_asked_when_the_first_is_away(zone, settings):
    zone.texts[NAME] = [TOKEN]
    settings.DNS_RESOLVERS = [f"127.0.0.1:{free_port()}", zone.address]
    assert ask() == DomainOutcome.PROVEN
