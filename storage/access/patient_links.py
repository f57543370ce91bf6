"""Patients who sign in: what their hospital sees of it, and what they see of their own records and shares."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from identity import access as identity
from identity.access import InvitationStanding, LevelCard, PersonCard
from medicus.lib.actor import SYSTEM, Actor
from medicus.lib.clock import now
from medicus.lib.errors import NotFound
from storage.access.cards import FindingCard, PatientCard, ShareCard
from storage.access.findings import active_shares, cards
from storage.access.guarding import regularly
from storage.access.patients import open_patient, patient_row, visible_patients
from storage.keys.attributes import keyring
from storage.models import Finding, Patient, PatientLink, Share
from storage.states import ObjectState

HOLDING = PatientLink.objects.filter(ended_at=None)


@dataclass(frozen=True, slots=True)
class SignInStanding:
    """Where a patient's own access stands, for the clinicians of the hospital.

    level, since: of a patient who signs in now. invitation: the newest one, if there was any."""

    level: LevelCard | None
    since: datetime | None
    invitation: InvitationStanding | None

    @property
    def signs_in(self) -> bool:
        return self.level is not None

    @property
    def invited(self) -> bool:
        return self.invitation is not None and self.invitation.open


@dataclass(frozen=True, slots=True)
class OwnRecord:
    """A hospital that keeps a record of the acting patient."""

    patient: PatientCard
    level: LevelCard
    since: datetime


@dataclass(frozen=True, slots=True)
class OwnShare:
    """One of the acting patient's findings, open to somebody of another hospital. recipient: as they are today."""

    finding: FindingCard
    share: ShareCard
    recipient: PersonCard | None


def sign_in_standing(*, by: Actor, patient_id: uuid.UUID) -> SignInStanding:
    """Show where the access of a patient of the own organisation stands.

    Raises:
        NotFound: absent or not for this actor.
    """
    patient = patient_row(by=by, patient_id=patient_id)
    link = holding_link(patient)
    level = identity.levels_of(membership_ids=[link.membership_id])[link.membership_id] if link else None
    standing = identity.invitation_standing(patient_id=patient.id)
    return SignInStanding(level, link.linked_at if link else None, standing)


def holding_link(patient: Patient) -> PatientLink | None:
    """Who signs in for a record that the actor was found to be allowed to see."""
    return HOLDING.filter(patient=patient).first()


def own_links(*, by: Actor) -> QuerySet[PatientLink]:
    """The records of the acting patient, in all hospitals where their place holds.

    Raises:
        NotFound: the actor is no patient.
    """
    places = identity.own_patient_memberships(by=by)
    return HOLDING.filter(membership__in=places).select_related("patient__organisation")


def own_records(*, by: Actor) -> list[OwnRecord]:
    """Which hospitals keep a record of the acting patient, by name.

    Raises:
        NotFound: the actor is no patient.
    """
    links = sorted(own_links(by=by), key=lambda link: link.patient.organisation.name.casefold())
    ring = keyring({link.patient.organisation_id for link in links})
    levels = identity.levels_of(membership_ids=[link.membership_id for link in links])
    return [
        OwnRecord(open_patient(link.patient, ring), levels[link.membership_id], link.linked_at)
        for link in links
    ]


def own_shares(*, by: Actor) -> list[OwnShare]:
    """What of the acting patient's findings is open to people of other hospitals now, the next to end first.

    Raises:
        NotFound: the actor is no patient.
    """
    shares = own_share_rows(by=by)
    rows = Finding.objects.select_related("stored_object", "patient__organisation")
    # Whose finding it is was decided by the rows; a patient acts in one hospital, and has findings in several.
    found = cards(rows.filter(stored_object__in=shares.values("finding")), by=SYSTEM)
    ids = set(shares.values_list("id", flat=True))
    opened = [(card, share) for card in found for share in card.shares if share.share_id in ids]
    people = identity.people_by_id(set(shares.values_list("membership__person", flat=True)))
    recipients = {row.id: people.get(row.membership.person_id) for row in shares}
    listed = [OwnShare(card, share, recipients.get(share.share_id)) for card, share in opened]
    return sorted(listed, key=lambda one: (one.share.expires_at, one.share.share_id))


def own_share_rows(*, by: Actor) -> QuerySet[Share]:
    """The open shares of the acting patient's findings.

    Raises:
        NotFound: the actor is no patient.
    """
    mine = own_links(by=by).values("patient")
    open_now = active_shares(now()).filter(
        finding__patient__in=mine, finding__stored_object__state=ObjectState.CLEAN.value
    )
    return open_now.select_related("finding__patient", "membership__person", "membership__organisation")


# for other apps, which have decided who may know


def account_of(*, patient_id: uuid.UUID) -> tuple[uuid.UUID, uuid.UUID] | None:
    """Who signs in for a record now, as (person, organisation)."""
    places = HOLDING.filter(patient=patient_id).values_list("membership__person", "membership__organisation")
    return places.first()


def record_of_membership(*, membership_id: uuid.UUID | None) -> uuid.UUID | None:
    """The record for which somebody signs in by this membership."""
    return HOLDING.filter(membership=membership_id).values_list("patient_id", flat=True).first()


def opens_record(*, by: Actor, since_left: bool) -> Exists:  # noqa: ARG001 - whoever left, left no folder
    """Whether the actor may open the record for which somebody signs in, and not only in an emergency; of rows with
    `person` and `organisation`."""
    links = HOLDING.filter(
        patient__in=visible_patients(by=by).filter(regularly(by)).values("id"),
        membership__person=OuterRef("person"),
        membership__organisation=OuterRef("organisation"),
    )
    return Exists(links)


def record_ids(*, by: Actor) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """The records of the acting patient with the organisations that keep them; for the log.

    Raises:
        NotFound: the actor is no patient.
    """
    return list(own_links(by=by).values_list("patient_id", "patient__organisation_id"))


def patient_names(*, patient_id: uuid.UUID) -> tuple[str, str]:
    """Given and family name of a patient who has shown link and code: what their account is called.

    Raises:
        NotFound: absent.
    """
    row = Patient.objects.select_related("organisation").filter(id=patient_id).first()
    if row is None:
        raise NotFound
    card = open_patient(row, keyring([row.organisation_id]))
    return card.given_name, card.family_name
