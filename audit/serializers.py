"""The shapes of the log's API."""

from datetime import UTC
from typing import Any

from rest_framework import serializers


class SomeoneAnswer(serializers.Serializer[Any]):
    """`id` null: the person was erased from the log."""

    id = serializers.UUIDField(allow_null=True)
    name = serializers.CharField()


class EventAnswer(serializers.Serializer[Any]):
    event_id = serializers.UUIDField()
    at = serializers.DateTimeField(default_timezone=UTC)
    event = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # the field's name, not its label
    actor = SomeoneAnswer(allow_null=True)
    roles = serializers.ListField(child=serializers.CharField())
    from_elsewhere = serializers.BooleanField()
    subject = serializers.CharField()
    subject_kind = serializers.CharField()
    subject_person = SomeoneAnswer(allow_null=True)
    patient = SomeoneAnswer(allow_null=True)
    purpose = serializers.CharField()
    details = serializers.DictField()
    index = serializers.IntegerField(allow_null=True)


class SealAnswer(serializers.Serializer[Any]):
    size = serializers.IntegerField(allow_null=True)
    at = serializers.DateTimeField(allow_null=True, default_timezone=UTC)
    root = serializers.CharField()  # type: ignore[assignment]  # of the tree, not of the serializer
    note = serializers.CharField()
    stalled = serializers.BooleanField()


class EventsAnswer(serializers.Serializer[Any]):
    """`older`: the `before` of the next page, or null."""

    events = EventAnswer(many=True, source="rows")
    older = serializers.UUIDField(allow_null=True)
    seal = SealAnswer()


class EventsQuery(serializers.Serializer[Any]):
    """Checked by `audit.forms.FilterForm`, which the page uses as well."""

    event = serializers.CharField(required=False)
    person = serializers.UUIDField(required=False)
    since = serializers.DateField(required=False)
    until = serializers.DateField(required=False)
    before = serializers.UUIDField(required=False)
