"""Protected folders: whose department guards one, and who reaches it."""

import uuid

from django.db.models import Q, QuerySet

from identity.models import Department, Membership
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from storage.models import EmergencyAccess, Patient


def within_reach(by: Actor) -> Q:
    """The folders of the own organisation that an actor may open: regularly, or in an emergency that lasts."""
    return regularly(by) | Q(id__in=open_emergencies(by).values("patient"))


def regularly(by: Actor) -> Q:
    """The folders that nobody guards, and those that the actor's own department guards."""
    if by.membership_id is None:
        return Q(guarded_by=None)
    own = Membership.objects.filter(id=by.membership_id, department__isnull=False)
    return Q(guarded_by=None) | Q(guarded_by__in=own.values("department"))


def open_emergencies(by: Actor) -> QuerySet[EmergencyAccess]:
    """What an actor may open in an emergency at this moment."""
    return EmergencyAccess.objects.filter(membership=by.membership_id, ends_at__gt=now())


def reached_in_emergency(row: Patient, by: Actor) -> bool:
    """Whether only an emergency opens this folder to an actor, who was found to reach it."""
    if row.guarded_by_id is None or by.membership_id is None:
        return False
    return not Patient.objects.filter(regularly(by), id=row.id).exists()


def department_of(by: Actor) -> Department | None:
    """The department in which an actor works, if they work in one."""
    if by.membership_id is None:
        return None
    own = Membership.objects.filter(id=by.membership_id).select_related("department").first()
    return own.department if own else None


def folders_guarded_by(*, department_id: uuid.UUID) -> int:
    """How many folders a department guards; for `identity`, which closes none that still guards some."""
    return Patient.objects.filter(guarded_by=department_id).count()
