"""Back from the provider: the answer is checked before anything in it is believed."""

import uuid
from dataclasses import dataclass, replace
from datetime import timedelta

from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction

from audit import actions as audit
from audit.events import Event
from identity import sessions
from identity.access.actors import SignedIn, actor_in
from identity.access.sign_on import factor_of, provider_that_confirms, redirect_address, sign_on_in_use
from identity.actions import sign_ins
from identity.actions.completion import Completed, complete
from identity.actions.passkeys import follow_challenges
from identity.actions.sign_in import NextStep
from identity.actions.sso.leaving import session_digest, state_hash
from identity.actions.sso.people import person_meant
from identity.actions.sso.refusing import Attempt
from identity.models import Membership, ProviderAccount, ProviderSignIn, SingleSignOn
from identity.oidc.errors import ProviderError
from identity.oidc.flow import Client, redeem
from identity.oidc.provider import Provider
from identity.oidc.tokens import Asserted, Expected, check_id_token, published_keys
from identity.origin import Origin
from identity.sessions import ByProvider
from identity.sign_on import Factor, Returned
from identity.states import SignOnRefusal, Way
from identity.vault import SINGLE_SIGN_ON, unseal
from medicus.lib.actor import Actor
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, NotFound

LEEWAY = timedelta(seconds=10)
"""A provider tells whole seconds, and its clock is not ours."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """What follows: a session (`completed`), a second factor (`step`), or neither after a confirmation."""

    next_address: str
    completed: Completed | None = None
    step: NextStep | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """An answer that holds: what was asked, of which provider, and what it says."""

    row: SingleSignOn
    under_way: ProviderSignIn
    asserted: Asserted

    @property
    def shows_factor(self) -> bool:
        """Whether it names a value that the administrators have listed as a second factor."""
        acr, amr = self.row.acr_values.split(), self.row.amr_values.split()
        listed = self.asserted.acr in acr or bool(set(self.asserted.amr) & set(amr))
        return self.row.trusts_factor and listed


def come_from_provider(
    *,
    by: Actor,
    session: SessionBase,
    organisation_id: uuid.UUID,
    returned: Returned,
    found: SignedIn | None,
    origin: Origin,
) -> Arrived:
    """Take the answer of an organisation's provider to what this very browser has asked.

    found: who is signed in, for a confirmation.

    Raises:
        NotFound: the organisation has no single sign-on.
        SignOnRefused: anything is not as it must be; the audit log has the reason.
        Invalid: the organisation's policies refuse this network.
        TooManyAttempts: a hundred refused answers from one network address within a quarter of an hour.
    """
    row = sign_on_in_use(organisation_id)
    if row is None:
        raise NotFound
    attempt = Attempt(by, organisation_id, origin)
    under_way = _take(attempt, session, returned)
    _check_answer(attempt, row, under_way, returned)
    try:
        checked = Checked(row, under_way, _ask_provider(row, under_way, returned.code))
    except ProviderError as error:
        attempt.refuse_for(error)
    if under_way.membership_id:
        return _confirm(attempt, session, checked, found)
    place = person_meant(attempt, row, checked.asserted)
    return _enter(attempt.of(place.person_id), session, checked, place)


def _take(attempt: Attempt, session: SessionBase, returned: Returned) -> ProviderSignIn:
    """What this browser has begun under this state, once: of two requests, the one whose delete finds the row has it."""
    rows = ProviderSignIn.objects.filter(state_hash=state_hash(returned.state))
    under_way = rows.first()
    if under_way is None or under_way.expires_at <= now():
        attempt.refuse(SignOnRefusal.UNKNOWN_STATE)
    if bytes(under_way.session_digest) != session_digest(session):
        attempt.refuse(SignOnRefusal.OTHER_BROWSER)
    if not rows.delete()[0]:
        attempt.refuse(SignOnRefusal.UNKNOWN_STATE)
    if under_way.organisation_id != attempt.organisation_id:
        attempt.refuse(SignOnRefusal.OTHER_ORGANISATION)
    return under_way


def _check_answer(attempt: Attempt, row: SingleSignOn, under_way: ProviderSignIn, returned: Returned) -> None:
    """RFC 9207 section 2.4: the issuer first, then what the answer says."""
    if under_way.issuer != row.issuer:
        attempt.refuse(SignOnRefusal.CHANGED)
    silent = returned.issuer is None and not Provider.of(row.provider).announces_issuer
    if returned.issuer != row.issuer and not silent:
        attempt.refuse(SignOnRefusal.OTHER_ISSUER)
    if returned.error:
        attempt.refuse(SignOnRefusal.PROVIDER_ERROR, _code_of(returned.error))
    if not returned.code:
        attempt.refuse(SignOnRefusal.NO_CODE)


def _ask_provider(row: SingleSignOn, under_way: ProviderSignIn, code: str) -> Asserted:
    provider = Provider.of(row.provider)
    secret = unseal(bytes(row.sealed_secret), owner=row.organisation_id.bytes, purpose=SINGLE_SIGN_ON)
    known_by = bytes(under_way.state_hash)
    verifier = unseal(bytes(under_way.sealed_verifier), owner=known_by, purpose=SINGLE_SIGN_ON)
    client = Client(row.client_id, secret.decode(), redirect_address(row.organisation_id))
    tokens = redeem(provider, client=client, code=code, verifier=verifier.decode())
    expected = Expected(row.client_id, under_way.nonce, tokens.access_token, now())
    return check_id_token(
        tokens.id_token, provider=provider, keys=published_keys(provider), expected=expected
    )


def _enter(attempt: Attempt, session: SessionBase, checked: Checked, place: Membership) -> Arrived:
    factor = factor_of(place, shown=checked.shows_factor)
    if factor is Factor.MISSING:
        attempt.refuse(SignOnRefusal.OWN_FACTOR_MISSING)
    with transaction.atomic():
        audit.record(
            Event.SIGN_IN_PROVIDER,
            by=actor_in(place),
            subject=f"person/{place.person_id}",
            details={"step": factor.value},
        )
    provider = ByProvider(place.id, checked.row.issuer, checked.asserted.subject)
    if factor is Factor.BY_PROVIDER:
        completed = _complete(attempt, session, place, provider)
        return Arrived(checked.under_way.next_address, completed=completed)
    sessions.begin_half(
        session,
        person_id=place.person_id,
        auth_version=place.person.auth_version,
        enrolled=factor is Factor.OWN,
        provider=provider,
    )
    step = NextStep.SECOND_FACTOR if factor is Factor.OWN else NextStep.ENROL
    return Arrived(checked.under_way.next_address, step=step)


def _complete(attempt: Attempt, session: SessionBase, place: Membership, provider: ByProvider) -> Completed:
    person = Actor(place.person_id, organisation_id=None, membership_id=None, roles=frozenset())
    try:
        return complete(
            by=person, session=session, origin=attempt.origin, way=Way.PROVIDER, provider=provider
        )
    except Conflict:
        attempt.refuse(SignOnRefusal.SUBJECT_CHANGED)


def _confirm(attempt: Attempt, session: SessionBase, checked: Checked, found: SignedIn | None) -> Arrived:
    """Note in the open session that its person has just shown the provider's factors again."""
    under_way, asserted = checked.under_way, checked.asserted
    if found is None or found.membership.id != under_way.membership_id or not provider_that_confirms(found):
        attempt.refuse(SignOnRefusal.NO_ACCESS)
    attempt = replace(attempt, by=found.actor, person_id=found.membership.person_id)
    mine = ProviderAccount.objects.filter(membership=found.membership, issuer=checked.row.issuer)
    if not mine.filter(subject=asserted.subject).exists():
        attempt.refuse(SignOnRefusal.SUBJECT_CHANGED)
    if asserted.authenticated_at is None or asserted.authenticated_at < under_way.created_at - LEEWAY:
        attempt.refuse(SignOnRefusal.NOT_ANEW)
    if not checked.shows_factor:
        attempt.refuse(SignOnRefusal.FACTOR_NOT_SHOWN)
    before = session.session_key
    with transaction.atomic():
        sign_ins.follow(session, lambda: sessions.confirm(session, way=Way.PROVIDER))
        session.save()
        follow_challenges(before=before, session=session)
        audit.record(
            Event.SECOND_FACTOR_REPEAT,
            by=found.actor,
            subject=f"person/{found.membership.person_id}",
            details={"way": Way.PROVIDER.value},
        )
    return Arrived("")


def _code_of(error: str) -> str:
    """An error code of OAuth as it may stand in the audit log; anything else is not repeated."""
    return error if error.isascii() and error.replace("_", "").isalpha() and len(error) <= 40 else "other"  # noqa: PLR2004
