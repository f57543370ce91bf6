"""The two ceremonies of passkeys (W3C WebAuthn Level 3, sections 7.1 and 7.2): options out, signed answers in.

User verification is required in both: a passkey is what somebody has and what they know or are. Attestation is
not asked for: which brand of authenticator people use is their hospital's matter. Nothing here touches the
database; who may use which challenge and credential, `identity.actions.passkeys` decides.
"""

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

CHALLENGE_SECONDS = 300
_MALFORMED = (WebAuthnException, ValueError, TypeError, KeyError, RecursionError)


class CeremonyError(Exception):
    """An answer that does not hold; the message is for the log and the tests, never for the one who asks."""


@dataclass(frozen=True, slots=True)
class NewCredential:
    """`public_key`: COSE, as the authenticator made it."""

    credential_id: bytes
    public_key: bytes
    sign_count: int


@dataclass(frozen=True, slots=True)
class Claim:
    """What an answer says of itself, unchecked. `user_handle` None: it names no account."""

    challenge: bytes
    credential_id: bytes
    user_handle: bytes | None


def rp_id() -> str:
    """The relying party: the host that people see in their browser."""
    return urlsplit(settings.ORIGIN).hostname or ""


def creation_options(
    *, challenge: bytes, person_id: uuid.UUID, email: str, name: str, known: Iterable[bytes]
) -> dict[str, Any]:
    """What `navigator.credentials.create` takes. known: credentials that an authenticator must not repeat."""
    options = generate_registration_options(
        rp_id=rp_id(),
        rp_name="Medicus",
        user_id=person_id.bytes,
        user_name=email,
        user_display_name=name,
        challenge=challenge,
        timeout=CHALLENGE_SECONDS * 1000,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=each) for each in known],
    )
    return _json(options_to_json(options))


def request_options(*, challenge: bytes, allowed: Iterable[bytes]) -> dict[str, Any]:
    """What `navigator.credentials.get` takes. allowed: none lets the person choose among their passkeys."""
    options = generate_authentication_options(
        rp_id=rp_id(),
        challenge=challenge,
        timeout=CHALLENGE_SECONDS * 1000,
        allow_credentials=[PublicKeyCredentialDescriptor(id=each) for each in allowed],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return _json(options_to_json(options))


def claim_of_creation(answer: str) -> Claim:
    """Read which challenge an answer to `creation_options` claims to sign.

    Raises:
        CeremonyError: malformed.
    """
    try:
        credential = parse_registration_credential_json(answer)
        client = parse_client_data_json(credential.response.client_data_json)
    except _MALFORMED as error:
        raise CeremonyError("malformed") from error
    return Claim(client.challenge, credential.raw_id, None)


def claim_of_request(answer: str) -> Claim:
    """Read which challenge, credential and account an answer to `request_options` claims.

    Raises:
        CeremonyError: malformed.
    """
    try:
        credential = parse_authentication_credential_json(answer)
        client = parse_client_data_json(credential.response.client_data_json)
    except _MALFORMED as error:
        raise CeremonyError("malformed") from error
    return Claim(client.challenge, credential.raw_id, credential.response.user_handle or None)


def check_creation(answer: str, *, challenge: bytes) -> NewCredential:
    """Check a new credential: challenge, origin, relying party, presence and verification of the user.

    Raises:
        CeremonyError: one of them does not hold.
    """
    try:
        made = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=rp_id(),
            expected_origin=settings.ORIGIN,
            require_user_verification=True,
        )
    except _MALFORMED as error:
        raise CeremonyError(str(error)) from error
    return NewCredential(made.credential_id, made.credential_public_key, made.sign_count)


def check_request(answer: str, *, challenge: bytes, public_key: bytes) -> int:
    """Check an assertion: as `check_creation`, and its signature.

    Returns the authenticator's counter. Whether it has gone on is the caller's to compare, in the statement
    that stores it: two requests at once must not both be newer than the same row.

    Raises:
        CeremonyError: something does not hold.
    """
    try:
        checked = verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=rp_id(),
            expected_origin=settings.ORIGIN,
            credential_public_key=public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except _MALFORMED as error:
        raise CeremonyError(str(error)) from error
    return checked.new_sign_count


def _json(text: str) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(text)
    return made
