"""Groups, their streams and the key-package directory. What is encrypted is opaque here and stays so."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact, GreaterThan, LessThanOrEqual

from medicus.lib.ids import new_id
from messaging import (  # noqa: F401 - found by Django from here
    models_backup,
    models_conduct,
    models_figures,
    models_urgent,
)
from messaging.models_cases import Case, Hold, Mark, RecordExport
from messaging.states import (
    COMMIT_BYTES,
    KEY_PACKAGE_BYTES,
    MESSAGES_BEFORE_ACCEPTANCE,
    WELCOME_BYTES,
    ContactState,
    DeclineReason,
    EntryKind,
    GroupKind,
)

__all__ = [
    "Case",
    "ContactRequest",
    "Entry",
    "Group",
    "GroupDevice",
    "GroupMember",
    "Hold",
    "KeyPackage",
    "Mark",
    "Receipt",
    "RecordExport",
    "Welcome",
    "WelcomeDelivery",
]


class Group(models.Model):
    """An MLS group. Its row is the counter: who adds an entry holds its lock, so numbers have no gap.

    `epoch` is what the next commit must name; `last_seq` is the newest entry of the stream. `held_for`: whose
    contact request is not accepted; only they may send here, and `held_left` messages more. It stands here so
    that whoever writes has it with the counter. `closed`: a case that is closed, in which nobody sends.
    `expired_seq`: what time has taken; up to here messages have no body any more, but for those that are kept."""

    id = models.UUIDField(primary_key=True, editable=False, help_text="made by the client; the MLS group id")
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in GroupKind])
    epoch = models.BigIntegerField(default=0)
    last_seq = models.BigIntegerField(default=0)
    created_by = models.ForeignKey("identity.Person", models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    held_for = models.ForeignKey(
        "identity.Person", models.PROTECT, null=True, related_name="+", db_index=False
    )
    held_left = models.PositiveSmallIntegerField(default=0)
    closed = models.BooleanField(default=False)
    expired_seq = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(epoch__gte=0, last_seq__gte=F("epoch")), name="group_counts_up"
            ),
            models.CheckConstraint(
                condition=Q(held_left__lte=MESSAGES_BEFORE_ACCEPTANCE), name="group_held_says_little"
            ),
            models.CheckConstraint(
                condition=Q(expired_seq__gte=0, expired_seq__lte=F("last_seq")),
                name="group_expires_what_it_has",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class GroupMember(models.Model):
    """A person in a group, acting for an organisation. May read what lies between joining and leaving.

    `joined_seq` is the commit that let them in (0: they made the group), `left_seq` the one that put them
    out. `is_patient`: whom a patient case is about, at most one at a time, and never responsible for it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    group = models.ForeignKey(Group, models.PROTECT, related_name="members")
    person = models.ForeignKey("identity.Person", models.PROTECT, related_name="+")
    organisation = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+")
    is_owner = models.BooleanField(default=False)
    is_patient = models.BooleanField(default=False)
    joined_seq = models.BigIntegerField()
    left_seq = models.BigIntegerField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["group", "person", "organisation"],
                condition=Q(left_seq__isnull=True),
                name="member_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(left_seq__isnull=True) | Q(left_seq__gt=F("joined_seq")),
                name="member_leaves_after_joining",
            ),
            models.UniqueConstraint(
                fields=["group"],
                condition=Q(left_seq__isnull=True, is_patient=True),
                name="one_patient_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(is_patient=True, is_owner=True), name="patient_is_never_owner"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["person", "left_seq"], name="groups_of_person")]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.group_id}"


class GroupDevice(models.Model):
    """A leaf of a group's tree, held by one device. A revoked device reads and sends nothing from that moment
    on, even while its leaf waits for the commit that removes it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    group = models.ForeignKey(Group, models.PROTECT, related_name="devices")
    member = models.ForeignKey(GroupMember, models.PROTECT, related_name="devices")
    device = models.ForeignKey("identity.Device", models.PROTECT, related_name="+")
    leaf_index = models.PositiveIntegerField()
    joined_seq = models.BigIntegerField()
    left_seq = models.BigIntegerField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["group", "leaf_index"], condition=Q(left_seq__isnull=True), name="leaf_held_once"
            ),
            models.UniqueConstraint(
                fields=["group", "device"], condition=Q(left_seq__isnull=True), name="device_holds_one_leaf"
            ),
            models.CheckConstraint(
                condition=Q(left_seq__isnull=True) | Q(left_seq__gt=F("joined_seq")),
                name="device_leaves_after_joining",
            ),
        ]

    def __str__(self) -> str:
        return f"leaf {self.leaf_index} of {self.group_id}"


class ContactRequest(models.Model):
    """That somebody wrote to a person of another hospital whom they were not acquainted with, and the answer."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    group = models.OneToOneField(Group, models.PROTECT, related_name="contact")
    requester = models.ForeignKey("identity.Person", models.PROTECT, related_name="+")
    requester_organisation = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+")
    recipient = models.ForeignKey("identity.Person", models.PROTECT, related_name="+")
    recipient_organisation = models.ForeignKey("identity.Organisation", models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=[(state.value, state.value) for state in ContactState])
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(
        max_length=20, blank=True, choices=[(reason.value, reason.value) for reason in DeclineReason]
    )
    role = models.ForeignKey("rota.Role", models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["requester", "requester_organisation", "recipient", "recipient_organisation"],
                condition=Q(state=ContactState.OPEN.value),
                name="contact_open_once",
            ),
            models.CheckConstraint(
                condition=Q(state=ContactState.OPEN.value, decided_at__isnull=True)
                | (~Q(state=ContactState.OPEN.value) & Q(decided_at__isnull=False)),
                name="contact_decided_unless_open",
            ),
            models.CheckConstraint(
                condition=Q(state=ContactState.DECLINED.value) ^ Q(reason=""),
                name="contact_declined_for_reason",
            ),
            models.CheckConstraint(
                condition=Q(state=ContactState.FORWARDED.value) ^ Q(role__isnull=True),
                name="contact_forwarded_to_role",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["expires_at"], condition=Q(state=ContactState.OPEN.value), name="contacts_to_expire"
            )
        ]

    def __str__(self) -> str:
        return f"contact request in {self.group_id}"


class Entry(models.Model):
    """One entry of a group's stream: a ciphertext or a commit, as its sender made it. Only ever added.

    When a message expires, its row stays, so that the stream has no gap and its id is not free again: `expired_at` is
    set and the body empty, which nobody can send. Commits and proposals never expire: whoever was away follows the
    group's keys through every one of them, and they say nothing but who came and went."""

    pk = models.CompositePrimaryKey("group_id", "seq")
    group = models.ForeignKey(Group, models.PROTECT, related_name="entries", db_index=False)
    seq = models.BigIntegerField()
    message_id = models.UUIDField(help_text="made by the client; a repeated one gets the first one's answer")
    kind = models.CharField(max_length=11, choices=[(kind.value, kind.value) for kind in EntryKind])
    epoch = models.BigIntegerField()
    device = models.ForeignKey("identity.Device", models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey("identity.Person", models.PROTECT, related_name="+", db_index=False)
    body = models.BinaryField(help_text="MLSMessage, RFC 9420 section 6")
    at = models.DateTimeField()
    expired_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["group", "message_id"], name="message_once_per_group"),
            models.CheckConstraint(condition=Q(seq__gte=1), name="entry_counts_from_one"),
            models.CheckConstraint(
                condition=Q(expired_at__isnull=False)
                | Q(LessThanOrEqual(Length("body"), COMMIT_BYTES) & GreaterThan(Length("body"), 0)),
                name="entry_body_bounded",
            ),
            models.CheckConstraint(
                condition=Q(expired_at__isnull=True)
                | Q(Exact(Length("body"), 0), kind=EntryKind.APPLICATION.value),
                name="entry_expired_is_an_empty_message",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group_id}/{self.seq}"


class KeyPackage(models.Model):
    """A KeyPackage (RFC 9420 section 10) that can be claimed once; the last-resort one is never used up."""

    id = models.BigAutoField(primary_key=True)
    device = models.ForeignKey("identity.Device", models.PROTECT, related_name="+")
    reference = models.BinaryField(max_length=32, unique=True, help_text="KeyPackageRef, section 5.2")
    content = models.BinaryField(help_text="bare KeyPackage, without the MLSMessage header")
    is_last_resort = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    spent_at = models.DateTimeField(null=True, help_text="when the commit that used it was accepted")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["device"], condition=Q(is_last_resort=True), name="one_last_resort_per_device"
            ),
            models.CheckConstraint(
                condition=Q(spent_at__isnull=True) | Q(claimed_at__isnull=False),
                name="key_package_claimed_before_spent",
            ),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("content"), KEY_PACKAGE_BYTES), name="key_package_bounded"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["device", "id"],
                condition=Q(claimed_at__isnull=True, is_last_resort=False),
                name="key_packages_to_claim",
            )
        ]

    def __str__(self) -> str:
        return f"key package {self.id}"


class Welcome(models.Model):
    """A Welcome (RFC 9420 section 12.4.3.1), kept until the last device it is for has joined."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    group = models.ForeignKey(Group, models.PROTECT, related_name="welcomes")
    seq = models.BigIntegerField(help_text="of the commit that it belongs to")
    epoch = models.BigIntegerField(help_text="in which the new members begin")
    content = models.BinaryField(help_text="MLSMessage")
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["group", "seq"], name="welcome_once_per_commit"),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("content"), WELCOME_BYTES), name="welcome_bounded"
            ),
        ]

    def __str__(self) -> str:
        return f"welcome to {self.group_id}"


class WelcomeDelivery(models.Model):
    """That a device still has to fetch a Welcome."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    welcome = models.ForeignKey(Welcome, models.CASCADE, related_name="deliveries")
    device = models.ForeignKey("identity.Device", models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["welcome", "device"], name="welcome_once_per_device")
        ]

    def __str__(self) -> str:
        return f"welcome for {self.device_id}"


class Receipt(models.Model):
    """How far a person's devices have confirmed a stream. Both watermarks only grow."""

    member = models.OneToOneField(GroupMember, models.CASCADE, primary_key=True, related_name="receipt")
    delivered_seq = models.BigIntegerField(default=0)
    seen_seq = models.BigIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(seen_seq__gte=0, seen_seq__lte=F("delivered_seq")),
                name="receipt_delivered_before_seen",
            ),
        ]

    def __str__(self) -> str:
        return f"receipt of {self.member_id}"


class PushSubscription(models.Model):
    """Where a device's browser is called when something waits unseen (`messaging.push`).

    `called_at`: when it was last decided to call; messages up to then call nobody again. `due_at`: when the next
    call is to be made, or made again; null when none is."""

    device = models.OneToOneField("identity.Device", models.CASCADE, primary_key=True, related_name="+")
    endpoint_digest = models.BinaryField(max_length=32, unique=True, help_text="SHA-256")
    sealed = models.BinaryField(max_length=2048, help_text="endpoint and keys, sealed for the device")
    created_at = models.DateTimeField()
    called_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="push_to_send")
        ]

    def __str__(self) -> str:
        return f"push to {self.device_id}"
