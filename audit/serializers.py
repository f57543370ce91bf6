"""The shapes of the log's API."""

from datetime import UTC
from typing import Any

from rest_framework import serializers

from audit.states import Trouble


class SomeoneAnswer(serializers.Serializer[Any]):
    """`id` null: the person was erased from the log."""

    id = serializers.UUIDField(allow_null=True)
    name = serializers.CharField()


class ActingKeyAnswer(serializers.Serializer[Any]):
    """The API key with which a hospital's system acted."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class EventAnswer(serializers.Serializer[Any]):
    event_id = serializers.UUIDField()
    at = serializers.DateTimeField(default_timezone=UTC)
    event = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # the field's name, not its label
    actor = SomeoneAnswer(allow_null=True)
    api_key = ActingKeyAnswer(allow_null=True)
    roles = serializers.ListField(child=serializers.CharField())
    from_elsewhere = serializers.BooleanField()
    subject = serializers.CharField()
    subject_kind = serializers.CharField()
    subject_person = SomeoneAnswer(allow_null=True)
    patient = SomeoneAnswer(allow_null=True)
    purpose = serializers.CharField()
    details = serializers.DictField()
    index = serializers.IntegerField(allow_null=True)


class WitnessAnswer(serializers.Serializer[Any]):
    """`size` and `at`: what it cosigned last; `trouble`: what keeps it from more, empty when nothing does."""

    name = serializers.CharField()
    size = serializers.IntegerField(allow_null=True)
    at = serializers.DateTimeField(allow_null=True, default_timezone=UTC)
    trouble = serializers.ChoiceField(choices=[trouble.value for trouble in Trouble])


class SealAnswer(serializers.Serializer[Any]):
    size = serializers.IntegerField(allow_null=True)
    at = serializers.DateTimeField(allow_null=True, default_timezone=UTC)
    root = serializers.CharField()  # type: ignore[assignment]  # of the tree, not of the serializer
    note = serializers.CharField()
    stalled = serializers.BooleanField()
    witnesses = WitnessAnswer(many=True)


class EventsAnswer(serializers.Serializer[Any]):
    """`older`: the `before` of the next page, or null."""

    events = EventAnswer(many=True, source="rows")
    older = serializers.UUIDField(allow_null=True)
    seal = SealAnswer()


class AccessAnswer(serializers.Serializer[Any]):
    """`who` null: the service itself. `role`, `why`: in words, empty where none was recorded."""

    event_id = serializers.UUIDField(source="row.event_id")
    at = serializers.DateTimeField(source="row.at", default_timezone=UTC)
    who = SomeoneAnswer(source="row.actor", allow_null=True)
    role = serializers.CharField()
    hospital = serializers.CharField()
    event = serializers.CharField(source="row.event")
    what = serializers.CharField(source="row.label")
    why = serializers.CharField()


class AccessLogAnswer(serializers.Serializer[Any]):
    """`older`: the `before` of the next page, or null."""

    patient_id = serializers.UUIDField()
    accesses = AccessAnswer(many=True)
    older = serializers.UUIDField(allow_null=True)


class OwnAccessAnswer(serializers.Serializer[Any]):
    """`role`, `why`: in words, empty where none was recorded. `hospital`: of who acted; `record`: that keeps the
    record. `detail`: with whom something was shared."""

    event_id = serializers.UUIDField()
    at = serializers.DateTimeField(default_timezone=UTC)
    who = serializers.CharField()
    is_you = serializers.BooleanField()
    role = serializers.CharField()
    hospital = serializers.CharField()
    record = serializers.CharField()
    event = serializers.CharField()
    what = serializers.CharField()
    detail = serializers.CharField()
    why = serializers.CharField()


class OwnAccessLogAnswer(serializers.Serializer[Any]):
    """`newest`: of all there is; `older`: the `before` of the next page, or null."""

    accesses = OwnAccessAnswer(many=True)
    newest = serializers.UUIDField(allow_null=True)
    older = serializers.UUIDField(allow_null=True)


class NewAccessesQuery(serializers.Serializer[Any]):
    after = serializers.UUIDField()


class NewAccessesAnswer(serializers.Serializer[Any]):
    count = serializers.IntegerField()


class PeriodQuery(serializers.Serializer[Any]):
    """Checked by the forms in `audit.forms`, which the pages use as well."""

    since = serializers.DateField(required=False)
    until = serializers.DateField(required=False)
    before = serializers.UUIDField(required=False)


class OwnLogQuery(PeriodQuery):
    hospital = serializers.UUIDField(required=False)


class EventsQuery(PeriodQuery):
    event = serializers.CharField(required=False)
    person = serializers.UUIDField(required=False)
