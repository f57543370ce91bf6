"""Who enters and leaves a group by a commit, and whether a rule of the group forbids it."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from identity import access as identity
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from messaging.access.conduct import blocking
from messaging.access.contacts import Party, strangers
from messaging.actions.contacts import check_not_blocked, check_request
from messaging.actions.leaf_identity import check_leaf, person_in
from messaging.actions.patient_cases import check_patient_case
from messaging.actions.planned import Change, Newcomer
from messaging.envelope import Commit
from messaging.models import Group, GroupDevice, GroupMember, KeyPackage
from messaging.refusals import CommitRefused
from messaging.states import DIRECT_PEOPLE, LEAVES_PER_GROUP, GroupKind
from rota import access as rota

if TYPE_CHECKING:
    from uuid import UUID

    from identity.models import Device


def plan(parsed: Commit, *, group: Group, committer: GroupMember, by: Actor) -> Change:
    """Work out a commit's change of membership from what the server knows, and hold it against the rules.

    Raises:
        CommitRefused: with the rule as its `reason`.
    """
    held = {
        leaf.leaf_index: leaf
        for leaf in GroupDevice.objects.filter(group=group, left_seq__isnull=True).select_related(
            "member", "device"
        )
    }
    removed = tuple(_removed(parsed, held, committer))
    leaves = tuple(leaf for leaf in held.values() if leaf not in removed)
    newcomers = tuple(_newcomers(parsed, group, by=by))
    change = Change(newcomers, removed, leaves)
    _check_revoked_go(change)
    _check_newcomers(change, committer)
    check_patient_case(change, group=group, committer=committer, by=by)
    _check_size(change, group)
    entering = _entering(change, held.values())
    _check_policy(_coming(change, held.values()) | entering, committer, by=by)
    return replace(change, asked=_stranger(entering, group, committer, by=by))


def _removed(parsed: Commit, held: dict[int, GroupDevice], committer: GroupMember) -> Iterator[GroupDevice]:
    """Own devices, revoked and expired ones may be removed by anyone in the group, others by an owner."""
    if len(set(parsed.removes)) != len(parsed.removes) or not held.keys() >= set(parsed.removes):
        raise CommitRefused(reason="no-such-leaf")
    for leaf_index in parsed.removes:
        leaf = held[leaf_index]
        if leaf_index == parsed.sender_leaf:
            raise CommitRefused(reason="own-leaf")
        over = _is_revoked(leaf) or leaf.device.expires_at <= now()
        if leaf.member_id != committer.id and not over and not committer.is_owner:
            raise CommitRefused(reason="owner-needed")
        yield leaf


def _is_revoked(leaf: GroupDevice) -> bool:
    """A device that was revoked in the very moment in which it came in has a leaf that was not marked."""
    return leaf.revoked_at is not None or leaf.device.revoked_at is not None


def _check_revoked_go(change: Change) -> None:
    """Whatever else a commit does, revoked devices go with it: no epoch begins with a key of theirs."""
    staying = sorted(leaf.leaf_index for leaf in change.leaves if _is_revoked(leaf))
    if staying:
        raise CommitRefused(reason="revoked-leaf-stays", leaves=staying)


def _newcomers(parsed: Commit, group: Group, *, by: Actor) -> Iterator[Newcomer]:
    """The devices behind the key packages: each was claimed here, is not spent, and its device is active. Those of
    patients are looked for in patient cases alone."""
    references = [package.reference for package in parsed.adds]
    found = KeyPackage.objects.filter(
        reference__in=references, claimed_at__isnull=False, spent_at__isnull=True
    )
    packages = {bytes(package.reference): package for package in found}
    people = {person for package in parsed.adds if (person := person_in(package.leaf.identity))}
    devices = {device.id: device for device in identity.devices_of(by=by, person_ids=people)}
    patients = _patients(group, people, by=by)
    for added in parsed.adds:
        package = packages.get(added.reference)
        if package is None:
            raise CommitRefused(reason="key-package-not-claimed")
        device = patients.get(package.device_id) or devices.get(package.device_id)
        if device is None or device.organisation.verified_at is None:
            raise CommitRefused(reason="device-not-active")
        check_leaf(added.leaf, device)
        yield Newcomer(device, package, is_patient=device.id in patients)


def _patients(group: Group, people: Collection["UUID"], *, by: Actor) -> dict["UUID", "Device"]:
    if group.kind != GroupKind.PATIENT:
        return {}
    return {device.id: device for device in identity.patient_devices_of(by=by, person_ids=people)}


def _check_newcomers(change: Change, committer: GroupMember) -> None:
    devices = [leaf.device_id for leaf in change.leaves] + [
        newcomer.device.id for newcomer in change.newcomers
    ]
    if len(set(devices)) != len(devices):
        raise CommitRefused(reason="already-a-leaf")
    for newcomer in change.newcomers:
        if newcomer.device.organisation_id != committer.organisation_id and not committer.is_owner:
            raise CommitRefused(reason="owner-needed")


def _entering(change: Change, held: Iterable[GroupDevice]) -> set[Party]:
    """Who is not in the conversation yet. Another device of somebody who is in it already is nobody new."""
    known = {leaf.member.person_id for leaf in held}
    devices = [newcomer.device for newcomer in change.newcomers]
    return {(one.person_id, one.organisation_id) for one in devices if one.person_id not in known}


def _coming(change: Change, held: Iterable[GroupDevice]) -> set[Party]:
    """Who brings in a hospital that is not there yet: also somebody who is in the conversation for another one."""
    here = {leaf.member.organisation_id for leaf in held}
    devices = [newcomer.device for newcomer in change.newcomers]
    return {(one.person_id, one.organisation_id) for one in devices if one.organisation_id not in here}


def _check_policy(coming: Collection[Party], committer: GroupMember, *, by: Actor) -> None:
    """The committer's organisation may forbid conversations with people of others."""
    elsewhere = any(organisation_id != committer.organisation_id for _person, organisation_id in coming)
    if elsewhere and not identity.may_contact_strangers(by=by):
        raise CommitRefused(
            _("Your organisation does not let you begin conversations with other hospitals."),
            reason="strangers-not-permitted",
        )


def _stranger(
    entering: Collection[Party], group: Group, committer: GroupMember, *, by: Actor
) -> Party | None:
    """Who of them must be asked first: in a direct conversation by a request, elsewhere not at all.

    Whoever holds a role that says so to others is written to as the role, in a conversation of several: they are no
    stranger there, whomever they blocked."""
    if not entering:
        return None
    if group.held_for_id is not None:
        raise CommitRefused(
            _("Nobody can be added while the contact request is not accepted."), reason="contact-not-accepted"
        )
    here = committer.person_id, committer.organisation_id
    if group.kind == GroupKind.DIRECT:
        check_not_blocked(committer, entering)
        unknown = strangers(here, entering)
    else:
        unknown = strangers(here, entering) | blocking(here, entering).keys()
        if unknown:
            unknown -= rota.people_on_duty(by=by, person_ids={person_id for person_id, _place in unknown})
    if not unknown:
        return None
    if group.kind != GroupKind.DIRECT:
        raise CommitRefused(
            _(
                "You are not in contact with this person yet. Please write to them in a direct conversation first."
            ),
            reason="contact-needed",
            people=sorted(str(person_id) for person_id, _organisation in unknown),
        )
    (asked,) = unknown
    check_request(committer, asked)
    return asked


def _check_size(change: Change, group: Group) -> None:
    if len(change.leaves) + len(change.newcomers) > LEAVES_PER_GROUP:
        raise CommitRefused(reason="too-many-leaves", limit=LEAVES_PER_GROUP)
    people = {leaf.member.person_id for leaf in change.leaves}
    people |= {newcomer.device.person_id for newcomer in change.newcomers}
    if group.kind == GroupKind.DIRECT and len(people) > DIRECT_PEOPLE:
        raise CommitRefused(reason="direct-is-full", limit=DIRECT_PEOPLE)
