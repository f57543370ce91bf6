"""What a hospital's identity management does with people over SCIM: through the same actions as an administrator.

Nobody gets a password. Whoever comes anew gets a link by mail, where mail is set up; otherwise an administrator makes it.
Who is removed keeps the record of what they did; their place is closed, and is opened again when they come back."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit import actions as audit
from audit.events import Event
from identity import mail
from identity.access.people import organisation as get_organisation
from identity.access.scim import is_open_at, known_user, place, places
from identity.access.staff import administered, open_departments
from identity.actions.directory import import_languages
from identity.actions.directory_statements import write_statement
from identity.actions.invitations import issue_link, withdraw_invitations
from identity.actions.offboarding import offboard
from identity.actions.people import change_person, create_membership, create_person
from identity.actions.staff import change_membership, reactivate_membership
from identity.actions.validation import require_own_address
from identity.models import Membership, Person
from identity.provisioned import WantedUser
from identity.states import STAFF, OffboardingReason
from medicus.lib.actor import Actor, Scope
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, DomainError, Invalid


class Taken(Conflict):
    """Somebody or something else has this name already (RFC 7644 section 3.12, `uniqueness`)."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail, scim_type="uniqueness")


def create_scim_user(*, by: Actor, wanted: WantedUser) -> uuid.UUID:
    """Make a person with a place, or open the place of one who was removed; the id of the place.

    Raises:
        Invalid: `errors` names each bad field; the address must lie in the hospital's domain.
        Taken: somebody has this name or address.
        NotFound: the key is not for this.
    """
    organisation_id = administered(by=by, scope=Scope.SCIM)
    require_own_address(wanted.email, get_organisation(by=by, organisation_id=organisation_id).domain)
    _require_free(by, wanted.user_name, None)
    with _together():
        removed = _removed(organisation_id, wanted.email)
        membership = removed or _newcomer(by, organisation_id, wanted)
        if removed:
            Membership.objects.filter(id=membership.id).update(deprovisioned_at=None)
        change_scim_user(by=by, membership_id=membership.id, wanted=wanted)
        if wanted.active and mail.is_configured() and not membership.person.has_usable_password():
            issue_link(by, membership)
    return membership.id


def change_scim_user(*, by: Actor, membership_id: uuid.UUID, wanted: WantedUser) -> None:
    """Make a place, and the account of its person, what is wanted. All of it, or nothing.

    Raises:
        Invalid: `errors` names each bad field.
        Taken: somebody else has this name or address.
        Conflict: the account belongs to another hospital too, or the last administrator would go.
        NotFound: absent, of another organisation, or the key is not for this.
    """
    with _together():
        membership = _locked(by, membership_id)
        current = known_user(membership).wanted
        if wanted == current:
            return
        _change_account(by, membership, current, wanted)
        _change_place(by, membership, current, wanted)
        _change_names(by, membership, current, wanted)
        _change_statement(by, membership, current, wanted)
        if wanted.active != current.active:
            _switch(by, membership, active=wanted.active)


def delete_scim_user(*, by: Actor, membership_id: uuid.UUID) -> None:
    """Close a place and forget it over SCIM; the record of what the person did stays.

    Raises:
        Conflict: it is the last administrator.
        NotFound: absent, of another organisation, or the key is not for this.
    """
    with transaction.atomic():
        membership = _locked(by, membership_id)
        if is_open_at(membership, at=now()):
            _switch(by, membership, active=False)
        Membership.objects.filter(id=membership.id).update(deprovisioned_at=now())
        _record(by, membership, "deprovisioned_at")


def refuse_scim(*, by: Actor, error: DomainError, method: str) -> None:
    """Record that a request of an identity management was refused, and why."""
    with transaction.atomic():
        reason = str(error.extra.get("scim_type") or error.code)
        audit.record(
            Event.SCIM_REFUSE, by=by, details={"status": error.status, "reason": reason, "method": method}
        )


@contextmanager
def _together() -> Iterator[None]:
    """One transaction; what two requests at once would make twice is told as taken."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        raise Taken(_("Somebody has this name or address already.")) from None


def _removed(organisation_id: uuid.UUID, email: str) -> Membership | None:
    rows = Membership.objects.filter(organisation=organisation_id, function__in=STAFF)
    rows = rows.filter(person__email=email.strip().lower(), deprovisioned_at__isnull=False)
    return rows.select_related("person", "organisation").first()


def _newcomer(by: Actor, organisation_id: uuid.UUID, wanted: WantedUser) -> Membership:
    """The place only; the rest is written as for one that is there."""
    _require_free_address(wanted.email, None)
    person = create_person(
        by=by,
        email=wanted.email,
        title=wanted.title,
        given_name=wanted.given_name,
        family_name=wanted.family_name,
    )
    return create_membership(
        by=by, person_id=person.id, organisation_id=organisation_id, function=wanted.function
    )


def _locked(by: Actor, membership_id: uuid.UUID) -> Membership:
    place(by=by, membership_id=membership_id)
    Membership.objects.select_for_update().get(id=membership_id)
    return place(by=by, membership_id=membership_id)


def _change_account(by: Actor, membership: Membership, current: WantedUser, wanted: WantedUser) -> None:
    """The address and the name: of an account that also belongs to another hospital they are not ours to change."""
    same = replace(
        current,
        email=wanted.email.strip().lower(),
        title=wanted.title,
        given_name=wanted.given_name,
        family_name=wanted.family_name,
    )
    if same == current:
        return
    _require_free_address(wanted.email, membership.person_id)
    membership.person = change_person(
        by=by,
        person_id=membership.person_id,
        email=wanted.email,
        title=wanted.title,
        given_name=wanted.given_name,
        family_name=wanted.family_name,
    )
    if same.email != current.email:
        withdraw_invitations(by=by, membership=membership)


def _change_place(by: Actor, membership: Membership, current: WantedUser, wanted: WantedUser) -> None:
    if (wanted.function, wanted.department) == (current.function, current.department):
        return
    change_membership(
        by=by,
        membership_id=membership.id,
        function=wanted.function,
        department_id=_department_named(membership, wanted.department),
        is_admin=membership.is_admin,
        valid_from=membership.valid_from,
        valid_until=membership.valid_until,
    )


def _department_named(membership: Membership, name: str) -> uuid.UUID | None:
    """A department of this name, in any case; never a new one by a slip of the pen."""
    if not name:
        return None
    for department in open_departments(membership.organisation_id):
        if department.name.casefold() == name.strip().casefold():
            return department.id
    text = _("There is no department of this name: %(name)s. Please create it as a group first.")
    raise Invalid(errors={"department": text % {"name": name}})


def _change_names(by: Actor, membership: Membership, current: WantedUser, wanted: WantedUser) -> None:
    """How the identity management calls the person. The address as its name is kept as none."""
    user_name = "" if wanted.user_name.lower() == membership.person.email else wanted.user_name
    if (membership.user_name, current.external_id) == (user_name, wanted.external_id):
        return
    _require_free(by, wanted.user_name, membership.id)
    rows = Membership.objects.filter(id=membership.id)
    rows.update(user_name=user_name, external_id=wanted.external_id)
    _record(by, membership, "user_name external_id")


def _change_statement(by: Actor, membership: Membership, current: WantedUser, wanted: WantedUser) -> None:
    """What the directory shows; the door has checked it against the closed sets."""
    if wanted.stated != current.stated:
        write_statement(by=by, membership_id=membership.id, stated=wanted.stated, imported=True)
    if wanted.languages != current.languages:
        import_languages(by=by, membership=membership, languages=wanted.languages)


def _require_free(by: Actor, user_name: str, membership_id: uuid.UUID | None) -> None:
    others = places(by=by).exclude(id__in=[membership_id] if membership_id else [])
    named = others.filter(user_name__iexact=user_name)
    addressed = others.filter(user_name="", person__email=user_name.lower())
    if named.exists() or addressed.exists():
        raise Taken(_("Somebody else has this name."))


def _switch(by: Actor, membership: Membership, *, active: bool) -> None:
    if active:
        if membership.deactivated_at is None:
            raise Conflict(
                _("This place has ended on its last day: an administrator can give it a later one.")
            )
        reactivate_membership(by=by, membership_id=membership.id)
        return
    offboard(by=by, membership_id=membership.id, reason=OffboardingReason.PROVISIONING)


def _require_free_address(email: str, person_id: uuid.UUID | None) -> None:
    others = Person.objects.exclude(id__in=[person_id] if person_id else [])
    if others.filter(email=email.strip().lower()).exists():
        raise Taken(_("Somebody has this address already."))


def _record(by: Actor, membership: Membership, changed: str) -> None:
    audit.record(
        Event.MEMBERSHIP_CHANGE,
        by=by,
        subject=f"person/{membership.person_id}",
        organisation_id=membership.organisation_id,
        details={"membership": str(membership.id), "changed": changed},
    )
