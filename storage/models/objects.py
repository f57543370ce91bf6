"""Encrypted objects, their parts and keys, and the uploads that fill them."""

from django.db import models
from django.db.models import F, Q

from medicus.lib.ids import new_id
from storage.states import ObjectKind, ObjectState


class OrganisationKey(models.Model):
    """An organisation's secret, wrapped by the root key. The highest version wraps what is new; the first
    also yields the key of the blind indexes, which must stay comparable."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    wrapped_key = models.BinaryField(help_text="32 bytes, wrapped by the KeyProvider's root")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "version"], name="organisation_key_version_once"),
            models.CheckConstraint(
                condition=Q(version__gte=1), name="organisation_key_versions_count_from_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} version {self.version}"


class StoredObject(models.Model):
    """Bytes of one organisation, encrypted under a key of their own; see `storage.objects`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=[(kind.value, kind.value) for kind in ObjectKind])
    state = models.CharField(max_length=20, choices=[(state.value, state.value) for state in ObjectState])
    size_bytes = models.BigIntegerField(help_text="plaintext; the declared size while receiving")
    group_id = models.UUIDField(null=True, help_text="the conversation of an attachment")
    organisation_key = models.ForeignKey(OrganisationKey, models.PROTECT, related_name="+")
    wrapped_key = models.BinaryField(null=True, help_text="the data key; destroyed when shredded")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in ObjectState]), name="object_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in ObjectKind]), name="object_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state=ObjectState.SHREDDED.value, wrapped_key__isnull=True)
                | (~Q(state=ObjectState.SHREDDED.value) & Q(wrapped_key__isnull=False)),
                name="object_has_a_key_unless_shredded",
            ),
            models.CheckConstraint(
                condition=Q(kind=ObjectKind.ATTACHMENT.value, group_id__isnull=False)
                | (~Q(kind=ObjectKind.ATTACHMENT.value) & Q(group_id__isnull=True)),
                name="attachment_has_a_group_others_none",
            ),
            models.CheckConstraint(condition=Q(size_bytes__gte=0), name="object_size_not_negative"),
        ]
        indexes = [
            models.Index(
                fields=["group_id", "created_at"],
                condition=Q(kind=ObjectKind.ATTACHMENT.value),
                name="attachments_of_group",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}, {self.state}"


class ObjectPart(models.Model):
    """A run of an object's bytes: one encrypted stream under one key of the store.

    Two parts never start at the same byte: of two uploads of the same range, one loses here."""

    id = models.BigAutoField(primary_key=True)
    stored_object = models.ForeignKey(StoredObject, models.CASCADE, related_name="parts")
    start_bytes = models.BigIntegerField(help_text="where it begins in the object's plaintext")
    size_bytes = models.BigIntegerField(help_text="plaintext")
    store_key = models.CharField(max_length=80, unique=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["stored_object", "start_bytes"], name="object_parts_do_not_overlap"
            ),
            models.CheckConstraint(
                condition=Q(start_bytes__gte=0, size_bytes__gte=0), name="object_part_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stored_object_id} from {self.start_bytes}"


class Upload(models.Model):
    """A resumable upload (tus 1.0); its id is the id of the object it fills."""

    stored_object = models.OneToOneField(
        StoredObject, models.CASCADE, primary_key=True, related_name="upload", db_column="id"
    )
    person = models.ForeignKey("identity.Person", models.PROTECT, related_name="+")
    size_bytes = models.BigIntegerField()
    offset_bytes = models.BigIntegerField(default=0)
    sealed_metadata = models.BinaryField(help_text="the client's Upload-Metadata: names files and patients")
    expires_at = models.DateTimeField(db_index=True)
    completed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(offset_bytes__gte=0, offset_bytes__lte=F("size_bytes")),
                name="upload_offset_within_size",
            ),
            models.CheckConstraint(
                condition=Q(completed_at__isnull=True) | Q(offset_bytes=F("size_bytes")),
                name="upload_complete_when_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"upload {self.pk}, {self.offset_bytes} of {self.size_bytes}"


class ObjectOpening(models.Model):
    """When a person last opened an object: one audit event per opening, not one per range."""

    id = models.BigAutoField(primary_key=True)
    stored_object = models.ForeignKey(StoredObject, models.CASCADE, related_name="openings")
    person = models.ForeignKey("identity.Person", models.CASCADE, related_name="+")
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stored_object", "person"], name="object_opening_once_per_person")
        ]

    def __str__(self) -> str:
        return f"{self.stored_object_id} by {self.person_id}"
