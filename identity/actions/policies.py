"""Changing what an organisation demands of its people."""

import uuid
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from audit import actions as audit
from audit.events import Event
from identity.access.device_approvals import administrators_of
from identity.actions.authorisation import require_administrator
from identity.models import Organisation, Policy
from identity.policies import DEFAULTS, PolicyName, read
from identity.states import NewDevicesPolicy
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from medicus.lib.errors import Invalid
from medicus.lib.freshness import require_fresh

DECIDERS = 2


def change_policies(
    *, by: Actor, organisation_id: uuid.UUID, values: dict[PolicyName, Any], address: str
) -> None:
    """Set policies of an organisation, all of these or none; each change is one event with the old and the new value.

    values: None sets a policy back to its default. address: of who sets it; empty for the service itself.

    Raises:
        Invalid: `errors` names the policy; also where the acting person would lock themselves out, or where nobody
            could approve the new device of the one administrator.
        NotFound: not an administrator of this organisation.
        FreshFactorRequired: the second factor was shown too long ago.
    """
    require_administrator(by, organisation_id)
    require_fresh(by)
    wanted = {
        name: DEFAULTS[name] if value is None else read(name, value, address=address)
        for name, value in values.items()
    }
    with transaction.atomic():
        Organisation.objects.select_for_update().get(id=organisation_id)
        row = Policy.objects.filter(organisation=organisation_id).first() or Policy(
            organisation_id=organisation_id
        )
        _keep_deciders(row, wanted)
        for name, value in wanted.items():
            if getattr(row, name) != value:
                _set(by, row, name, value)
        row.save()


def _keep_deciders(row: Policy, wanted: dict[PolicyName, Any]) -> None:
    """Nobody approves their own device: with one administrator alone, that one's could never be approved."""
    demands = wanted.get(PolicyName.NEW_DEVICES) == NewDevicesPolicy.ADMINISTRATOR
    if not demands or row.new_devices == NewDevicesPolicy.ADMINISTRATOR:
        return
    if administrators_of(row.organisation_id) < DECIDERS:
        told = _("Please name a second administrator first: nobody approves their own device.")
        raise Invalid(errors={PolicyName.NEW_DEVICES: told})


def _set(by: Actor, row: Policy, name: PolicyName, value: Any) -> None:
    old = getattr(row, name)
    setattr(row, name, value)
    row.changes[name] = {"at": now().isoformat(), "person": str(by.person_id or "")}
    audit.record(
        Event.POLICY_CHANGE,
        by=by,
        subject=f"organisation/{row.organisation_id}",
        organisation_id=row.organisation_id,
        details={"policy": name.value, "old": _plain(old), "new": _plain(value)},
    )


def _plain(value: Any) -> str:
    return " ".join(value) if isinstance(value, list) else str(value)
