"""A dangerous act of somebody who signed in by the provider and has no second factor of their own: it is asked there
again, and must really ask."""

from datetime import timedelta

import pytest
from django.urls import reverse

from audit.models import AuditEvent
from identity.models import ProviderAccount, SingleSignOn
from identity.session_store import SessionStore
from identity.sessions import FULL
from identity.states import Function
from medicus.lib.clock import now
from tests.conftest import member
from tests.identity.sso.conftest import Visitor, address_in, asked, refused_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]
ACT = {"name": "PIS", "scopes": "scim", "days": "30"}


@pytest.fixture
def dora(hospital_a):
    return member(hospital_a, "Dora", "Dietz", Function.IT, is_admin=True)


@pytest.fixture
def signed_in(trusting, visitor, dora) -> Visitor:
    """Dora, whose session has shown the provider's factors six minutes ago."""
    visitor.sign_in()
    grow_stale(visitor)
    return visitor


def grow_stale(visitor):
    session = SessionStore(visitor.client.session.session_key)
    session[FULL] = session[FULL] | {"verified_at": (now() - timedelta(minutes=6)).isoformat()}
    session.save()


def act(visitor):
    return visitor.client.post(reverse("identity:api-keys"), ACT)


def leave(visitor):
    return address_in(visitor.client.post(reverse("identity:confirm-at-provider")))


def test_the_page_leads_to_the_provider_and_keeps_what_was_typed(signed_in):
    page = act(signed_in)
    assert page.status_code == 403
    assert reverse("identity:confirm-at-provider") in page.content.decode()
    assert b'name="name" value="PIS"' in page.content
    assert b"recovery" not in page.content.lower()


def test_the_provider_asks_anew_and_the_act_is_done(signed_in, dora):
    address = leave(signed_in)
    assert (asked(address)["max_age"], asked(address)["prompt"]) == ("0", "login")
    before = signed_in.client.session.session_key
    page = signed_in.back(address)
    assert b'id="confirmed-title"' in page.content
    assert signed_in.client.session.session_key != before, "under a new key"
    assert act(signed_in).status_code == 200
    assert AuditEvent.objects.filter(event="second-factor:repeat").exists()


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        ({"auth_age": 3600}, "not-anew"),
        ({"claims": {"auth_time": None}}, "not-anew"),
        ({"amr": ["pwd"]}, "factor-not-shown"),
        ({"claims": {"sub": "somebody-else"}}, "subject-changed"),
    ],
)
def test_what_is_no_fresh_proof_of_the_same_person_is_refused(
    signed_in, provider, hospital_a, behaviour, reason
):
    address = leave(signed_in)
    provider.control(**behaviour)
    assert refused_for(signed_in.back(address), hospital_a) == reason
    assert act(signed_in).status_code == 403
    assert signed_in.is_signed_in(), "the session goes on as before"


def test_the_answer_of_another_session_confirms_nothing(signed_in, trusting, provider, hospital_a):
    location = provider.authorize(leave(signed_in))
    other = Visitor(provider)
    other.sign_in()
    grow_stale(other)
    assert refused_for(other.arrive(location), hospital_a) == "other-browser"
    assert act(other).status_code == 403


def test_who_has_a_second_factor_of_their_own_shows_that(trusting, visitor, dora, adam):
    from identity.models import Passkey

    visitor.sign_in()
    Passkey.objects.create(
        person=dora.person, credential_id=b"id", public_key=b"key", sign_count=0, name="Key", created_at=now()
    )
    assert visitor.client.post(reverse("identity:confirm-at-provider")).status_code == 404


def test_who_signed_in_by_another_way_cannot_confirm_there(trusting, adam):
    assert adam.client.post(reverse("identity:confirm-at-provider")).status_code == 404


@pytest.mark.parametrize(
    "change", [{"is_on": False}, {"trusts_factor": False, "acr_values": "", "amr_values": ""}]
)
def test_once_the_provider_is_not_trusted_it_confirms_nothing(signed_in, hospital_a, change):
    address = leave(signed_in)
    SingleSignOn.objects.update(**change)
    assert signed_in.client.post(reverse("identity:confirm-at-provider")).status_code == 404
    assert signed_in.back(address).status_code in {403, 404}
    assert act(signed_in).status_code == 403


def test_after_the_account_is_forgotten_it_confirms_nothing(signed_in, dora):
    ProviderAccount.objects.all().delete()
    assert signed_in.client.post(reverse("identity:confirm-at-provider")).status_code == 404
