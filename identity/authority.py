"""The signing keys of the PKI in their files: the platform's root and each organisation's CA.

On one machine both lie in `KEYS_DIR`, which is labelled weaker in docs/identity.md: in production an
organisation's key belongs into a file or HSM of its own.
"""

import uuid
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings

from identity import pki
from medicus.lib.clock import now
from medicus.lib.keyfiles import load_or_create


def root_key() -> ec.EllipticCurvePrivateKey:
    """Read the root's key; in the one-machine mode make it first if it is absent."""
    pem = load_or_create(
        _keys() / "root-ca.key", lambda: pki.key_to_pem(pki.new_key()), may_create=settings.MAY_CREATE_KEYS
    )
    return pki.key_from_pem(pem)


@cache
def root_certificate() -> x509.Certificate:
    """Read the root's certificate; in the one-machine mode make it first if it is absent."""
    pem = load_or_create(_keys() / "root-ca.crt", _make_root, may_create=settings.MAY_CREATE_KEYS)
    return x509.load_pem_x509_certificate(pem)


def _make_root() -> bytes:
    return pki.issue_root(root_key(), at=now()).public_bytes(serialization.Encoding.PEM)


def organisation_key(organisation_id: uuid.UUID) -> ec.EllipticCurvePrivateKey:
    """Read an organisation's CA key.

    Raises:
        FileNotFoundError: this machine does not hold it.
    """
    path = _organisation_path(organisation_id)
    return pki.key_from_pem(load_or_create(path, _never, may_create=False))


def make_organisation_key(organisation_id: uuid.UUID) -> ec.EllipticCurvePrivateKey:
    """Make a new organisation's CA key; a second call reads the first one's."""
    path = _organisation_path(organisation_id)
    return pki.key_from_pem(load_or_create(path, lambda: pki.key_to_pem(pki.new_key()), may_create=True))


def forget_organisation_key(organisation_id: uuid.UUID) -> None:
    """Remove the CA key of an organisation that has never been entered; without one there is nothing to do."""
    _organisation_path(organisation_id).unlink(missing_ok=True)


def _organisation_path(organisation_id: uuid.UUID) -> Path:
    return _keys() / "organisations" / f"{organisation_id}.key"


def _keys() -> Path:
    return Path(settings.KEYS_DIR)


def _never() -> bytes:
    raise AssertionError("an organisation's key is only made with the organisation")
