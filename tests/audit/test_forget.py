"""The log forgets names after the years that an organisation keeps them; events and proofs stay."""

import datetime as dt

import pytest
import time_machine
from django.db import transaction

from audit import actions as audit
from audit.actions import erasing
from audit.events import Event
from audit.models import AuditEvent, AuditPerson
from identity.actions import change_policies
from identity.policies import PolicyName
from medicus.lib.actor import SYSTEM
from medicus.lib.errors import NotFound
from tests.cast import Member

pytestmark = pytest.mark.django_db
PAGE = "/administration/policies/"


def record(by: Member, at: dt.datetime, event: Event = Event.DIRECTORY_SEARCH) -> str:
    with time_machine.travel(at, tick=False), transaction.atomic():
        return str(audit.record(event, by=by.actor))


def named(event_id: str) -> bool:
    return AuditPerson.objects.filter(event_id=event_id).exists()


def keep(member: Member, years: int) -> None:
    change_policies(
        by=SYSTEM, organisation_id=member.organisation.id, values={PolicyName.AUDIT_YEARS: years}, address=""
    )


def test_each_organisation_forgets_after_its_own_years(alice: Member, bob: Member) -> None:
    today = dt.datetime.now(dt.UTC)
    keep(alice, 3)
    recent, older = today - dt.timedelta(days=365 * 2), today - dt.timedelta(days=365 * 4)
    oldest = today - dt.timedelta(days=365 * 11)
    hers, his = (
        [record(alice, at) for at in (recent, older)],
        [record(bob, at) for at in (recent, older, oldest)],
    )
    assert audit.forget_old(by=SYSTEM) == 2
    assert [named(event) for event in hers] == [True, False]
    assert [named(event) for event in his] == [True, True, False]
    assert AuditEvent.objects.filter(event_id__in=[*hers, *his]).count() == 5
    assert AuditEvent.objects.filter(event="audit:erase").count() == 2
    assert audit.forget_old(by=SYSTEM) == 0
    assert AuditEvent.objects.filter(event="audit:erase").count() == 2


def test_never_under_three_years(alice: Member, adam: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    refused = adam.client.post(PAGE, {"name": "audit_years", "audit_years": "2"})
    assert "from 3 to 10" in refused.content.decode()
    monkeypatch.setattr("medicus.lib.callbacks.call", lambda *_: [{alice.organisation.id: 1}])
    event = record(alice, dt.datetime.now(dt.UTC) - dt.timedelta(days=365 * 2))
    audit.forget_old(by=SYSTEM)
    assert named(event)


def test_whose_keys_and_devices_they_were_stays(alice: Member) -> None:
    """From these events each browser proves that it knows all keys of its person; one that went would alarm it."""
    event = record(alice, dt.datetime.now(dt.UTC) - dt.timedelta(days=365 * 12), Event.IDENTITY_KEY_CERTIFY)
    assert audit.forget_old(by=SYSTEM) == 0
    assert named(event)


def test_a_call_does_so_many_and_the_next_goes_on(alice: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasing, "BATCH", 2)
    long_ago = dt.datetime.now(dt.UTC) - dt.timedelta(days=365 * 12)
    for number in range(5):
        record(alice, long_ago + dt.timedelta(minutes=number))
    assert [audit.forget_old(by=SYSTEM) for _ in range(4)] == [2, 2, 1, 0]


def test_only_the_service_forgets(alice: Member, adam: Member) -> None:
    for member in (alice, adam):
        with pytest.raises(NotFound):
            audit.forget_old(by=member.actor)
