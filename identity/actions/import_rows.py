"""Many people at once: a few statements for each part of a list, however many rows it has."""

import secrets
import uuid
from collections.abc import Collection, Sequence
from datetime import date

from django.contrib.auth.hashers import make_password
from django.db import connection

from audit import actions as audit
from audit.events import Event
from identity.access.invitations import UNDECIDED, digest
from identity.access.staff import open_departments
from identity.actions.invitations import LIFETIME
from identity.days import begin_of, end_of
from identity.mail import link_of
from identity.models import HeldSubSpeciality, Invitation, Membership, PeopleImport, Person, SpokenLanguage
from identity.names import search_form
from identity.staff_csv import Row
from identity.stated import Stated
from identity.states import InvitationState
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from medicus.lib.ids import new_id


def insert_rows(*, by: Actor, people_import: PeopleImport, rows: Sequence[Row]) -> list[int]:
    """Make the people of these rows; return the rows whose address was taken meanwhile."""
    taken = set(Person.objects.filter(email__in=[row.email for row in rows]).values_list("email", flat=True))
    fresh = [row for row in rows if row.email not in taken]
    organisation_id = people_import.organisation_id
    people = Person.objects.bulk_create(_person(row, organisation_id) for row in fresh)
    departments = {each.name: each.id for each in open_departments(organisation_id)}
    places = Membership.objects.bulk_create(
        _membership(row, person, people_import, departments.get(row.department))
        for row, person in zip(fresh, people, strict=True)
    )
    ids = [person.id for person in people]
    for event in (Event.PERSON_CREATE, Event.MEMBERSHIP_CREATE):
        record_for_each(event, by=by, people=ids, organisation_id=organisation_id)
    _insert_statements(by, organisation_id, list(zip(fresh, places, strict=True)))
    return [row.line for row in rows if row.email in taken]


def links_for(*, by: Actor, people_import: PeopleImport) -> list[tuple[str, ...]]:
    """Make a link for everybody of an import without a password; name them as the file does, the link last."""
    found = Membership.objects.filter(people_import=people_import).select_related("person")
    waiting = [
        each for each in found.order_by("person__search_name") if not each.person.has_usable_password()
    ]
    at, tokens = now(), [secrets.token_urlsafe(32) for _ in waiting]
    Invitation.objects.filter(membership__people_import=people_import, state__in=UNDECIDED).update(
        state=InvitationState.REVOKED.value, ended_at=at
    )
    Invitation.objects.bulk_create(
        Invitation(
            membership=each,
            state=InvitationState.OPEN.value,
            token_hash=digest(token),
            created_by_id=by.person_id,
            created_at=at,
            expires_at=max(at, each.valid_from) + LIFETIME,
        )
        for each, token in zip(waiting, tokens, strict=True)
    )
    ids = [each.person_id for each in waiting]
    record_for_each(Event.INVITATION_CREATE, by=by, people=ids, organisation_id=people_import.organisation_id)
    return [
        (
            each.person.email,
            each.person.title,
            each.person.given_name,
            each.person.family_name,
            link_of(token),
        )
        for each, token in zip(waiting, tokens, strict=True)
    ]


def record_for_each(
    event: Event, *, by: Actor, people: Collection[uuid.UUID], organisation_id: uuid.UUID
) -> None:
    """Record one event for each person, in the caller's transaction."""
    prepared = [
        audit.prepare(event, by=by, subject=f"person/{person_id}", organisation_id=organisation_id)
        for person_id in people
    ]
    with connection.cursor() as cursor:
        audit.insert_prepared(cursor, prepared)


def _insert_statements(by: Actor, organisation_id: uuid.UUID, made: Sequence[tuple[Row, Membership]]) -> None:
    """What the rows state for the directory, with its events."""
    HeldSubSpeciality.objects.bulk_create(
        HeldSubSpeciality(membership=place, code=code)
        for row, place in made
        for code in row.sub_speciality_codes
    )
    SpokenLanguage.objects.bulk_create(
        SpokenLanguage(person_id=place.person_id, tag=tag) for row, place in made for tag in row.language_tags
    )
    stated = [place.person_id for _row, place in made if place.stated_at]
    speaking = [place.person_id for row, place in made if row.languages]
    for event, people in ((Event.DIRECTORY_STATE, stated), (Event.LANGUAGES_STATE, speaking)):
        record_for_each(event, by=by, people=people, organisation_id=organisation_id)


def _person(row: Row, organisation_id: uuid.UUID) -> Person:
    """Without a password: to hash thousands of them takes minutes, and nobody would know them."""
    return Person(
        id=new_id(),
        email=row.email,
        title=row.title,
        given_name=row.given_name,
        family_name=row.family_name,
        search_name=search_form(row.family_name, row.given_name),
        password=make_password(None),
        created_at=now(),
        languages_stated_at=now() if row.languages else None,
        languages_stated_by_id=organisation_id if row.languages else None,
    )


def _membership(
    row: Row, person: Person, people_import: PeopleImport, department_id: uuid.UUID | None
) -> Membership:
    first, last = row.valid_from, row.valid_until
    states = row.stated != Stated()
    return Membership(
        id=new_id(),
        person=person,
        organisation_id=people_import.organisation_id,
        department_id=department_id,
        function=row.function,
        speciality=row.speciality,
        telematik_id=row.telematik_id,
        stated_at=now() if states else None,
        stated_by_import=states,
        valid_from=begin_of(date.fromisoformat(first)) if first else now(),
        valid_until=end_of(date.fromisoformat(last)) if last else None,
        people_import=people_import,
    )
