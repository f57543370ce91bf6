"""What a device has signed: a JSON Web Signature with detached content (RFC 7515 appendix F), ES256, whose header
carries the device's certificates (`x5c`, section 4.1.6). So anybody who has the root can check it without this service.

It cannot be mistaken for what the same key signs to be attached to a session (`medicus-attach:`): a signing input of
a JWS has no colon.
"""

import base64
import binascii
import uuid
from dataclasses import dataclass

from django.utils.translation import gettext as _
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from identity import pki
from identity.access.devices import chain_of, own_device, require_device
from medicus.lib.actor import Actor
from medicus.lib.errors import Invalid

ALGORITHM = "ES256"
DEVICE_SIGNATURE_CHARACTERS = 4 * pki.MAXIMUM_DER_BYTES * 2
"""Four certificates, in base64 twice."""


class _Registry(jws.JWSRegistry):
    """The library lets no header be longer than 512 bytes; four certificates are."""

    max_header_length = DEVICE_SIGNATURE_CHARACTERS


_REGISTRY = _Registry(algorithms=[ALGORITHM])


@dataclass(frozen=True, slots=True)
class Signer:
    """The device that has signed, and whose it is. certificate_sha256: of its certificate, hexadecimal."""

    device_id: uuid.UUID
    device_name: str
    certificate_sha256: str
    person_id: uuid.UUID
    person_name: str
    organisation_id: uuid.UUID
    organisation_name: str


def device_signer(*, by: Actor, content: bytes, signature: str) -> Signer:
    """Check that the device of the actor's session has signed `content`.

    signature: compact serialization without its middle part.

    Raises:
        DeviceNeeded: the session has none.
        NotFound: it is revoked or has expired.
        Invalid: another key, other certificates, another algorithm, or other content.
    """
    device = own_device(by=by, device_id=require_device(by=by))
    key = pki.p256(pki.read_certificate(bytes(device.certificate)).public_key())
    try:
        checked = jws.deserialize_compact(
            _detached(signature), ECKey.import_key(pki.spki(key)), registry=_REGISTRY, payload=content
        )
        certificates = [base64.b64decode(each, validate=True) for each in checked.headers()["x5c"]]
    except (JoseError, KeyError, TypeError, ValueError, binascii.Error):
        raise _refused() from None
    if certificates != chain_of(device) or set(checked.headers()) != {"alg", "x5c"}:
        raise _refused()
    return Signer(
        device_id=device.id,
        device_name=device.name,
        certificate_sha256=pki.certificate_hash(bytes(device.certificate)),
        person_id=device.person_id,
        person_name=device.person.name,
        organisation_id=device.organisation_id,
        organisation_name=device.organisation.name,
    )


def _detached(signature: str) -> str:
    header, *rest = signature.split(".")
    if len(signature) > DEVICE_SIGNATURE_CHARACTERS or len(rest) != 2 or rest[0]:  # noqa: PLR2004 - the parts of a JWS
        raise _refused()
    return f"{header}..{rest[1]}"


def _refused() -> Invalid:
    return Invalid(errors={"signature": _("This is not the signature of the device of this session.")})
