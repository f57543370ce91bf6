"""The shapes of the administration's API."""

from typing import Any

from rest_framework import serializers

from identity.serializers import InstantField
from identity.states import STAFF, MembershipState, Speciality, StaffFilter

FUNCTIONS = sorted(STAFF)
SPECIALITIES = [item.value for item in Speciality]
STATES = [item.value for item in MembershipState]


class StaffWanted(serializers.Serializer[Any]):
    q = serializers.CharField(required=False, allow_blank=True, max_length=100, default="")
    function = serializers.ChoiceField(choices=FUNCTIONS, required=False, allow_blank=True, default="")
    department = serializers.UUIDField(required=False, default=None)
    only = serializers.ChoiceField(
        choices=[item.value for item in StaffFilter], required=False, allow_blank=True, default=""
    )


class StaffQuery(StaffWanted):
    page = serializers.IntegerField(required=False, min_value=1, max_value=100_000, default=1)


class StaffAnswer(serializers.Serializer[Any]):
    membership_id = serializers.UUIDField()
    person_id = serializers.UUIDField()
    name = serializers.CharField()
    email = serializers.EmailField()
    function = serializers.ChoiceField(choices=FUNCTIONS)
    department_id = serializers.UUIDField(allow_null=True)
    department = serializers.CharField()
    is_admin = serializers.BooleanField()
    from_day = serializers.DateField()
    until_day = serializers.DateField(allow_null=True, help_text="the last day; null: without an end")
    state = serializers.ChoiceField(choices=STATES)
    has_second_factor = serializers.BooleanField()
    last_sign_in_at = InstantField(allow_null=True)


class StaffListAnswer(serializers.Serializer[Any]):
    results = StaffAnswer(many=True)
    total = serializers.IntegerField()
    page = serializers.IntegerField()
    pages = serializers.IntegerField()


class PlaceRequest(serializers.Serializer[Any]):
    function = serializers.ChoiceField(choices=FUNCTIONS)
    department_id = serializers.UUIDField(allow_null=True)
    is_admin = serializers.BooleanField()
    valid_from = InstantField()
    valid_until = InstantField(allow_null=True, help_text="the first instant without access")


class InviteRequest(serializers.Serializer[Any]):
    email = serializers.EmailField()
    title = serializers.CharField(max_length=50, required=False, allow_blank=True, default="")
    given_name = serializers.CharField(max_length=100)
    family_name = serializers.CharField(max_length=100)
    function = serializers.ChoiceField(choices=FUNCTIONS)
    department_id = serializers.UUIDField(allow_null=True, required=False, default=None)
    is_admin = serializers.BooleanField(required=False, default=False)
    valid_from = InstantField(allow_null=True, required=False, default=None)
    valid_until = InstantField(allow_null=True, required=False, default=None)


class LinkAnswer(serializers.Serializer[Any]):
    membership_id = serializers.UUIDField()
    link = serializers.CharField(help_text="works once; nobody can read it again")
    expires_at = InstantField()


class DepartmentRequest(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=200)
    speciality = serializers.ChoiceField(choices=SPECIALITIES, default=Speciality.NONE.value)


class DepartmentAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    speciality = serializers.CharField()
    closed_at = InstantField(allow_null=True)


class DepartmentRowAnswer(DepartmentAnswer):
    members = serializers.IntegerField(help_text="whose membership has not ended")


class DepartmentListAnswer(serializers.Serializer[Any]):
    departments = DepartmentRowAnswer(many=True)
