"""History backups: what a person's browsers have sealed of their messages, kept here unreadable."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from messaging.states_backup import KEY_NAME_BYTES, LARGEST_MANIFEST_BYTES, LARGEST_PIECE_BYTES


class HistoryBackup(models.Model):
    """The one backup of a person at an organisation. One device writes it; every browser of the person may read it."""

    id = models.UUIDField(
        primary_key=True, editable=False, help_text="made by the browser, bound into each piece"
    )
    person = models.ForeignKey("identity.Person", models.PROTECT, related_name="+")
    organisation = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+")
    writer = models.ForeignKey("identity.Device", models.PROTECT, related_name="+")
    key_name = models.BinaryField(
        max_length=KEY_NAME_BYTES, help_text="tells one backup key from another, and nothing of it"
    )
    generation = models.PositiveIntegerField(default=0, help_text="counts the manifests")
    manifest = models.BinaryField(
        max_length=LARGEST_MANIFEST_BYTES,
        help_text="AES-256-GCM over the list of pieces; opaque to the server",
    )
    created_at = models.DateTimeField()
    saved_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "organisation"], name="backup_once_per_person"),
            models.CheckConstraint(
                condition=Q(generation=0, saved_at__isnull=True)
                | Q(generation__gt=0, saved_at__isnull=False),
                name="backup_saved_once_it_has_a_manifest",
            ),
        ]

    def __str__(self) -> str:
        return f"history backup {self.id}"


class BackupPiece(models.Model):
    """A piece of a backup. It is never changed: a newer one takes its place, and the next manifest ends it."""

    id = models.BigAutoField(primary_key=True)
    backup = models.ForeignKey(HistoryBackup, models.CASCADE, related_name="pieces")
    piece_id = models.UUIDField(help_text="made by the browser")
    object_id = models.UUIDField(help_text="of `storage`")
    digest = models.BinaryField(max_length=32, help_text="SHA-256 of the ciphertext")
    size_bytes = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["backup", "piece_id"], name="backup_piece_once"),
            models.CheckConstraint(
                condition=Q(size_bytes__gte=1, size_bytes__lte=LARGEST_PIECE_BYTES), name="backup_piece_size"
            ),
        ]

    def __str__(self) -> str:
        return f"piece {self.piece_id} of {self.backup_id}"
