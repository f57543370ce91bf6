"""The shapes of acknowledgements and urgent messages."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from messaging.access import AcknowledgementView, OpenItem, UrgentView
from messaging.serializers import CountField, InstantField
from messaging.states_urgent import (
    ACKNOWLEDGEMENTS_LISTED,
    DEADLINE_MINUTES,
    LONGEST_MINUTES,
    SHORTEST_MINUTES,
    AcknowledgementKind,
    UrgentAct,
    UrgentState,
)

ACKNOWLEDGEMENT_KINDS = [kind.value for kind in AcknowledgementKind]
URGENT_STATES = [state.value for state in UrgentState]
URGENT_ACTS = [act.value for act in UrgentAct]


class AcknowledgementRequest(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=ACKNOWLEDGEMENT_KINDS)


class AcknowledgementAnswer(serializers.Serializer[AcknowledgementView]):
    message_id = serializers.UUIDField()
    seq = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=ACKNOWLEDGEMENT_KINDS)
    person_id = serializers.UUIDField()
    at = InstantField()
    ended_at = InstantField(allow_null=True, help_text="when they handed back what they had taken over")


class AcknowledgementQuery(serializers.Serializer[Any]):
    since = CountField(default=0)
    limit = serializers.IntegerField(
        min_value=1, max_value=ACKNOWLEDGEMENTS_LISTED, default=ACKNOWLEDGEMENTS_LISTED
    )


class AcknowledgementsAnswer(serializers.Serializer[Any]):
    acknowledgements = AcknowledgementAnswer(many=True)
    more = serializers.BooleanField(help_text="there are later ones: ask again from the last one's `seq`")


class UrgentRequest(serializers.Serializer[Any]):
    deadline_minutes = serializers.IntegerField(
        min_value=SHORTEST_MINUTES, max_value=LONGEST_MINUTES, required=False, default=DEADLINE_MINUTES
    )
    role_id = serializers.UUIDField(
        required=False,
        allow_null=True,
        default=None,
        help_text="whose chain is asked; else everybody at once",
    )
    without_holder = serializers.BooleanField(
        required=False,
        default=False,
        help_text="begin with the next one of the chain though nobody is on duty",
    )


class UrgentQuery(serializers.Serializer[Any]):
    since = CountField(default=0)


class UrgentRoleAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="role_id")
    name = serializers.CharField(source="role_name", help_text="empty where you do not find the role")


class UrgentStepAnswer(serializers.Serializer[Any]):
    step = serializers.IntegerField()
    person_id = serializers.UUIDField(allow_null=True)
    name = serializers.CharField()
    role_name = serializers.CharField()
    after_minutes = serializers.IntegerField()
    reached_at = InstantField(allow_null=True)
    skipped = serializers.BooleanField()
    delivered = serializers.BooleanField()
    seen = serializers.BooleanField()


class UrgentLineAnswer(serializers.Serializer[Any]):
    at = InstantField()
    kind = serializers.ChoiceField(choices=URGENT_ACTS)
    step = serializers.IntegerField()
    person_id = serializers.UUIDField(allow_null=True)
    name = serializers.CharField()
    from_person_id = serializers.UUIDField(allow_null=True)


class UrgentHeadAnswer(serializers.Serializer[UrgentView]):
    id = serializers.UUIDField()
    group_id = serializers.UUIDField()
    message_id = serializers.UUIDField()
    seq = serializers.IntegerField(allow_null=True)
    sender_id = serializers.UUIDField()
    role = serializers.SerializerMethodField()
    deadline_minutes = serializers.IntegerField()
    state = serializers.ChoiceField(choices=URGENT_STATES)
    step = serializers.IntegerField()
    due_at = InstantField(allow_null=True, help_text="when the next one is asked")
    announced_at = InstantField()
    started_at = InstantField(allow_null=True, help_text="since when the deadline runs")
    closed_at = InstantField(allow_null=True)
    closed_by = serializers.UUIDField(allow_null=True)

    @extend_schema_field(UrgentRoleAnswer(allow_null=True))
    def get_role(self, urgent: UrgentView) -> Any:
        return UrgentRoleAnswer(urgent).data if urgent.role_id else None


class UrgentAnswer(UrgentHeadAnswer):
    steps = UrgentStepAnswer(many=True)
    timeline = UrgentLineAnswer(many=True)


class UrgentPageAnswer(serializers.Serializer[Any]):
    urgent = UrgentHeadAnswer(many=True)
    more = serializers.BooleanField()


class UrgentItemAnswer(serializers.Serializer[OpenItem]):
    group_id = serializers.UUIDField()
    message_id = serializers.UUIDField()
    seq = serializers.IntegerField(allow_null=True)
    sender_id = serializers.UUIDField()
    sender_name = serializers.CharField()
    role = serializers.SerializerMethodField()
    state = serializers.ChoiceField(choices=URGENT_STATES)
    step = serializers.IntegerField()
    due_at = InstantField(allow_null=True)
    announced_at = InstantField()
    member = serializers.BooleanField(help_text="whether you are in the conversation")

    @extend_schema_field(UrgentRoleAnswer(allow_null=True))
    def get_role(self, item: OpenItem) -> Any:
        return UrgentRoleAnswer(item).data if item.role_id else None


class ToAddAnswer(serializers.Serializer[Any]):
    group_id = serializers.UUIDField()
    person_id = serializers.UUIDField()
    organisation_id = serializers.UUIDField()
    name = serializers.CharField()
    role_id = serializers.UUIDField()
    role_name = serializers.CharField()
    relieved_person_id = serializers.UUIDField(allow_null=True)
    message_ids = serializers.ListField(child=serializers.UUIDField())


class UrgentItemsAnswer(serializers.Serializer[Any]):
    due = UrgentItemAnswer(many=True)
    roles = UrgentItemAnswer(many=True)
    to_add = ToAddAnswer(many=True)
