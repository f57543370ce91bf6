"""Making a group."""

import uuid

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit import actions as audit
from audit.events import Event
from identity import access as identity
from medicus.lib.actor import Actor, Role
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, Invalid, NotFound
from messaging import access, news
from messaging.access import GroupView
from messaging.actions.commits import NewCommit
from messaging.actions.commits import commit as append
from messaging.models import Case, Group, GroupDevice, GroupMember
from messaging.refusals import IdReused
from messaging.states import CASES, CaseState, GroupKind
from storage.actions.guarding import regular_row


@transaction.atomic
def create_group(
    *,
    by: Actor,
    group_id: uuid.UUID,
    kind: GroupKind,
    commit: NewCommit | None = None,
    patient_id: uuid.UUID | None = None,
) -> GroupView:
    """Make a group with its maker as only member (owner, leaf 0, epoch 0), and its first commit where one is
    given: both or neither. Repeating it changes nothing.

    patient_id: whose record a patient case is about, which never changes; there with that kind alone.

    Raises:
        DeviceNeeded: the session holds no device.
        NotFound: nobody is signed in, or a patient; for a patient case, no clinician who opens that folder.
        Conflict: a patient case of a hospital that is not verified, or of a folder that only an emergency opens.
        Invalid: a patient case without a record, or another kind with one.
        IdReused: another group has this id.
        EnvelopeRefused, CommitRefused: as for `commit`.
    """
    device_id = identity.require_device(by=by)
    if by.person_id is None or by.organisation_id is None or by.has(Role.PATIENT):
        raise NotFound
    _check_record(by, kind, patient_id)
    if not _made_before(by=by, group_id=group_id, kind=kind, patient_id=patient_id):
        group = _insert(by.person_id, by.organisation_id, device_id, group_id, kind)
        if kind in CASES:
            _open_case(group, by.organisation_id, patient_id)
        audit.record(
            Event.GROUP_CREATE,
            by=by,
            subject=f"group/{group_id}",
            patient=str(patient_id or ""),
            details={"kind": kind.value},
        )
        news.tell_on_commit(news.News(people=frozenset({by.person_id})))
    if commit is not None:
        append(by=by, group_id=group_id, sent=commit)
    return access.group(by=by, group_id=group_id)


def _check_record(by: Actor, kind: GroupKind, patient_id: uuid.UUID | None) -> None:
    """A patient case is opened by who may open the patient's folder, in a hospital that may invite patients."""
    if (kind == GroupKind.PATIENT) != (patient_id is not None):
        raise Invalid(errors={"patient_id": _("A patient's record, for a patient case and for no other.")})
    if patient_id is None:
        return
    regular_row(by, patient_id)
    if by.organisation_id is None:
        raise NotFound
    if identity.organisation(by=by, organisation_id=by.organisation_id).verified_at is None:
        raise Conflict(_("Patient cases can be opened as soon as your organisation is verified."))


def _made_before(*, by: Actor, group_id: uuid.UUID, kind: GroupKind, patient_id: uuid.UUID | None) -> bool:
    group = Group.objects.filter(id=group_id).select_related("case").first()
    if group is None:
        return False
    if group.created_by_id != by.person_id or group.kind != kind:
        raise IdReused
    if patient_id is not None and group.case.patient_id != patient_id:
        raise IdReused
    return True


def _insert(
    person_id: uuid.UUID,
    organisation_id: uuid.UUID,
    device_id: uuid.UUID,
    group_id: uuid.UUID,
    kind: GroupKind,
) -> Group:
    try:
        with transaction.atomic():
            group = Group.objects.create(id=group_id, kind=kind, created_by_id=person_id, created_at=now())
    except IntegrityError:  # somebody else, at this very moment
        raise IdReused from None
    member = GroupMember.objects.create(
        group=group, person_id=person_id, organisation_id=organisation_id, is_owner=True, joined_seq=0
    )
    GroupDevice.objects.create(group=group, member=member, device_id=device_id, leaf_index=0, joined_seq=0)
    return group


def _open_case(group: Group, organisation_id: uuid.UUID, patient_id: uuid.UUID | None) -> None:
    Case.objects.create(
        group=group,
        organisation_id=organisation_id,
        patient_id=patient_id,
        with_patient=patient_id is not None,
        state=CaseState.OPEN.value,
        opened_by_id=group.created_by_id,
        opened_at=group.created_at,
    )
