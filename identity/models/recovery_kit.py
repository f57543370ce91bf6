"""The recovery kit of an identity key."""

from django.db import models

from identity.models.device import IdentityKey
from identity.sealed_key import LARGEST_BYTES


class RecoveryKit(models.Model):
    """A person's identity key, sealed in their browser under a code that stands on paper and nowhere else."""

    identity_key = models.OneToOneField(IdentityKey, models.CASCADE, primary_key=True, related_name="+")
    sealed_key = models.BinaryField(
        max_length=LARGEST_BYTES, help_text="AES-256-GCM: nonce, ciphertext, tag; opaque to the server"
    )
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"recovery kit of {self.identity_key_id}"
