"""The log: events that are only ever added, what opens their commitments, and the tree over them."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from audit.events import Event
from audit.states import Part, Trouble


class AuditEvent(models.Model):
    """One event (FHIR AuditEvent). `canonical` is the truth; the other columns repeat it for searching.

    Rows are never changed or removed: triggers of the database refuse it (`audit.append_only`)."""

    event_id = models.UUIDField(primary_key=True, editable=False, help_text="UUIDv7, so in order of time")
    at = models.DateTimeField()
    event = models.CharField(max_length=40)
    organisation_id = models.UUIDField(null=True, help_text="whose officer sees it; null: the operator's")
    canonical = models.BinaryField(help_text="RFC 8785 JSON, the leaf of the tree; see `audit.entries`")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organisation_id", "event_id"], name="audit_of_organisation"),
            models.Index(
                fields=["organisation_id", "event", "event_id"],
                condition=~Q(event=Event.MESSAGE_ACCEPT.value),
                name="audit_of_rarer_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.event_id}"


class AuditPerson(models.Model):
    """Opens a commitment of an event: SHA-256(salt || person's id). Erasing it leaves every proof valid."""

    pk = models.CompositePrimaryKey("event_id", "part")
    event_id = models.UUIDField()
    part = models.CharField(max_length=8, choices=[(part.value, part.value) for part in Part])
    person_id = models.UUIDField(help_text="of a person or a patient")
    salt = models.BinaryField(max_length=16)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["person_id", "event_id"], name="audit_of_person")]

    def __str__(self) -> str:
        return f"{self.part} of {self.event_id}"


class Unsequenced(models.Model):
    """Names an event that has no place in the tree yet. Written with it, so no late commit is ever missed."""

    event_id = models.UUIDField(primary_key=True)

    def __str__(self) -> str:
        return str(self.event_id)


class Leaf(models.Model):
    """The place of an event in the tree: dense, from 0, in the order in which commits were found."""

    index = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(
        AuditEvent,
        models.DO_NOTHING,
        db_constraint=False,
        related_name="leaf",
        help_text="stays when an event is removed by force, and so tells of it",
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(index__gte=0), name="leaf_index_from_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.index}"


class Tile(models.Model):
    """Up to 256 neighbouring hashes of one level of the tree (C2SP tlog-tiles, height 8).

    Level 0 holds leaf hashes; level n + 1 the roots of full tiles of level n."""

    pk = models.CompositePrimaryKey("level", "number")
    level = models.PositiveSmallIntegerField()
    number = models.BigIntegerField()
    hashes = models.BinaryField(help_text="32 bytes each")

    def __str__(self) -> str:
        return f"{self.level}/{self.number}"


class Checkpoint(models.Model):
    """A signed tree head (C2SP tlog-checkpoint): what the log was, provably, at that moment."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField(max_length=32)
    at = models.DateTimeField()
    note = models.TextField(help_text="C2SP signed-note, Ed25519")

    class Meta:
        get_latest_by = "size"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(size__gt=0), name="checkpoint_of_something"),
        ]

    def __str__(self) -> str:
        return f"{self.size}"


class Cosignature(models.Model):
    """A witness's word for a checkpoint (C2SP tlog-cosignature)."""

    pk = models.CompositePrimaryKey("witness", "size")
    witness = models.CharField(max_length=200, help_text="name of the witness's key")
    size = models.BigIntegerField(help_text="of the checkpoint")
    at = models.DateTimeField(help_text="the witness's own clock")
    line = models.TextField(help_text="C2SP signature line")

    def __str__(self) -> str:
        return f"{self.size} by {self.witness}"


class Witness(models.Model):
    """How a configured witness answered last."""

    name = models.CharField(max_length=200, primary_key=True)
    asked_at = models.DateTimeField()
    trouble = models.CharField(
        max_length=12, blank=True, choices=[(trouble.value, trouble.value) for trouble in Trouble]
    )

    def __str__(self) -> str:
        return self.name
