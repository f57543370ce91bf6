"""Rooms full of people with devices and sessions, made without waiting for 80 password hashes."""

from itertools import cycle, islice

from identity.actions import (
    create_department,
    create_membership,
    create_organisation,
    create_person,
    verify_organisation,
)
from identity.models import Membership, Organisation
from identity.states import Function, OrganisationKind, Speciality
from medicus.lib.actor import SYSTEM
from medicus.lib.clock import now
from medicus.lib.ids import new_id
from messaging.models import Group, GroupDevice, GroupMember
from messaging.states import GroupKind
from tests.cast import Member, sign_in


def populate(rooms: int, members: int) -> list[tuple[str, list[str]]]:
    """For each room: its id, and each member's session cookie. Half of a room is of either hospital."""
    hospitals = [hospital(name) for name in ("a", "b")]
    found = []
    for room in range(rooms):
        people = [
            member(place, f"{room}.{index}") for index, place in enumerate(islice(cycle(hospitals), members))
        ]
        found.append((room_of(people), [person.session_key for person in people]))
    return found


def hospital(name: str) -> Organisation:
    """A verified hospital with one department."""
    organisation = create_organisation(
        by=SYSTEM, name=f"Hospital {name}", kind=OrganisationKind.HOSPITAL, domain=f"{name}.example", city=""
    )
    verify_organisation(by=SYSTEM, organisation_id=organisation.id)
    create_department(
        by=SYSTEM, organisation_id=organisation.id, name="One", speciality=Speciality.CARDIOLOGY
    )
    return organisation


def member(organisation: Organisation, name: str, *, is_admin: bool = False) -> Member:
    """Someone with a session and a device; a physician."""
    person = create_person(
        by=SYSTEM, email=f"p{name}@{organisation.domain}", given_name="P", family_name=name.replace(".", "-")
    )
    membership: Membership = create_membership(
        by=SYSTEM, person_id=person.id, organisation_id=organisation.id, function=Function.PHYSICIAN,
        department_id=organisation.departments.get().id, is_admin=is_admin,
    )  # fmt: skip
    signed_in = sign_in(membership)
    signed_in.add_device()
    return signed_in


def room_of(people: list[Member]) -> str:
    """A team of theirs, as it stands after its first commit: the first of them owns it."""
    group = Group.objects.create(
        id=new_id(), kind=GroupKind.TEAM, created_by=people[0].person, created_at=now(), epoch=0, last_seq=0
    )
    for leaf, person in enumerate(people):
        assert person.device
        place = GroupMember.objects.create(
            group=group,
            person=person.person,
            organisation=person.organisation,
            joined_seq=0,
            is_owner=leaf == 0,
        )
        GroupDevice.objects.create(
            group=group, member=place, device=person.device, leaf_index=leaf, joined_seq=0
        )
    return str(group.id)
