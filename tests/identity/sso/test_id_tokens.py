"""ID tokens that were made by, for or about somebody else: none of them signs anybody in."""

import pytest

from identity.actions import check_provider
from medicus.lib.actor import SYSTEM
from tests.identity.sso.conftest import Visitor, asked

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]


@pytest.mark.parametrize(
    ("how", "kind"),
    [
        ("none", "UnsupportedAlgorithmError"),
        ("hs256", "UnsupportedAlgorithmError"),
        ("foreign", "BadSignatureError"),
        ("unknown-kid", "InvalidKeyIdError"),
        ("tampered", "BadSignatureError"),
    ],
)
def test_only_a_key_that_the_provider_publishes_signs(refuse, provider, how, kind):
    provider.control(sign=how)
    assert refuse() == f"id-token-signature:{kind}"


def test_a_key_that_the_token_brings_with_it_is_not_used(refuse, provider, hospital_a):
    provider.control(metadata={"id_token_signing_alg_values_supported": ["RS256", "ES256"]})
    assert check_provider(by=SYSTEM, organisation_id=hospital_a.id) is None
    provider.control(sign="foreign-in-header")
    reason = refuse()
    assert reason.startswith("id-token-signature")
    assert "UnsupportedAlgorithm" not in reason


def test_a_key_that_the_provider_has_withdrawn_signs_no_more(refuse, visitor, provider, other_provider):
    """The token is signed by the old key, and only a new one is published."""
    published = other_provider.keys()
    provider.control(broken={"/certs": [200, published]})
    assert refuse() == "id-token-signature:InvalidKeyIdError"


@pytest.mark.parametrize(
    ("claims", "claim"),
    [
        ({"aud": ["somebody-else"]}, "aud"),
        ({"aud": "somebody-else"}, "aud"),
        ({"aud": None}, "aud"),
        ({"aud": ["medicus", "somebody-else"]}, "azp"),
        ({"azp": "somebody-else"}, "azp"),
        ({"nonce": None}, "nonce"),
        ({"nonce": "of another sign-in"}, "nonce"),
        ({"exp": 1_000_000_000}, "exp"),
        ({"exp": None}, "exp"),
        ({"exp": "soon"}, "exp"),
        ({"iat": None}, "iat"),
        ({"iat": 4_000_000_000}, "iat"),
        ({"nbf": 4_000_000_000}, "nbf"),
        ({"iss": None}, "iss"),
        ({"iss": "http://127.0.0.1/realms/staff"}, "iss"),
        ({"sub": None}, "sub"),
        ({"sub": ""}, "sub"),
        ({"sub": "x" * 256}, "sub"),
        ({"sub": 7}, "sub"),
        ({"at_hash": "of-another-access-token"}, "at_hash"),
        ({"amr": "otp"}, "amr"),
        ({"auth_time": 1e300}, "auth_time"),
    ],
)
def test_an_id_token_that_is_not_for_this_sign_in_is_refused(refuse, provider, claims, claim):
    provider.control(claims=claims)
    assert refuse() == f"id-token-claim:{claim}"


def test_an_id_token_for_several_is_accepted_where_it_says_that_we_are_meant(
    trusting, visitor, provider, dora
):
    """The refusal's neighbour."""
    provider.control(claims={"aud": ["medicus", "somebody-else"], "azp": "medicus"})
    visitor.sign_in()
    assert visitor.is_signed_in()


def test_the_nonce_of_another_browser_is_refused(refuse, visitor, provider):
    other = asked(Visitor(provider).leave())["nonce"]
    provider.control(claims={"nonce": other})
    assert refuse() == "id-token-claim:nonce"
