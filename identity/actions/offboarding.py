"""Ending a person's place in an organisation: all at once, in one transaction, with a record of each step.

What ends is the place, not the account: who also works elsewhere goes on there. What other apps hold of the
person they end by the callbacks "device-revoked" and "offboarded", in this transaction.
"""

import logging
import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from audit import actions as audit
from audit.events import Event
from identity import sessions
from identity.access.actors import valid_memberships
from identity.access.offboarding import Leaver, deputies, sessions_in
from identity.access.staff import administered, staff_membership
from identity.actions.api_keys import revoke_keys_made_by
from identity.actions.identity_keys import revoke_identity_key
from identity.actions.invitations import withdraw_invitations
from identity.models import Membership, Offboarding
from identity.states import STAFF, OffboardingReason, OffboardingStep
from medicus.lib import callbacks
from medicus.lib.actor import SYSTEM, Actor, Role, Scope, require_system
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, DomainError, Invalid
from medicus.lib.freshness import require_fresh

AT_ONCE = 100

log = logging.getLogger(__name__)


@dataclass
class _Sheet:
    """An offboarding that is under way, and what its steps have done so far."""

    by: Actor
    row: Offboarding
    steps: list[dict[str, str | int]] = field(default_factory=list)

    @property
    def membership(self) -> Membership:
        return self.row.membership

    def record(self, event: Event, step: str, count: int, details: dict[str, str | int]) -> None:
        held = {"offboarding": str(self.row.id), "membership": str(self.membership.id)}
        event_id = audit.record(
            event,
            by=self.by,
            subject=f"person/{self.membership.person_id}",
            organisation_id=self.membership.organisation_id,
            details=held | details,
        )
        self.steps.append({"step": step, "count": count, "at": now().isoformat(), "event_id": str(event_id)})

    def done(self, step: str, count: int) -> None:
        self.record(Event.OFFBOARDING_STEP, step, count, {"step": step, "count": count})


def offboard(
    *,
    by: Actor,
    membership_id: uuid.UUID,
    deputy_id: uuid.UUID | None = None,
    reason: str = OffboardingReason.LEFT,
) -> Offboarding:
    """End a person's place in the organisation, now: access, sessions, devices, keys, links, and what other
    apps hold. Who is offboarded already stays so: the answer is that offboarding, and nothing happens twice.

    deputy_id: the membership of a colleague, named to those who ask for the person.
    reason: an `OffboardingReason`.

    Raises:
        NotFound: not an administrator of this organisation, or the membership is absent.
        FreshFactorRequired: the second factor was shown too long ago.
        Conflict: it is the acting person's own, or the last administrator's.
        Invalid: `errors` names the reason or the deputy.
    """
    started_at = now()
    membership = staff_membership(by=by, membership_id=membership_id, scope=Scope.SCIM)
    require_fresh(by)
    if membership.person_id == by.person_id:
        raise Conflict(_("Your own access is ended by another administrator."))
    why = _reason(reason)
    with transaction.atomic():
        _lock(membership)
        if earlier := _current(membership):
            return earlier
        _keep_an_administrator(membership, by=by)
        row = Offboarding(
            membership=membership,
            reason=why.value,
            deputy=_deputy(by, membership, deputy_id),
            started_by_id=by.person_id,
            started_at=started_at,
        )
        return _end(_Sheet(by, row))


def offboard_ended(*, by: Actor) -> int:
    """Offboard everybody whose last day has passed; return how many. Their access ended with the day.

    Raises:
        NotFound: not the service itself.
    """
    require_system(by)
    over = Membership.objects.filter(function__in=STAFF, valid_until__lte=now())
    left = over.exclude(Exists(Offboarding.objects.filter(membership=OuterRef("id"), undone_at=None)))
    done = 0
    for membership_id in left.order_by("valid_until").values_list("id", flat=True)[:AT_ONCE]:
        try:
            offboard(by=SYSTEM, membership_id=membership_id, reason=OffboardingReason.LAST_DAY)
            done += 1
        except DomainError:
            log.exception("an offboarding failed; trying again")
    return done


def undo_offboarding(*, by: Actor, membership: Membership, at: datetime) -> None:
    """Mark that a place is open again, in the transaction that opens it; the rest does not come back."""
    if not by.has(Role.SYSTEM):
        administered(by=by, scope=Scope.SCIM)
    Offboarding.objects.filter(membership=membership, undone_at=None).update(undone_at=at)


def _reason(reason: str) -> OffboardingReason:
    try:
        return OffboardingReason(reason)
    except ValueError:
        raise Invalid(errors={"reason": _("Please choose a reason.")}) from None


def _lock(membership: Membership) -> None:
    """Hold the place and all administrators' places, so that two cannot end each other's at once."""
    administrators = Q(organisation=membership.organisation_id, is_admin=True)
    held = Membership.objects.select_for_update().filter(Q(id=membership.id) | administrators)
    list(held.order_by("id").values_list("id", flat=True))
    membership.refresh_from_db(fields=["deactivated_at", "valid_until", "is_admin"])


def _current(membership: Membership) -> Offboarding | None:
    found = Offboarding.objects.filter(membership=membership, undone_at=None)
    return found.select_related("membership__person", "deputy__person").first()


def _keep_an_administrator(membership: Membership, *, by: Actor) -> None:
    """Who is left must be able to administer. Where the place is not valid any more, nothing is lost by it."""
    valid = valid_memberships().filter(organisation=membership.organisation_id, is_admin=True)
    ids = set(valid.values_list("id", flat=True))
    if ids == {membership.id}:
        raise Conflict(
            _("This is the organisation's last administrator. Please name another administrator first.")
        )
    if by.membership_id and by.has(Role.ADMIN) and by.membership_id not in ids:
        raise Conflict(_("Your own access has ended meanwhile."))


def _deputy(by: Actor, membership: Membership, deputy_id: uuid.UUID | None) -> Membership | None:
    if deputy_id is None:
        return None
    found = deputies(by=by, membership=membership).filter(id=deputy_id).first()
    if found is None:
        raise Invalid(errors={"deputy_id": _("Please choose a colleague who can stand in.")})
    return found


def _end(sheet: _Sheet) -> Offboarding:
    """Do all steps; the caller holds the transaction and the locks."""
    row, membership = sheet.row, sheet.membership
    details: dict[str, str | int] = {"reason": row.reason}
    if row.deputy_id:
        details["deputy"] = str(row.deputy_id)
    sheet.record(Event.PERSON_OFFBOARD, OffboardingStep.BEGIN, 1, details)
    sheet.done(OffboardingStep.END_ACCESS, _end_access(membership))
    sheet.done(OffboardingStep.END_SESSIONS, _end_sessions(membership))
    keys, devices = revoke_identity_key(
        by=sheet.by, person_id=membership.person_id, organisation_id=membership.organisation_id
    )
    sheet.done(OffboardingStep.REVOKE_KEY, keys)
    sheet.done(OffboardingStep.REVOKE_DEVICES, len(devices))
    sheet.done(OffboardingStep.WITHDRAW_INVITATIONS, withdraw_invitations(by=sheet.by, membership=membership))
    made = revoke_keys_made_by(
        by=sheet.by, person_id=membership.person_id, organisation_id=membership.organisation_id
    )
    sheet.done(OffboardingStep.REVOKE_API_KEYS, made)
    for step, count in _elsewhere(sheet, devices).items():
        sheet.done(step, count)
    row.steps, row.finished_at = sheet.steps, now()
    row.save(force_insert=True)
    return row


def _end_access(membership: Membership) -> int:
    changed = Membership.objects.filter(id=membership.id, deactivated_at=None).update(deactivated_at=now())
    membership.refresh_from_db(fields=["deactivated_at"])
    return changed


def _end_sessions(membership: Membership) -> int:
    """Only those of this organisation: who works elsewhere, too, keeps working there."""
    rows = sessions_in(membership)
    for row in rows:
        sessions.end_access(row, organisation_name=membership.organisation.name)
    return len(rows)


def _elsewhere(sheet: _Sheet, devices: list[uuid.UUID]) -> dict[str, int]:
    """What the apps above ended: each answers with counts by step, or with nothing."""
    row, membership = sheet.row, sheet.membership
    leaver = Leaver(membership.id, membership.person_id, membership.organisation_id, row.deputy_id)
    told = callbacks.call("device-revoked", device_ids=devices)
    told += callbacks.call("offboarded", by=sheet.by, leaver=leaver)
    counts: Counter[str] = Counter()
    for answer in told:
        counts.update(answer or {})
    return dict(counts)
