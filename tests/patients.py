"""Patients of the cast, who come in as patients do: invited, with link and code, in a browser of their own."""

from typing import Any

from django.test import Client

from identity.access import STRANGER
from identity.actions import (
    PatientInvited,
    Taking,
    accept_as_known,
    accept_as_new,
    begin_patient_invitation,
)
from identity.models import Membership
from identity.origin import Origin
from identity.session_store import SessionStore
from storage.access import PatientCard
from storage.actions import invite_to_record
from tests.cast import FIREFOX, Member, sign_in
from tests.messaging.rooms import Room

PASSWORD = "a wall of green books"
ORIGIN = Origin("192.0.2.44", FIREFOX)
PATH = "/patient-invitation/"


def invited(owner: Member, patient: PatientCard, **how: Any) -> PatientInvited:
    return invite_to_record(by=owner.actor, patient_id=patient.patient_id, **how)


def taking(made: PatientInvited, browser: str = "browser", **changes: Any) -> Taking:
    """The link, opened in this browser, and the code."""
    given: dict[str, Any] = {"token": made.token, "browser": browser, "code": made.code, "origin": ORIGIN}
    return Taking(**given | changes)


def begin(made: PatientInvited, browser: str = "browser") -> None:
    begin_patient_invitation(by=STRANGER, token=made.token, browser=browser, address=ORIGIN.address)


def connected(owner: Member, patient: PatientCard, email: str = "erika@home.example") -> Member:
    """The patient of this record, signed in."""
    made = invited(owner, patient)
    begin(made)
    accept_as_new(
        by=STRANGER,
        session=SessionStore(),
        taking=taking(made),
        email=email,
        password=PASSWORD,
        language="en",
    )
    return sign_in(Membership.objects.get(person__email=email))


def also_connected(owner: Member, patient: PatientCard, person: Member) -> Membership:
    """The same person takes up the invitation of another hospital."""
    made = invited(owner, patient)
    begin(made)
    accept_as_known(
        by=STRANGER, session=SessionStore(), taking=taking(made), email=person.person.email, password=PASSWORD
    )
    return Membership.objects.get(person=person.person, organisation=owner.organisation)


def make_patient_case(owner: Member, patient: PatientCard, *members: Member) -> Room:
    """A patient case of people who have devices, opened by a clinician about this record."""
    assert owner.device
    room = Room(leaves={owner.device.id: 0})
    answer = open_patient_case(owner, patient, room)
    assert answer.status_code == 201, answer.json()
    if members:
        room.add(owner, *members)
    return room


def open_patient_case(owner: Member, patient: PatientCard, room: Room | None = None, **changes: Any) -> Any:
    """Ask for a patient case about this record."""
    room = room or Room()
    sent = {"id": str(room.id), "kind": "patient", "patient_id": str(patient.patient_id)}
    return owner.api.post("/api/v1/groups", sent | changes)


def open_link(browser: Client, token: str) -> Any:
    return browser.post(PATH, {"token": token, "begin": "1"})


def take_up(browser: Client, token: str, code: str, **changes: str) -> Any:
    """Send the page's form."""
    form = {"token": token, "code": code, "email": "erika@home.example"}
    return browser.post(PATH, form | {"password": PASSWORD, "again": PASSWORD} | changes)
