"""Signing in by a hospital's provider, from the typed address to the work list."""

from datetime import timedelta
from urllib.parse import urlsplit

import pyotp
import pytest
from django.conf import settings
from django.urls import reverse

from identity.actions import change_policies, create_membership, deactivate_membership
from identity.models import (
    Application,
    Membership,
    Organisation,
    Person,
    ProviderAccount,
    ProviderSignIn,
    SignIn,
    SingleSignOn,
    TotpSecret,
)
from identity.policies import PolicyName
from identity.sessions import FULL
from identity.states import Function, SecondFactorPolicy, Way
from identity.vault import seal
from medicus.lib.actor import SYSTEM
from medicus.lib.clock import now
from tests.identity.sso.conftest import Visitor, asked, refused_for, set_up

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]
EMAIL = "dora.dietz@hospital-a.example"


@pytest.fixture
def secret(dora):
    """Dora's authenticator app."""
    made = pyotp.random_base32()
    sealed = seal(made.encode(), owner=dora.person.id.bytes)
    TotpSecret.objects.create(person=dora.person, sealed_secret=sealed, created_at=now(), confirmed_at=now())
    return made


def give_code(visitor, secret, **more):
    code = pyotp.TOTP(secret).at(now())
    return visitor.client.post(reverse("identity:second-factor"), {"code": code} | more)


def test_the_way_out_carries_everything_that_protects_the_way_back(sign_on, visitor):
    sent = asked(visitor.leave())
    assert sent["response_type"] == "code"
    assert sent["scope"] == "openid email profile"
    assert sent["code_challenge_method"] == "S256"
    assert len(sent["code_challenge"]) == 43
    assert len(sent["state"]) == len(sent["nonce"]) == 48
    assert sent["login_hint"] == EMAIL
    assert sent["redirect_uri"] == settings.ORIGIN + reverse(
        "identity:provider-answer", args=[sign_on.organisation_id]
    )
    assert "acr_values" not in sent


def test_every_way_out_is_another_one(sign_on, visitor):
    first, second = asked(visitor.leave()), asked(visitor.leave())
    assert all(first[name] != second[name] for name in ("state", "nonce", "code_challenge"))


def test_the_page_leads_on_without_a_redirect_which_the_content_policy_would_stop(sign_on, visitor):
    page = visitor.client.post(reverse("identity:hospital-sign-in"), {"email": EMAIL})
    assert "form-action 'self'" in page["Content-Security-Policy"]
    assert page.status_code == 200
    assert b"Hospital A" in page.content


def test_what_comes_from_elsewhere_is_asked_again_from_here(trusting, visitor, provider, dora):
    """Else the browser keeps back its token of forms, and gets another, which ends the forms in its other tabs."""
    location = urlsplit(provider.authorize(visitor.leave()))
    path = f"{location.path}?{location.query}"
    before = visitor.client.cookies[settings.CSRF_COOKIE_NAME].value
    bounced = visitor.client.get(path, headers={"sec-fetch-site": "cross-site"})
    assert bounced["Refresh"] == f"0;url={path}"
    assert visitor.client.cookies[settings.CSRF_COOKIE_NAME].value == before
    assert visitor.client.get(path, headers={"sec-fetch-site": "same-origin"}).status_code == 302
    assert visitor.is_signed_in()


def test_the_verifier_is_sent_with_the_code(sign_on, visitor, provider, dora):
    visitor.sign_in()
    (sent,) = provider.seen("token")
    assert len(sent["code_verifier"]) == 48
    assert sent["client_secret"] == "a-secret-of-the-provider"


def test_who_is_known_signs_in_with_their_own_second_factor(sign_on, visitor, dora, secret):
    answer = visitor.sign_in(next="/directory/")
    assert answer.status_code == 302
    assert answer["Location"] == reverse("identity:second-factor") + "?next=%2Fdirectory%2F"
    assert not visitor.is_signed_in()
    done = give_code(visitor, secret, next="/directory/")
    assert done["Location"] == "/directory/"
    assert visitor.is_signed_in()
    row = SignIn.objects.filter(person=dora.person).latest("at")
    assert (row.way, row.succeeded) == (Way.PROVIDER_TOTP, True)


def test_who_has_no_second_factor_sets_one_up(sign_on, visitor, dora):
    answer = visitor.sign_in()
    assert answer["Location"] == reverse("identity:enrol")
    page = visitor.client.get(answer["Location"])
    typed = page.context["secret"].replace(" ", "")
    done = visitor.client.post(reverse("identity:enrol"), {"code": pyotp.TOTP(typed).at(now())})
    assert done.status_code == 302
    assert visitor.is_signed_in()


def test_the_second_factor_of_the_provider_counts_where_the_administrators_say_so(
    trusting, visitor, dora, secret
):
    assert asked(visitor.leave())["acr_values"] == "gold"
    answer = visitor.sign_in(next="/directory/")
    assert answer["Location"] == "/directory/"
    assert visitor.is_signed_in()
    row = SignIn.objects.filter(person=dora.person).latest("at")
    assert row.way == Way.PROVIDER


@pytest.mark.parametrize(
    ("says", "step"),
    [
        ({"acr": "gold", "amr": []}, None),
        ({"acr": "1", "amr": ["pwd", "hwk"]}, None),
        ({"acr": "1", "amr": ["pwd"]}, "second-factor"),
        ({"acr": "otp", "amr": ["gold"]}, "second-factor"),
        ({"acr": "", "amr": []}, "second-factor"),
    ],
)
def test_only_a_listed_value_counts_as_second_factor(trusting, visitor, provider, dora, secret, says, step):
    provider.control(**says)
    answer = visitor.sign_in()
    assert answer["Location"] == (reverse(f"identity:{step}") if step else "/")
    assert visitor.is_signed_in() == (step is None)


def test_without_the_trust_no_value_counts(sign_on, visitor, provider, dora, secret):
    provider.control(acr="gold", amr=["otp"])
    assert visitor.sign_in()["Location"] == reverse("identity:second-factor")


def test_the_first_sign_in_binds_the_account_and_later_ones_follow_it(trusting, visitor, provider, dora):
    visitor.sign_in()
    bound = ProviderAccount.objects.get(membership=dora.membership)
    assert (bound.issuer, bound.subject) == (provider.issuer, "sub-dora")
    user = {"sub": "sub-dora", "email": "dora.doe@hospital-a.example", "email_verified": True}
    provider.control(user=user)
    again = Visitor(provider)
    again.sign_in("dora.doe@hospital-a.example")
    assert again.client.get(reverse("identity:me")).json()["email"] == EMAIL
    assert ProviderAccount.objects.count() == 1


def test_an_account_is_bound_only_after_the_second_factor(sign_on, visitor, dora, secret):
    visitor.sign_in()
    assert not ProviderAccount.objects.exists()
    give_code(visitor, secret)
    assert ProviderAccount.objects.get().membership_id == dora.membership.id


@pytest.mark.parametrize("change", [{"is_on": False}, {"issuer": "https://other.example"}])
def test_a_provider_that_was_turned_off_or_changed_lets_nobody_finish(sign_on, visitor, dora, secret, change):
    visitor.sign_in()
    SingleSignOn.objects.update(**change)
    assert give_code(visitor, secret).status_code == 409
    assert not visitor.is_signed_in()
    assert not ProviderAccount.objects.exists()


def test_who_is_unknown_joins_where_the_organisation_lets_them(trusting, visitor, hospital_a):
    visitor.sign_in()
    assert visitor.is_signed_in()
    made = Membership.objects.get(person__email=EMAIL)
    assert (made.organisation, made.function, made.is_admin) == (hospital_a, Function.PHYSICIAN, False)
    assert (made.person.given_name, made.person.family_name) == ("Dora", "Dietz")
    assert not made.person.has_usable_password()


def test_who_is_unknown_stays_out_where_nobody_joins(hospital_a, provider, visitor):
    set_up(hospital_a, provider, join_function="")
    assert refused_for(visitor.sign_in(), hospital_a) == "not-invited"
    assert not Person.objects.filter(email=EMAIL).exists()


def test_nobody_joins_without_a_name(sign_on, hospital_a, provider, visitor):
    provider.control(claims={"given_name": None})
    assert refused_for(visitor.sign_in(), hospital_a) == "no-name"


def test_an_address_below_the_domain_is_of_the_organisation(trusting, provider, visitor):
    email = "dora@klinik.hospital-a.example"
    provider.control(claims={"email": email})
    visitor.sign_in(email)
    assert visitor.is_signed_in()


def test_the_link_of_a_hospital_needs_no_address(trusting, visitor, provider):
    path = reverse("identity:hospital-sign-in") + "?at=hospital-a.example"
    page = visitor.client.get(path)
    assert b"Hospital A" in page.content
    assert not ProviderSignIn.objects.exists()
    gone = visitor.client.post(reverse("identity:hospital-sign-in"), {"at": "hospital-a.example"})
    assert b"login_hint" not in gone.content
    assert visitor.client.get(path.replace("hospital-a", "nowhere")).status_code == 404
    assert (
        visitor.client.post(reverse("identity:hospital-sign-in"), {"at": "nowhere.example"}).status_code
        == 404
    )


def test_whether_an_address_is_somebodys_changes_nothing(sign_on, visitor, dora):
    known = visitor.client.post(reverse("identity:hospital-sign-in"), {"email": EMAIL})
    unknown = visitor.client.post(
        reverse("identity:hospital-sign-in"), {"email": "nobody@hospital-a.example"}
    )
    assert known.status_code == unknown.status_code == 200
    first, second = asked(visitor.leave(EMAIL)), asked(visitor.leave("nobody@hospital-a.example"))
    assert first.keys() == second.keys()


@pytest.mark.parametrize("state", ["off", "absent"])
def test_without_single_sign_on_every_address_of_a_domain_hears_the_same(
    state, hospital_a, provider, visitor, dora
):
    if state == "off":
        set_up(hospital_a, provider)
        SingleSignOn.objects.update(is_on=False)
    answers = [
        visitor.client.post(reverse("identity:hospital-sign-in"), {"email": email})
        for email in (EMAIL, "nobody@hospital-a.example")
    ]
    assert [answer.status_code for answer in answers] == [400, 400]
    assert all(b"there is no single sign-on here" in answer.content for answer in answers)
    assert not ProviderSignIn.objects.exists()


def test_without_a_proven_domain_nobody_signs_in(sign_on, visitor, hospital_a):
    Application.objects.filter(organisation=hospital_a).update(domain_proven_at=None)
    Organisation.objects.filter(id=hospital_a.id).update(verified_at=None)
    answer = visitor.client.post(reverse("identity:hospital-sign-in"), {"email": EMAIL})
    assert answer.status_code == 400


def test_where_everybody_needs_a_passkey_the_provider_does_not_replace_it(
    trusting, visitor, hospital_a, dora
):
    values = {PolicyName.SECOND_FACTOR: SecondFactorPolicy.PASSKEY_ALL}
    change_policies(by=SYSTEM, organisation_id=hospital_a.id, values=values, address="")
    visitor.sign_in()
    assert visitor.client.get("/directory/")["Location"] == reverse("identity:passkey-add")
    assert visitor.client.get(reverse("identity:me")).json()["code"] == "passkey-required"


def test_the_session_lasts_as_the_organisation_says(trusting, visitor, hospital_a, dora):
    values = {PolicyName.IDLE_MINUTES: "7", PolicyName.ABSOLUTE_HOURS: "2"}
    change_policies(by=SYSTEM, organisation_id=hospital_a.id, values=values, address="")
    visitor.sign_in()
    held = visitor.client.session[FULL]
    assert (held["idle_seconds"], held["absolute_seconds"]) == (7 * 60, 2 * 3600)


def test_from_another_network_the_provider_lets_nobody_in(trusting, visitor, hospital_a, dora):
    values = {PolicyName.NETWORKS: ["192.0.2.0/24"]}
    change_policies(by=SYSTEM, organisation_id=hospital_a.id, values=values, address="")
    answer = visitor.sign_in()
    assert answer.status_code == 400
    assert b"own networks only" in answer.content
    assert not visitor.is_signed_in()


def test_a_new_browser_is_told_of(trusting, provider, dora):
    first, second = Visitor(provider), Visitor(provider)
    first.sign_in()
    second.sign_in()
    assert SignIn.objects.filter(person=dora.person).latest("at").notice == "new-browser"


def test_a_deactivated_person_stays_out_and_is_out_at_once(
    trusting, visitor, provider, dora, adam, hospital_a
):
    visitor.sign_in()
    deactivate_membership(by=adam.actor, membership_id=dora.membership.id)
    assert not visitor.is_signed_in()
    assert refused_for(Visitor(provider).sign_in(), hospital_a) == "no-access"


def test_a_place_that_has_ended_stays_closed(trusting, visitor, dora, hospital_a):
    yesterday = now() - timedelta(days=1)
    Membership.objects.filter(id=dora.membership.id).update(
        valid_from=yesterday - timedelta(days=9), valid_until=yesterday
    )
    assert refused_for(visitor.sign_in(), hospital_a) == "no-access"


def test_a_patient_does_not_sign_in_by_the_provider_of_staff(trusting, visitor, hospital_a, dora):
    Membership.objects.filter(id=dora.membership.id).update(function=Function.PATIENT)
    assert refused_for(visitor.sign_in(), hospital_a) == "no-access"


def test_the_provider_of_one_hospital_opens_no_other(
    trusting, visitor, provider, dora, secret, hospital_a, hospital_b
):
    """Whoever runs the provider of A could be anybody of A there; at B they are nobody."""
    elsewhere = create_membership(
        by=SYSTEM, person_id=dora.person.id, organisation_id=hospital_b.id, function=Function.NURSE
    )
    assert visitor.sign_in()["Location"] == reverse("identity:second-factor"), "own factor, trusted or not"
    give_code(visitor, secret)
    assert visitor.client.get(reverse("identity:me")).json()["organisation"]["name"] == "Hospital A"
    answer = visitor.client.post(reverse("identity:membership"), {"membership": str(elsewhere.id)})
    assert answer.status_code == 409
    assert visitor.client.get(reverse("identity:me")).json()["organisation"]["name"] == "Hospital A"
    TotpSecret.objects.all().delete()
    assert refused_for(Visitor(provider).sign_in(), hospital_a) == "own-factor-missing"


def test_somebody_of_another_hospital_only_does_not_join(trusting, provider, visitor, bob, hospital_a):
    """Also when the provider vouches for an address in its own domain that belongs to somebody elsewhere."""
    Person.objects.filter(id=bob.person.id).update(email="bob@hospital-a.example")
    provider.control(claims={"email": "bob@hospital-a.example"})
    assert refused_for(visitor.sign_in("bob@hospital-a.example"), hospital_a) == "no-access"


def test_signing_out_ends_the_session_here_only(trusting, visitor, provider, dora):
    visitor.sign_in()
    before = len(provider.seen("authorize"))
    visitor.client.post(reverse("identity:sign-out"))
    assert not visitor.is_signed_in()
    assert len(provider.seen("authorize")) == before


def test_the_keys_may_change_at_any_time(trusting, visitor, provider, dora):
    address = visitor.leave()
    provider.control(rotate=True)
    visitor.back(address)
    assert visitor.is_signed_in()


def test_a_provider_without_the_parameter_iss_is_one_too(hospital_a, provider, visitor, dora):
    provider.control(
        metadata={"authorization_response_iss_parameter_supported": None}, iss_parameter=None, amr=["otp"]
    )
    set_up(hospital_a, provider, trusts_factor=True, amr_values="otp")
    visitor.sign_in()
    assert visitor.is_signed_in()


def test_a_client_secret_in_the_header_works_too(hospital_a, provider, visitor, dora):
    secret = "a secret: with+odd/characters"
    provider.control(metadata={"token_endpoint_auth_methods_supported": None}, client_secret=secret)
    set_up(hospital_a, provider, client_secret=secret)
    assert visitor.sign_in()["Location"] == reverse("identity:enrol")
    assert "client_secret" not in provider.seen("token")[0]
