"""What a hospital's identity management does with departments, which are SCIM's groups."""

import uuid
from collections.abc import Collection, Sequence

from django.db import connection, transaction
from django.utils.translation import gettext as _

from audit import actions as audit
from audit.events import Event
from identity.access.scim import group, open_groups, places
from identity.access.staff import administered
from identity.actions.departments import change_department, close_department, lock_open_department
from identity.actions.organisations import create_department
from identity.actions.scim import Taken
from identity.models import Department, Membership
from identity.provisioned import WantedGroup
from identity.states import Speciality
from medicus.lib.actor import Actor, Scope
from medicus.lib.errors import Invalid


def create_scim_group(*, by: Actor, wanted: WantedGroup) -> uuid.UUID:
    """Make a department; its speciality is for an administrator to say.

    Raises:
        Invalid: the name is missing or too long, or somebody is no member of the hospital.
        Taken: there is a department of this name.
        NotFound: the key is not for this.
    """
    organisation_id = administered(by=by, scope=Scope.SCIM)
    _require_free(by, wanted.name, None)
    with transaction.atomic():
        made = create_department(by=by, organisation_id=organisation_id, name=wanted.name)
        Department.objects.filter(id=made.id).update(external_id=wanted.external_id)
        _move(by, made, wanted)
    return made.id


def change_scim_group(*, by: Actor, department_id: uuid.UUID, wanted: WantedGroup) -> None:
    """Rename a department, and let people enter and leave it.

    Raises:
        Invalid: the name is missing or too long, or somebody is no member of the hospital.
        Taken: there is another department of this name.
        NotFound: absent, closed, of another organisation, or the key is not for this.
    """
    department = group(by=by, department_id=department_id)
    with transaction.atomic():
        if wanted.name != department.name:
            _require_free(by, wanted.name, department_id)
            speciality = Speciality(department.speciality)
            change_department(by=by, department_id=department_id, name=wanted.name, speciality=speciality)
        if wanted.external_id != department.external_id:
            Department.objects.filter(id=department_id).update(external_id=wanted.external_id)
        _move(by, department, wanted)


def delete_scim_group(*, by: Actor, department_id: uuid.UUID) -> None:
    """Close a department; its people stay, without one.

    Raises:
        NotFound: absent, closed, of another organisation, or the key is not for this.
    """
    department = group(by=by, department_id=department_id)
    with transaction.atomic():
        inside = Membership.objects.filter(department=department)
        _put(by, list(inside), None)
        close_department(by=by, department_id=department_id)


def _move(by: Actor, department: Department, wanted: WantedGroup) -> None:
    if not (wanted.entering or wanted.leaving):
        return
    lock_open_department(department.organisation_id, department.id)
    leaving = places(by=by).filter(id__in=wanted.leaving, department=department)
    _put(by, list(leaving), None)
    _put(by, _known(by, wanted.entering), department)


def _known(by: Actor, ids: Collection[uuid.UUID]) -> list[Membership]:
    found = list(places(by=by).filter(id__in=ids)) if ids else []
    if len(found) < len(ids):
        raise Invalid(errors={"members": _("There is no such user.")})
    return found


def _put(by: Actor, memberships: Sequence[Membership], department: Department | None) -> None:
    """A few statements, however many people; one event for each of them."""
    moving = [each for each in memberships if each.department_id != (department and department.id)]
    Membership.objects.filter(id__in=[each.id for each in moving]).update(department=department)
    events = [
        audit.prepare(
            Event.MEMBERSHIP_CHANGE,
            by=by,
            subject=f"person/{each.person_id}",
            organisation_id=each.organisation_id,
            details={"membership": str(each.id), "changed": "department_id"},
        )
        for each in moving
    ]
    with connection.cursor() as cursor:
        audit.insert_prepared(cursor, events)


def _require_free(by: Actor, name: str, department_id: uuid.UUID | None) -> None:
    others = open_groups(by=by).exclude(id__in=[department_id] if department_id else [])
    if others.filter(name=name.strip()).exists():
        raise Taken(_("There is a department of this name already."))
