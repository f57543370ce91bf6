"""The world of the matrix is made: by the same actions as in life, and kept in the database for a file of tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from channels.routing import URLRouter
from django.test import TransactionTestCase, override_settings
from django.utils import translation

from audit import actions as audit
from audit.access import OwnWanted, own_access_log
from audit.models import AuditEvent
from identity.actions import (
    MadeKey,
    add_endpoint,
    check_people,
    create_api_key,
    create_operator_organisation,
    offboard,
)
from identity.models import Organisation, Passkey, ProviderAccount, SignIn, SingleSignOn
from identity.states import ConnectionType, Function, SignInNotice, Speciality, Way
from medicus.lib.actor import SYSTEM, Scope
from medicus.lib.clock import now
from messaging.actions import Reported, block, place_hold, report
from messaging.live.service import service
from messaging.states_conduct import ReportCategory
from rota import actions as rota
from storage.actions import ask_about_access
from tests.cast import Member
from tests.conftest import make_hospital, make_sandbox, member
from tests.identity.devices import Newcomer, ask_administrator
from tests.matrix.doors import CAST
from tests.matrix.world import World
from tests.messaging.backups import backed_up
from tests.messaging.rooms import Room, leave_packages, make_room
from tests.patients import connected, make_patient_case
from tests.repo.test_addresses import raw
from tests.services import free_port
from tests.storage.asgi import Visitor
from tests.storage.folders import begin, clean, folder_of, guarded_folder, read_once, share

MIB = 1024 * 1024


@contextmanager
def kept_world(folder: Path) -> Iterator[World]:
    """A world in the database until the end, outside every transaction; then all tables are emptied."""
    with (
        translation.override("en"),
        override_settings(VAR_DIR=folder, DNS_RESOLVERS=[f"127.0.0.1:{free_port()}"]),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr("medicus.inprocess.submit", lambda *_arguments: None)
        patch.setattr("storage.dicom.limited.read", read_once)
        patch.setattr("tests.storage.asgi.application", raw_routes)
        try:
            yield make_world()
        finally:
            TransactionTestCase()._fixture_teardown()  # type: ignore[attr-defined]  # as pytest-django does


def afresh(world: World) -> World:
    """The same world, and everybody in it with browsers as new."""
    return replace(world, people={name: person.again() for name, person in world.people.items()})


def make_world() -> World:
    """Make it; see `World`."""
    people = make_people()
    alice, anton, adam, bob, charlie = (people[name] for name in ("alice", "anton", "adam", "bob", "charlie"))
    sandbox = make_sandbox()
    for person in people.values():
        person.add_device()
    patient = folder_of(alice)
    other = folder_of(alice, family_name="Anders", identifier="4713")
    people |= {"erika": connected(alice, patient), "paula": connected(alice, other, "paula@home.example")}
    assert set(people) == CAST
    for person in people.values():
        person.stay_fresh()
        if person.device is None:
            person.add_device()
    Passkey.objects.create(
        person=alice.person,
        credential_id=b"id",
        public_key=b"key",
        sign_count=0,
        name="Key",
        created_at=now(),
    )
    SignIn.objects.create(
        person=alice.person, at=now(), way=Way.TOTP, succeeded=True, notice=SignInNotice.NEW_BROWSER
    )
    leave_packages(charlie)
    room = make_room(alice, bob)
    _urgent(room, alice)
    contact = make_room(bob, anton, kind="direct", acquainted=False)
    case = make_room(alice, bob, kind="case").id
    patient_case = make_patient_case(alice, patient, people["erika"], bob)
    hold = place_hold(by=adam.actor, group_id=case, reason="Proceedings")
    finding = clean(alice, patient)
    browser = Visitor.of(alice)
    upload = browser.begin(3 * MIB, kind="finding", patient=patient.patient_id).headers["location"]
    whole = browser.begin(5, kind="attachment", group=room.id).headers["location"]
    assert browser.patch(whole, 0, b"hello").status == 204
    guarded, emergency = _emergency(alice, anton)
    entry, inquiry = _inquiry(people["erika"])
    return World(
        people=people, patient=patient, finding=finding, share=share(alice, finding.finding_id, bob), room=room,
        contact=str(contact.id), case=str(case), patient_case=patient_case, hold=str(hold.id),
        welcome_id=bob.api.get("/api/v1/welcomes").json()["welcomes"][0]["id"],
        upload=upload.rpartition("/")[2], attachment=whole.rpartition("/")[2],
        people_import=people_import(adam), event=_sealed_event_of(alice), application=str(sandbox.id),
        offboarding=_offboarding(adam), api_key=str(key_of(adam.organisation, Scope.SCIM).key.id),
        join=str(Newcomer(alice).ask().json()["id"]), approval=_approval(alice), guarded=guarded, emergency=emergency,
        entry=entry, inquiry=inquiry, blocked=str(bob.person.id), piece=backed_up(alice), report=_report(alice, bob, room.id),
        issuer=sign_on_of(alice), rota=rota_of(adam, alice), endpoint=str(_endpoint_of(adam)),
    )  # fmt: skip


def _urgent(room: Room, alice: Member) -> None:
    """A message of Alice's under the id of its room, which a door with both needs; announced, its clock not running."""
    path = f"{room.path}/messages/{room.id}/urgent"
    assert alice.api.post(path, {"deadline_minutes": 15}).status_code == 201
    assert room.post(alice, id=str(room.id)).status_code == 201


def make_people() -> dict[str, Member]:
    """Everybody who tries; see `World`."""
    a = make_hospital("Hospital A", "hospital-a.example")
    b = make_hospital("Hospital B", "hospital-b.example")
    c = make_hospital("Hospital C", "hospital-c.example")
    platform = create_operator_organisation(by=SYSTEM, domain="platform.example")
    return {
        "alice": member(a, "Alice", "Ahrens", speciality=Speciality.CARDIOLOGY),
        "anton": member(a, "Anton", "Albrecht", speciality=Speciality.INTERNAL_MEDICINE),
        "adam": member(a, "Adam", "Arnold", Function.IT, is_admin=True),
        "bob": member(b, "Bob", "Becker", speciality=Speciality.RADIOLOGY),
        "berta": member(b, "Berta", "Braun", Function.IT, is_admin=True),
        "charlie": member(c, "Charlie", "Conrad", speciality=Speciality.SURGERY),
        "cora": member(c, "Cora", "Cramer", Function.IT, is_admin=True),
        "olga": member(platform, "Olga", "Olsen", Function.ADMINISTRATION, is_admin=True),
    }


def people_import(adam: Member) -> str:
    """A list that Adam has had checked."""
    content = b"email;given_name;family_name;function\nn@hospital-a.example;N;N;nurse"
    waiting = check_people(by=adam.actor, content=content).waiting
    assert waiting
    return str(waiting.id)


def _approval(alice: Member) -> str:
    """A browser of hers that asks the administrators."""
    answer = ask_administrator(Newcomer(alice), alice.browser.identity_key)
    return str(answer.json()["id"])


def _offboarding(adam: Member) -> str:
    """Somebody of Hospital A who has left."""
    lena = member(adam.organisation, "Lena", "Lang")
    return str(offboard(by=adam.actor, membership_id=lena.membership.id).id)


def _emergency(alice: Member, anton: Member) -> tuple[str, str]:
    """A folder that another department protects, and Anton's access to it."""
    patient = guarded_folder(alice.organisation)
    begun = begin(anton, patient)
    return str(patient.patient_id), str(begun.emergency_id)


def _inquiry(erika: Member) -> tuple[str, str]:
    """An entry of Erika's log that she may ask about, and what she has asked about another one."""
    log = own_access_log(by=erika.actor, wanted=OwnWanted())
    free, asked = [access.event_id for access in log.accesses if not access.is_you][:2]
    made = ask_about_access(by=erika.actor, event_id=asked, words="Who is this?")
    return str(free), str(made.inquiry_id)


def _report(alice: Member, bob: Member, group_id: UUID) -> str:
    """What Alice reported about Bob, whom she has blocked."""
    block(by=alice.actor, person_id=bob.person.id)
    what = Reported(bob.person.id, group_id, ReportCategory.OTHER, "He writes at night.")
    return str(report(by=alice.actor, what=what).report_id)


def _endpoint_of(adam: Member) -> UUID:
    address = "https://pacs.hospital-a.example/dicom-web"
    return add_endpoint(by=adam.actor, connection_type=ConnectionType.DICOM_WEB, address=address).id


def sign_on_of(alice: Member) -> str:
    """The identity provider of Hospital A, checked and off, and Alice's account there."""
    issuer = f"https://127.0.0.1:{free_port()}"
    SingleSignOn.objects.create(
        organisation=alice.organisation,
        issuer=issuer,
        client_id="medicus",
        sealed_secret=b"sealed",
        checked_at=now(),
        changed_at=now(),
    )
    ProviderAccount.objects.create(
        membership=alice.membership,
        organisation=alice.organisation,
        issuer=issuer,
        subject="alice",
        bound_at=now(),
    )
    return issuer


def key_of(organisation: Organisation, *scopes: Scope) -> MadeKey:
    return create_api_key(by=SYSTEM, organisation_id=organisation.id, name="System", scopes=scopes)


def rota_of(adam: Member, alice: Member) -> dict[str, str]:
    """A role that Alice fills, one shift of hers, one that was deleted, and a calendar that was read."""
    words = rota.RoleWords(name="Secret role", fillers=[alice.membership.id])
    role = rota.create_role(by=adam.actor, organisation_id=adam.organisation.id, words=words)
    shifts = [
        rota.plan_shift(
            by=adam.actor,
            role_id=role.id,
            membership_id=alice.membership.id,
            starts_at=now() + timedelta(days=days),
            ends_at=now() + timedelta(days=days, hours=8),
        )[0]
        for days in (1, 2)
    ]
    rota.remove_shift(by=adam.actor, shift_id=shifts[1].id)
    content = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n"
    read = rota.check_calendar(by=adam.actor, role_id=role.id, content=content)
    return {
        "role": str(role.id),
        "role's name": "Secret role",
        "shift": str(shifts[0].id),
        "removed-shift": str(shifts[1].id),
        "rota-import": str(read.id),
    }


def _sealed_event_of(alice: Member) -> str:
    audit.seal(by=SYSTEM)
    return str(AuditEvent.objects.filter(organisation_id=alice.organisation.id).latest("event_id").event_id)


async def raw_routes(scope: Any, receive: Any, send: Any) -> None:
    """The routes in front of Django; what messaging opened for this event loop ends with the request."""
    try:
        await URLRouter(raw("http_urlpatterns"))(scope, receive, send)
    finally:
        await service().close()
