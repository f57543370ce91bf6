"""The log's own key: signs checkpoints and exports, in a file outside the database."""

import os
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from audit.checkpoint import Signer
from medicus.lib.keyfiles import load_or_create

SEED_BYTES = 32


def signer() -> Signer:
    """The key under the log's name, which is the address of the service.

    Raises:
        FileNotFoundError: absent, and may not be made here (see `medicus.lib.keyfiles`).
    """
    seed = load_or_create(
        settings.KEYS_DIR / "audit.key", lambda: os.urandom(SEED_BYTES), may_create=settings.MAY_CREATE_KEYS
    )
    return Signer(f"{urlsplit(settings.ORIGIN).netloc}/audit", Ed25519PrivateKey.from_private_bytes(seed))
