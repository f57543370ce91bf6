"""What an administrator does with the departments of the organisation; making one stands in `organisations`."""

import uuid

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit import actions as audit
from audit.events import Event
from identity.access.people import department as get_department
from identity.actions.authorisation import require_provisioning
from identity.actions.validation import clean
from identity.models import Department, Membership
from identity.states import Speciality
from medicus.lib import callbacks
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, Invalid


def change_department(
    *, by: Actor, department_id: uuid.UUID, name: str, speciality: Speciality
) -> Department:
    """Rename a department, or correct its speciality.

    Raises:
        Invalid: `errors` names each bad field.
        NotFound: absent, closed, or the actor does not administer its organisation.
    """
    department = _administered(by, department_id)
    department.name, department.speciality = name.strip(), speciality
    clean(department, constraints=False)
    try:
        with transaction.atomic():
            department.save(update_fields=["name", "speciality"])
            _record(by, department, Event.DEPARTMENT_CHANGE)
    except IntegrityError:
        raise Invalid(errors={"name": _("There is a department of this name already.")}) from None
    return department


def close_department(*, by: Actor, department_id: uuid.UUID) -> Department:
    """Close a department in which nobody works any more. Those who have left keep it in their records.

    Raises:
        NotFound: absent, closed, or the actor does not administer its organisation.
        Conflict: people are in it.
    """
    department = _administered(by, department_id)
    with transaction.atomic():
        department = lock_open_department(department.organisation_id, department_id)
        _require_empty(department)
        department.closed_at = now()
        department.save(update_fields=["closed_at"])
        _record(by, department, Event.DEPARTMENT_CLOSE)
    return department


def lock_open_department(organisation_id: uuid.UUID, department_id: uuid.UUID) -> Department:
    """Hold a department open until the transaction ends: nobody enters one that is being closed.

    Raises:
        Invalid: absent, closed, or of another organisation.
    """
    rows = Department.objects.select_for_update().filter(organisation=organisation_id, closed_at=None)
    found = rows.filter(id=department_id).first()
    if found is None:
        raise Invalid(errors={"department": _("Please choose a department of your organisation.")})
    return found


def _administered(by: Actor, department_id: uuid.UUID) -> Department:
    department = get_department(by=by, department_id=department_id)
    require_provisioning(by, department.organisation_id)
    return department


def _require_empty(department: Department) -> None:
    remaining = Q(valid_until__isnull=True) | Q(valid_until__gt=now())
    members = Membership.objects.filter(remaining, department=department).count()
    if members:
        text = ngettext(
            "%(count)s person is in this department. Please move them first.",
            "%(count)s people are in this department. Please move them first.",
            members,
        )
        raise Conflict(text % {"count": members})
    folders = sum(callbacks.call("department-guards", department_id=department.id))
    if folders:
        text = ngettext(
            "%(count)s protected folder is left to this department. One of its people must lift the protection first.",
            "%(count)s protected folders are left to this department. One of its people must lift the protection first.",
            folders,
        )
        raise Conflict(text % {"count": folders})


def _record(by: Actor, department: Department, event: Event) -> None:
    audit.record(
        event, by=by, subject=f"department/{department.id}", organisation_id=department.organisation_id
    )
