"""The policies of an organisation, as they hold and as its administrators see them."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from identity.access.people import names_by_person_id
from identity.access.rules import policy_of
from identity.access.staff import administered
from identity.models import Membership, Policy
from identity.policies import BEGINNINGS, DEFAULTS, EFFECTS, TITLES, PolicyName, text_of
from identity.states import (
    AUDIT_YEARS,
    CASE_DAYS_DEFAULT,
    TALK_DAYS_DEFAULT,
    Function,
    StrangersPolicy,
)
from medicus.lib.actor import Actor


@dataclass(frozen=True, slots=True)
class PolicyCard:
    """A policy for people. changed_by: empty where nobody has changed it."""

    name: PolicyName
    title: str
    effect: str
    begins: str
    value: Any
    text: str
    default: str
    is_default: bool
    changed_at: datetime | None
    changed_by: str


def policies(*, by: Actor) -> list[PolicyCard]:
    """The policies of the organisation that the actor administers.

    Raises:
        NotFound: not an administrator.
    """
    return policy_cards(organisation_id=administered(by=by))


def policy_cards(*, organisation_id: uuid.UUID) -> list[PolicyCard]:
    """The policies of an organisation, for a caller who has checked who asks."""
    row = Policy.objects.filter(organisation=organisation_id).first() or Policy()
    by_whom = {uuid.UUID(one["person"]) for one in row.changes.values() if one["person"]}
    names = names_by_person_id(by_whom) if by_whom else {}
    return [_card(row, name, names) for name in PolicyName]


def may_contact_strangers(*, by: Actor) -> bool:
    """Whether the actor's organisation lets them begin a conversation with somebody of another one."""
    if by.membership_id is None:
        return False
    place = Membership.objects.filter(id=by.membership_id).select_related("organisation__policy").first()
    if place is None:
        return False
    match policy_of(place.organisation).strangers:
        case StrangersPolicy.NOBODY:
            return False
        case StrangersPolicy.PHYSICIANS:
            return place.function == Function.PHYSICIAN
        case _:
            return True


def audit_years() -> dict[uuid.UUID, int]:
    """Which organisations keep names in the audit log for how many years, where that is not the default; for `audit`."""
    found = Policy.objects.exclude(audit_years=AUDIT_YEARS[1])
    return dict(found.values_list("organisation_id", "audit_years"))


@dataclass(frozen=True, slots=True)
class KeptFor:
    """For how many days messages are kept: of a case after its closing, of other talk after their sending."""

    case_days: int
    talk_days: int


def messages_kept_for(organisation_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, KeptFor]:
    """For how long each of these organisations wants messages to be kept, in one query; for `messaging`."""
    kept = {each: KeptFor(CASE_DAYS_DEFAULT, TALK_DAYS_DEFAULT) for each in organisation_ids}
    rows = Policy.objects.filter(organisation__in=organisation_ids)
    for organisation_id, *days in rows.values_list("organisation_id", "case_days", "talk_days"):
        kept[organisation_id] = KeptFor(*days)
    return kept


def _card(row: Policy, name: PolicyName, names: dict[uuid.UUID, str]) -> PolicyCard:
    value, change = getattr(row, name), row.changes.get(name)
    person = change["person"] if change else ""
    return PolicyCard(
        name=name,
        title=str(TITLES[name]),
        effect=str(EFFECTS[name]),
        begins=str(BEGINNINGS[name]),
        value=value,
        text=text_of(name, value),
        default=text_of(name, DEFAULTS[name]),
        is_default=value == DEFAULTS[name],
        changed_at=datetime.fromisoformat(change["at"]) if change else None,
        changed_by=names.get(uuid.UUID(person), "") if person else "",
    )
