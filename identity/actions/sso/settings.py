"""Setting up single sign-on: the provider, the check, on and off."""

import uuid
from dataclasses import replace
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from audit import actions as audit
from audit.events import Event
from identity.access.applications import has_proven_domain
from identity.access.sign_on import require_sign_on
from identity.actions import attempts
from identity.actions.authorisation import require_administrator
from identity.models import Organisation, ProviderAccount, SingleSignOn
from identity.oidc.errors import ProviderError, Trouble
from identity.oidc.provider import Provider, check_address, discover
from identity.oidc.texts import text_of
from identity.oidc.tokens import published_keys
from identity.sign_on import WantedSignOn
from identity.states import STAFF
from identity.vault import SINGLE_SIGN_ON, seal
from medicus.celery import enqueue
from medicus.lib.actor import Actor, require_system
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, Invalid
from medicus.lib.freshness import require_fresh

REFRESHED_EVERY = timedelta(days=1)
SECRET_CHARACTERS = 500
LIMITS = {"client_id": 200, "acr_values": 500, "amr_values": 500}
PLAIN = ("issuer", "client_id", "trusts_factor", "acr_values", "amr_values", "join_function")
"""The fields that are kept as they were entered."""


def change_single_sign_on(*, by: Actor, organisation_id: uuid.UUID, wanted: WantedSignOn) -> None:
    """Enter an organisation's identity provider, or change it.

    Another issuer is another provider: single sign-on is off until it is checked and turned on, people's accounts at the
    old one are forgotten, and the secret is entered anew, lest it is sent to whom it is not for.

    Raises:
        Invalid: `errors` names each bad field.
        NotFound: not an administrator of this organisation.
        FreshFactorRequired: the second factor was shown too long ago.
    """
    require_administrator(by, organisation_id)
    require_fresh(by)
    wanted = _tidied(wanted)
    with transaction.atomic():
        Organisation.objects.select_for_update().get(id=organisation_id)
        row = SingleSignOn.objects.filter(organisation=organisation_id).first()
        _check(wanted, needs_secret=row is None or row.issuer != wanted.issuer)
        row = row or SingleSignOn(organisation_id=organisation_id)
        changed = [name for name in PLAIN if getattr(row, name) != getattr(wanted, name)]
        forgotten = _forget_provider(row) if "issuer" in changed else 0
        _write(by, row, wanted)
        _record(
            Event.SINGLE_SIGN_ON_CHANGE,
            by,
            organisation_id,
            changed=" ".join(changed + ["client_secret"] * bool(wanted.client_secret)),
            count=forgotten,
        )


def check_provider(*, by: Actor, organisation_id: uuid.UUID) -> Trouble | None:
    """Ask the provider for its description and its keys; None when all is well, and its addresses are kept.

    Trouble changes nothing about a single sign-on that is on: it goes on as it was checked before.

    Raises:
        NotFound: not an administrator of this organisation, or nothing is set up.
        TooManyAttempts: more than thirty within a quarter of an hour.
    """
    require_administrator(by, organisation_id)
    row = require_sign_on(organisation_id)
    attempts.count(attempts.provider_check_limits(organisation_id=organisation_id))
    found, trouble = _ask(row.issuer)
    with transaction.atomic():
        _keep(row, found, trouble)
        _record(Event.SINGLE_SIGN_ON_CHECK, by, organisation_id, outcome=trouble.value if trouble else "ok")
    return trouble


def turn_on_single_sign_on(*, by: Actor, organisation_id: uuid.UUID) -> None:
    """Let people sign in by the provider.

    Raises:
        Conflict: the domain is not proven, or the last check was not well.
        NotFound: not an administrator of this organisation, or nothing is set up.
        FreshFactorRequired: the second factor was shown too long ago.
    """
    require_administrator(by, organisation_id)
    require_fresh(by)
    row = require_sign_on(organisation_id)
    if not has_proven_domain(organisation_id):
        raise Conflict(_("Please prove the domain first: only its addresses sign in by single sign-on."))
    if row.checked_at is None or row.trouble:
        raise Conflict(
            _("Please check the provider first. Single sign-on is turned on once the check is well.")
        )
    with transaction.atomic():
        if SingleSignOn.objects.filter(organisation=organisation_id, is_on=False).update(is_on=True):
            _record(Event.SINGLE_SIGN_ON_TURN_ON, by, organisation_id)


def turn_off_single_sign_on(*, by: Actor, organisation_id: uuid.UUID) -> None:
    """Let nobody sign in by the provider any more. Sessions go on until they end; the settings stay.

    Raises:
        NotFound: not an administrator of this organisation, or nothing is set up.
        FreshFactorRequired: the second factor was shown too long ago.
    """
    require_administrator(by, organisation_id)
    require_fresh(by)
    require_sign_on(organisation_id)
    with transaction.atomic():
        if SingleSignOn.objects.filter(organisation=organisation_id, is_on=True).update(is_on=False):
            _record(Event.SINGLE_SIGN_ON_TURN_OFF, by, organisation_id)


def request_refreshes(*, by: Actor) -> None:
    """Have every provider in use asked anew that was not for a day.

    Raises:
        NotFound: not the service itself.
    """
    require_system(by)
    due = SingleSignOn.objects.filter(is_on=True, checked_at__lte=now() - REFRESHED_EVERY)
    with transaction.atomic():
        for row in due:
            enqueue("identity.tasks.refresh_provider", row.organisation_id)


def refresh_provider(*, by: Actor, organisation_id: uuid.UUID) -> None:
    """Ask a provider anew: what is well is kept, and trouble is shown to the administrators.

    Raises:
        NotFound: not the service itself, or nothing is set up.
    """
    require_system(by)
    row = require_sign_on(organisation_id)
    _keep(row, *_ask(row.issuer))


def _ask(issuer: str) -> tuple[Provider | None, Trouble | None]:
    try:
        found = discover(issuer)
        published_keys(found)
    except ProviderError as error:
        return None, error.trouble
    return found, None


def _keep(row: SingleSignOn, found: Provider | None, trouble: Trouble | None) -> None:
    """Unless somebody has entered another issuer meanwhile."""
    rows = SingleSignOn.objects.filter(organisation=row.organisation_id, issuer=row.issuer)
    if found:
        rows.update(provider=found.kept(), checked_at=now(), trouble="")
    else:
        rows.update(trouble=trouble or "")


def _tidied(wanted: WantedSignOn) -> WantedSignOn:
    return replace(
        wanted,
        issuer=wanted.issuer.strip(),
        client_id=wanted.client_id.strip(),
        acr_values=" ".join(wanted.acr_values.split()),
        amr_values=" ".join(wanted.amr_values.split()),
    )


def _check(wanted: WantedSignOn, *, needs_secret: bool) -> None:
    errors = {
        name: _("Please use at most %(most)s characters.") % {"most": most}
        for name, most in LIMITS.items()
        if len(getattr(wanted, name)) > most
    }
    try:
        check_address(wanted.issuer, Trouble.ADDRESS)
    except ProviderError as error:
        errors["issuer"] = text_of(error.trouble)
    if not wanted.client_id:
        errors["client_id"] = _("Please enter the client id that the provider has given.")
    if len(wanted.client_secret) > SECRET_CHARACTERS:
        errors["client_secret"] = _("Please use at most %(most)s characters.") % {"most": SECRET_CHARACTERS}
    if needs_secret and not wanted.client_secret:
        errors["client_secret"] = _("Please enter the client secret of this provider.")
    if wanted.trusts_factor and not (wanted.acr_values or wanted.amr_values):
        errors["acr_values"] = _("Please list at least one value that shows a second factor.")
    if wanted.join_function and wanted.join_function not in set(STAFF):
        errors["join_function"] = _("Please choose one of these.")
    if errors:
        raise Invalid(errors=errors)


def _forget_provider(row: SingleSignOn) -> int:
    """What belonged to another issuer; how many people's accounts there were."""
    row.is_on, row.provider, row.checked_at, row.trouble = False, {}, None, ""
    forgotten, _by_model = ProviderAccount.objects.filter(organisation=row.organisation_id).delete()
    return forgotten


def _write(by: Actor, row: SingleSignOn, wanted: WantedSignOn) -> None:
    for name in PLAIN:
        setattr(row, name, getattr(wanted, name))
    if wanted.client_secret:
        row.sealed_secret = seal(
            wanted.client_secret.encode(), owner=row.organisation_id.bytes, purpose=SINGLE_SIGN_ON
        )
    row.changed_at, row.changed_by_id = now(), by.person_id
    row.save()


def _record(event: Event, by: Actor, organisation_id: uuid.UUID, **details: str | int) -> None:
    audit.record(
        event,
        by=by,
        subject=f"organisation/{organisation_id}",
        organisation_id=organisation_id,
        details=details,
    )
