"""The shapes of the API of messaging in figures."""

from typing import Any

from rest_framework import serializers

from identity.serializers import InstantField
from messaging.access import KindFigures, MessageDay, MessagingFigures, Room
from messaging.states import GroupKind


class KindAnswer(serializers.Serializer[KindFigures]):
    kind = serializers.ChoiceField(choices=[kind.value for kind in GroupKind])
    conversations = serializers.IntegerField()
    with_others = serializers.IntegerField(help_text="in which another organisation takes part, too")


class MessageDayAnswer(serializers.Serializer[MessageDay]):
    on = serializers.DateField()
    messages = serializers.IntegerField()


class RoomAnswer(serializers.Serializer[Room]):
    message_bytes = serializers.IntegerField()
    files = serializers.IntegerField()
    file_bytes = serializers.IntegerField()


class StaleDeviceAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="device_id")
    name = serializers.CharField()
    membership_id = serializers.UUIDField()
    person = serializers.CharField()
    seen_at = InstantField()


class StaleDevicesAnswer(serializers.Serializer[Any]):
    total = serializers.IntegerField()
    devices = StaleDeviceAnswer(many=True, help_text="those unseen for longest first, at most a hundred")


class MessagingFiguresAnswer(serializers.Serializer[MessagingFigures]):
    kinds = KindAnswer(many=True)
    conversations = serializers.IntegerField()
    with_others = serializers.IntegerField()
    days = MessageDayAnswer(many=True)
    messages = serializers.IntegerField(help_text="sent by people of the organisation in these days")
    storage = RoomAnswer(source="room")
    stale = StaleDevicesAnswer()
    missed = serializers.IntegerField(help_text="urgent messages that nobody answered in time")
    counted_at = InstantField(
        allow_null=True, help_text="of days and message_bytes; null before the first count"
    )
