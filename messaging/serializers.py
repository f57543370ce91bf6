"""The shapes of `messaging`'s API: what comes in, checked for its form; what goes out, described."""

from datetime import UTC
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from identity.serializers import Base64Field
from messaging.access import ContactView, GroupView, MemberView, WelcomeView
from messaging.actions import Claimed, Committed
from messaging.serializers_cases import CaseAnswer, MarkAnswer, RecordedAnswer, RetentionAnswer
from messaging.states import (
    COMMIT_BYTES,
    KEY_PACKAGE_BYTES,
    KEY_PACKAGES_PER_DEVICE,
    LEAVES_PER_GROUP,
    MESSAGE_BYTES,
    PAGE_ENTRIES,
    WELCOME_BYTES,
    ContactAnswer,
    ContactState,
    DeclineReason,
    EntryKind,
    GroupKind,
)

MOST = 2**63 - 1
REASONS = [reason.value for reason in DeclineReason]
GROUP_KINDS = [kind.value for kind in GroupKind]


class CountField(serializers.IntegerField):
    """An epoch or a sequence number."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=0, max_value=MOST, **options)


class InstantField(serializers.DateTimeField):
    """An instant in UTC, ISO 8601 with `Z`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(default_timezone=UTC, **options)


class KeyPackagesRequest(serializers.Serializer[Any]):
    key_packages = serializers.ListField(
        child=Base64Field(maximum_bytes=KEY_PACKAGE_BYTES), max_length=KEY_PACKAGES_PER_DEVICE
    )
    last_resort = Base64Field(maximum_bytes=KEY_PACKAGE_BYTES, allow_null=True, default=None)


class AvailableAnswer(serializers.Serializer[Any]):
    available = serializers.IntegerField()


class ClaimRequest(serializers.Serializer[Any]):
    person_ids = serializers.ListField(
        child=serializers.UUIDField(), min_length=1, max_length=LEAVES_PER_GROUP
    )
    device_ids = serializers.ListField(
        child=serializers.UUIDField(),
        required=False,
        default=None,
        allow_null=True,
        max_length=LEAVES_PER_GROUP,
        help_text="of these devices only; without it, of all",
    )


class ClaimedAnswer(serializers.Serializer[Claimed]):
    person_id = serializers.UUIDField()
    device_id = serializers.UUIDField()
    key_package = Base64Field(source="content")


class ClaimAnswer(serializers.Serializer[Any]):
    claimed = ClaimedAnswer(many=True)
    without_device = serializers.ListField(child=serializers.UUIDField())


class CommitRequest(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    epoch = CountField()
    commit = Base64Field(maximum_bytes=COMMIT_BYTES)
    welcome = Base64Field(maximum_bytes=WELCOME_BYTES, allow_null=True, default=None)


class CommittedAnswer(serializers.Serializer[Committed]):
    seq = serializers.IntegerField()
    epoch = serializers.IntegerField()


class GroupRequest(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=GROUP_KINDS)
    commit = CommitRequest(required=False, allow_null=True, default=None)
    patient_id = serializers.UUIDField(
        required=False,
        allow_null=True,
        default=None,
        help_text="whose record: with kind `patient`, and only there",
    )


class OrganisationAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="organisation_id")
    name = serializers.CharField(source="organisation_name")


class ReceiptsAnswer(serializers.Serializer[Any]):
    delivered = serializers.IntegerField()
    seen = serializers.IntegerField()


class MemberAnswer(serializers.Serializer[MemberView]):
    person_id = serializers.UUIDField(source="card.person_id")
    name = serializers.CharField(source="card.name")
    function = serializers.CharField(source="card.function")
    organisation = OrganisationAnswer(source="card")
    owner = serializers.BooleanField()
    is_patient = serializers.BooleanField(help_text="whom a patient case is about")
    ended = serializers.BooleanField(help_text="every device here is revoked; a commit must remove them")
    deputy = serializers.CharField(
        source="card.deputy", help_text="who stands in for a person who has left; else empty"
    )
    left = serializers.BooleanField(source="card.left", help_text="has no valid place there any more")
    receipts = ReceiptsAnswer(source="*")


class ContactRoleAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="role_id")
    name = serializers.CharField(source="role_name")


class ContactStateAnswer(serializers.Serializer[ContactView]):
    state = serializers.ChoiceField(
        choices=[item.value for item in ContactState if item is not ContactState.ACCEPTED]
    )
    requester_id = serializers.UUIDField()
    made_at = InstantField()
    expires_at = InstantField()
    left = serializers.IntegerField(help_text="messages that the requester may still send")
    reason = serializers.ChoiceField(choices=REASONS, allow_blank=True)
    role = serializers.SerializerMethodField()
    again_at = InstantField(allow_null=True, help_text="when the requester may ask the same person again")

    @extend_schema_field(ContactRoleAnswer(allow_null=True))
    def get_role(self, contact: ContactView) -> Any:
        return ContactRoleAnswer(contact).data if contact.role_id else None


class ContactRequestAnswer(serializers.Serializer[Any]):
    """How the person who is asked answers."""

    answer = serializers.ChoiceField(choices=[item.value for item in ContactAnswer])
    reason = serializers.ChoiceField(
        choices=REASONS, required=False, default=DeclineReason.NONE_GIVEN.value, help_text="for `decline`"
    )
    role_id = serializers.UUIDField(required=False, allow_null=True, default=None, help_text="for `forward`")


class RoleChoiceAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="role_id")
    name = serializers.CharField()
    description = serializers.CharField()


class ContactChoicesAnswer(serializers.Serializer[Any]):
    roles = RoleChoiceAnswer(many=True)


class GroupAnswer(serializers.Serializer[GroupView]):
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=GROUP_KINDS)
    epoch = serializers.IntegerField()
    last_seq = serializers.IntegerField()
    first_seq = serializers.IntegerField()
    created_at = InstantField()
    members = MemberAnswer(many=True)
    contact = ContactStateAnswer(
        allow_null=True, help_text="a contact request that is not accepted and holds the conversation back"
    )
    case = CaseAnswer(allow_null=True, help_text="only of groups of kind `case` and `patient`")
    retention = RetentionAnswer()
    marks = MarkAnswer(many=True, help_text="messages that are kept for the record")
    recorded = RecordedAnswer(many=True, help_text="messages that are in the record of a hospital")


class GroupsAnswer(serializers.Serializer[Any]):
    groups = GroupAnswer(many=True)


class PageRequest(serializers.Serializer[Any]):
    since = CountField(default=0)
    limit = serializers.IntegerField(min_value=1, max_value=PAGE_ENTRIES, default=PAGE_ENTRIES)


class EntryAnswer(serializers.Serializer[Any]):
    """Only describes: entries are written out by `messaging.live.frames`."""

    seq = serializers.IntegerField()
    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=[kind.value for kind in EntryKind])
    epoch = serializers.IntegerField()
    sender_device = serializers.UUIDField()
    sender_person = serializers.UUIDField()
    body = Base64Field(help_text="empty when the message has expired")
    at = InstantField()
    expired = serializers.BooleanField(
        required=False, help_text="only there, and true, when the message has expired"
    )


class PageAnswer(serializers.Serializer[Any]):
    entries = EntryAnswer(many=True)
    last_seq = serializers.IntegerField()


class MessageRequest(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    epoch = CountField()
    body = Base64Field(maximum_bytes=MESSAGE_BYTES)


class WrittenAnswer(serializers.Serializer[Any]):
    seq = serializers.IntegerField()
    at = InstantField()


class WelcomeAnswer(serializers.Serializer[WelcomeView]):
    id = serializers.UUIDField()
    group_id = serializers.UUIDField()
    welcome = Base64Field(source="content")
    seq = serializers.IntegerField()
    epoch = serializers.IntegerField()


class WelcomesAnswer(serializers.Serializer[Any]):
    welcomes = WelcomeAnswer(many=True)


class ReceiptRequest(serializers.Serializer[Any]):
    delivered = CountField()
    seen = CountField()


class UnknownLeafRequest(serializers.Serializer[Any]):
    epoch = CountField()
    identity = serializers.CharField(max_length=500)
