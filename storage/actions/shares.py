"""What happens to shares: a finding is opened to a colleague elsewhere, and closed again."""

import uuid
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit import actions as audit
from audit.events import Event
from identity import access as identity
from identity.models import Membership
from identity.states import CLINICAL
from medicus.lib.actor import SYSTEM, Actor, require_system
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, Invalid, NotFound
from medicus.lib.ids import new_id
from storage.access.cards import ShareCard
from storage.access.findings import ALL_SHARES, own_finding_row, share_card, visible_findings
from storage.actions.guarding import require_regular
from storage.models import Finding, Share
from storage.states import SHARE_TRANSITIONS, ObjectState, SharePurpose, ShareState, sources

LONGEST = timedelta(days=366)


def share_finding(
    *, by: Actor, finding_id: uuid.UUID, membership_id: uuid.UUID, purpose: str, expires_at: datetime
) -> ShareCard:
    """Open a clean finding of the own organisation to one clinician of another, for a purpose and a time.

    expires_at: in the future, at most a year away.

    Raises:
        NotFound: the finding is absent or not the actor's organisation's.
        Conflict: it is not clean, already shared with this person, or the actor is there in an emergency only.
        Invalid: no such colleague, no such purpose, no such end.
    """
    row = own_finding_row(by=by, finding_id=finding_id)
    if by.person_id is None:
        raise NotFound
    require_regular(row.patient, by)
    if row.stored_object.state != ObjectState.CLEAN:
        raise Conflict(_("Only a finding that has been examined can be shared."))
    membership = _recipient(by, row, membership_id)
    share = Share(
        id=new_id(),
        finding=row,
        membership=membership,
        purpose=_purpose(purpose).value,
        state=ShareState.ACTIVE.value,
        created_by_id=by.person_id,
        created_at=now(),
        expires_at=_end(expires_at),
    )
    with transaction.atomic():
        _end_expired(row, membership)
        _insert(share)
        _record(Event.FINDING_SHARE, share, by=by)
    return share_card(ALL_SHARES.get(id=share.id))


def _recipient(by: Actor, row: Finding, membership_id: uuid.UUID) -> Membership:
    try:
        found = identity.membership(by=by, membership_id=membership_id)
    except NotFound:
        raise Invalid(errors={"membership_id": _("Please choose a colleague.")}) from None
    if found.function not in CLINICAL:
        raise Invalid(errors={"membership_id": _("Findings are shared with people who treat patients.")})
    if found.organisation_id == row.patient.organisation_id:
        raise Invalid(errors={"membership_id": _("Colleagues of your own organisation already have access.")})
    return found


def _purpose(purpose: str) -> SharePurpose:
    try:
        return SharePurpose(purpose)
    except ValueError:
        raise Invalid(errors={"purpose": _("Please choose what the finding is shared for.")}) from None


def _end(expires_at: datetime) -> datetime:
    if not now() < expires_at <= now() + LONGEST:
        raise Invalid(errors={"expires_at": _("The end lies in the future, at most a year away.")})
    return expires_at


def _insert(share: Share) -> None:
    try:
        with transaction.atomic():
            share.save(force_insert=True)
    except IntegrityError:
        raise Conflict(_("This finding is already shared with this person.")) from None


def _end_expired(row: Finding, membership: Membership) -> None:
    """A share that has run out, but that the reaper has not seen yet, does not stand in the way."""
    for share in ALL_SHARES.filter(
        finding=row, membership=membership, state=ShareState.ACTIVE.value, expires_at__lte=now()
    ):
        close_share(share, ShareState.EXPIRED, by=SYSTEM)


def revoke_share(*, by: Actor, share_id: uuid.UUID) -> ShareCard:
    """Close a share, at once.

    Raises:
        NotFound: absent, or of another organisation's finding.
        Conflict: it has already ended.
    """
    own = visible_findings(by=by).filter(patient__organisation=by.organisation_id)
    share = ALL_SHARES.filter(id=share_id, finding__in=own).first()
    if share is None:
        raise NotFound
    with transaction.atomic():
        if share.expires_at <= now() or not close_share(share, ShareState.REVOKED, by=by):
            raise Conflict(_("This share has already ended."))
    return share_card(ALL_SHARES.get(id=share.id))


def expire_shares(*, by: Actor) -> int:
    """Mark the shares whose time is over; return how many. For the reaper: access has ended without it.

    Raises:
        NotFound: not called by the service itself.
    """
    require_system(by)
    over = ALL_SHARES.filter(state=ShareState.ACTIVE.value, expires_at__lte=now())
    ended = 0
    for share in over[:500]:
        with transaction.atomic():
            ended += close_share(share, ShareState.EXPIRED, by=by)
    return ended


def close_share(share: Share, state: ShareState, *, by: Actor) -> bool:
    """End an active share; False where another was faster. Inside a transaction."""
    open_still = Share.objects.filter(id=share.id, state__in=sources(SHARE_TRANSITIONS, state))
    if not open_still.update(state=state.value, ended_at=now()):
        return False
    _record(Event.FINDING_UNSHARE, share, by=by, reason=state.value)
    return True


def _record(event: Event, share: Share, *, by: Actor, reason: str = "") -> None:
    """Tell the officers of both organisations."""
    patient = share.finding.patient
    details = {"share": str(share.id), "membership": str(share.membership_id)}
    for organisation_id in (patient.organisation_id, share.membership.organisation_id):
        audit.record(
            event,
            by=by,
            subject=f"finding/{share.finding_id}",
            organisation_id=organisation_id,
            patient=str(patient.id),
            purpose=share.purpose,
            details=details | ({"reason": reason} if reason else {}),
        )
