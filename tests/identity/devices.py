"""What the browser's engine asks of the API: keys certified, devices registered."""

import base64

from cryptography import x509

from medicus.lib.ids import new_id
from tests.cast import b64

KEYS, DEVICES = "/api/v1/identity-keys", "/api/v1/devices"


def certify(member, request: bytes | None = None):
    return member.api.post(KEYS, {"csr": b64(request or member.browser.request())})


def register(member, *, device_id=None, **changes):
    device_id = device_id or new_id()
    certificate = changes.pop("certificate", None) or member.browser.device_certificate(
        device_id=device_id, person_id=member.person.id, domain=member.organisation.domain, **changes
    )
    sent = {"id": str(device_id), "name": "Firefox on ward 3", "certificate": b64(certificate)}
    return member.api.post(DEVICES, sent)


def load(text: str) -> x509.Certificate:
    return x509.load_der_x509_certificate(base64.b64decode(text))
