"""The shapes of the API of a person's own key events."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from audit.exports import Row, openings
from identity.serializers import Base64Field
from identity.states import KeyDoubt


class KeyEventsQuery(serializers.Serializer[Any]):
    since_size = serializers.IntegerField(
        required=False, min_value=0, max_value=2**53 - 1, default=0, help_text="of the tree head seen last"
    )


class OpeningAnswer(serializers.Serializer[Any]):
    person_id = serializers.UUIDField()
    salt = serializers.CharField(help_text="base64")


class KeyEventAnswer(serializers.Serializer[Any]):
    canonical = Base64Field(help_text="the event as RFC 8785 JSON: the leaf")
    index = serializers.IntegerField(help_text="of the leaf in the tree")
    proof = serializers.ListField(child=Base64Field(), help_text="RFC 9162 section 2.1.3, from the leaf up")
    people = serializers.SerializerMethodField(help_text="by part, what opens the event's commitments")

    @extend_schema_field(serializers.DictField(child=OpeningAnswer()))
    def get_people(self, row: Row) -> dict[str, dict[str, str]]:
        return openings(row)


class KeyEventsAnswer(serializers.Serializer[Any]):
    checkpoint = serializers.CharField(help_text="C2SP tlog-checkpoint; empty while nothing is sealed")
    public_key = serializers.CharField(help_text="of the log, as a C2SP vkey")
    consistency = serializers.ListField(
        child=Base64Field(), help_text="RFC 9162 section 2.1.4, from `since_size` to the checkpoint"
    )
    events = KeyEventAnswer(many=True, source="rows")


class DoubtRequest(serializers.Serializer[Any]):
    doubt = serializers.ChoiceField(choices=[one.value for one in KeyDoubt])
