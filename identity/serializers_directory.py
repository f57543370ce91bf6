"""The shapes of the directory's API."""

from typing import Any

from rest_framework import serializers

from identity.serializers import InstantField
from identity.states import ConnectionType, Language, Speciality, SubSpeciality

SPECIALITIES = [item.value for item in Speciality]
SUB_SPECIALITIES = [item.value for item in SubSpeciality]
LANGUAGES = [item.value for item in Language]
CONNECTION_TYPES = [item.value for item in ConnectionType]
OWN_SPECIALITIES = [code for code in SPECIALITIES if code != Speciality.NONE]


class CodedAnswer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()


class DirectoryQuery(serializers.Serializer[Any]):
    q = serializers.CharField(required=False, allow_blank=True, max_length=100, default="")
    speciality = serializers.ChoiceField(
        choices=SPECIALITIES,
        required=False,
        allow_blank=True,
        default="",
        help_text="a field stands for its branches, too",
    )
    sub_speciality = serializers.ChoiceField(
        choices=SUB_SPECIALITIES, required=False, allow_blank=True, default=""
    )
    language = serializers.ChoiceField(
        choices=LANGUAGES, required=False, allow_blank=True, default="", help_text="BCP 47"
    )
    organisation = serializers.UUIDField(required=False, default=None)
    hospital = serializers.CharField(
        required=False, allow_blank=True, max_length=100, default="", help_text="of its name or city"
    )
    on_duty = serializers.BooleanField(required=False, default=False)
    page = serializers.IntegerField(required=False, min_value=1, max_value=100_000, default=1)


class DirectoryOrganisation(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="organisation_id")
    name = serializers.CharField(source="organisation_name")
    city = serializers.CharField()
    verified_at = InstantField(allow_null=True)
    verified_by = serializers.CharField(source="verification.source", help_text="by whom and in which way")


class DirectoryEntryAnswer(serializers.Serializer[Any]):
    membership_id = serializers.UUIDField()
    person_id = serializers.UUIDField()
    name = serializers.CharField()
    function = serializers.CharField()
    speciality = serializers.CharField()
    speciality_code = serializers.CharField()
    sub_specialities = CodedAnswer(many=True)
    stated_at = InstantField(
        allow_null=True, help_text="when the organisation last stated what the person is trained in"
    )
    stated_by_import = serializers.BooleanField(
        help_text="by a list of people or an identity management, not by an administrator"
    )
    languages = CodedAnswer(many=True, help_text="BCP 47")
    languages_stated_by = serializers.CharField(
        help_text="the hospital that has stated the languages; empty: the person has"
    )
    languages_stated_at = InstantField(allow_null=True)
    department = serializers.CharField()
    organisation = DirectoryOrganisation(source="*")
    reachable = serializers.BooleanField(help_text="has a device for encrypted conversations")
    duties = serializers.ListField(child=serializers.CharField(), help_text="names of the roles held now")


class DirectoryAnswer(serializers.Serializer[Any]):
    results = DirectoryEntryAnswer(many=True)
    total = serializers.IntegerField()
    page = serializers.IntegerField()
    pages = serializers.IntegerField()


class SpecialityAnswer(CodedAnswer):
    branches = serializers.ListField(
        child=serializers.CharField(), help_text="codes of the specialities that it stands for, too"
    )


class SubSpecialityAnswer(CodedAnswer):
    within = serializers.ListField(
        child=serializers.CharField(),
        help_text="codes of the specialities in which it is usual; none: in many",
    )


class ValueSetsAnswer(serializers.Serializer[Any]):
    specialities = SpecialityAnswer(many=True)
    sub_specialities = SubSpecialityAnswer(many=True)
    languages = CodedAnswer(many=True)


class OwnLanguages(serializers.Serializer[Any]):
    languages = serializers.ListField(
        child=serializers.ChoiceField(choices=LANGUAGES), max_length=50, help_text="BCP 47"
    )


class Statement(serializers.Serializer[Any]):
    speciality = serializers.ChoiceField(
        choices=OWN_SPECIALITIES, allow_blank=True, help_text="empty: that of the department"
    )
    sub_specialities = serializers.ListField(
        child=serializers.ChoiceField(choices=SUB_SPECIALITIES), max_length=50
    )
    telematik_id = serializers.CharField(allow_blank=True, max_length=128)


class StatementAnswer(Statement):
    stated_at = InstantField(allow_null=True)
    stated_by_import = serializers.BooleanField()


class OrganisationStatement(serializers.Serializer[Any]):
    telematik_id = serializers.CharField(allow_blank=True, max_length=128)


class EndpointRequest(serializers.Serializer[Any]):
    connection_type = serializers.ChoiceField(choices=CONNECTION_TYPES)
    address = serializers.CharField(max_length=300)
    name = serializers.CharField(max_length=100, required=False, allow_blank=True, default="")


class EndpointAnswer(EndpointRequest):
    id = serializers.UUIDField()


class OrganisationStatementAnswer(OrganisationStatement):
    endpoints = EndpointAnswer(many=True)


class FhirPageQuery(serializers.Serializer[Any]):
    count = serializers.IntegerField(
        required=False, min_value=1, max_value=100, default=25, help_text="sent as `_count`"
    )
    page = serializers.IntegerField(required=False, min_value=1, max_value=100_000, default=1)
