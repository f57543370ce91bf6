"""The shapes of the API of roles and rotas."""

from typing import Any

from rest_framework import serializers

from identity.serializers import InstantField
from identity.states import Speciality
from rota.states import Act, FilledBy, ImportState, Rank

FILLED_BY = [item.value for item in FilledBy]
RANKS = "0: taken over, 1: on duty, 2: substitute"


class RoleRequest(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=120)
    description = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    department_id = serializers.UUIDField(required=False, allow_null=True, default=None)
    filled_by = serializers.ChoiceField(choices=FILLED_BY)
    is_public = serializers.BooleanField(required=False, default=False)
    names_holder = serializers.BooleanField(required=False, default=False)
    fillers = serializers.ListField(
        child=serializers.UUIDField(), required=False, default=list, max_length=500
    )
    planners = serializers.ListField(
        child=serializers.UUIDField(), required=False, default=list, max_length=500
    )


class RoleFileAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    description = serializers.CharField()
    department_id = serializers.UUIDField(allow_null=True)
    filled_by = serializers.ChoiceField(choices=FILLED_BY)
    is_public = serializers.BooleanField()
    names_holder = serializers.BooleanField()
    closed_at = InstantField(allow_null=True)
    fillers = serializers.ListField(child=serializers.UUIDField(), help_text="memberships")
    planners = serializers.ListField(child=serializers.UUIDField(), help_text="memberships")


class RoleFileListAnswer(serializers.Serializer[Any]):
    roles = RoleFileAnswer(many=True)


class StepRequest(serializers.Serializer[Any]):
    wait_minutes = serializers.IntegerField(min_value=1, max_value=1440, help_text="after the step before")
    role_id = serializers.UUIDField(required=False, allow_null=True, default=None)
    membership_id = serializers.UUIDField(required=False, allow_null=True, default=None)


class ChainRequest(serializers.Serializer[Any]):
    steps = StepRequest(many=True)


class ChainLinkAnswer(serializers.Serializer[Any]):
    after_minutes = serializers.IntegerField(help_text="after the first was asked")
    role_id = serializers.UUIDField(allow_null=True)
    role_name = serializers.CharField()
    membership_id = serializers.UUIDField(allow_null=True)
    name = serializers.CharField(help_text="empty while nobody can be asked")


class ChainAnswer(serializers.Serializer[Any]):
    chain = ChainLinkAnswer(many=True)


class HeldAnswer(serializers.Serializer[Any]):
    membership_id = serializers.UUIDField()
    person_id = serializers.UUIDField()
    name = serializers.CharField()
    rank = serializers.IntegerField(help_text=RANKS)
    since = InstantField()
    until = InstantField()


class FoundRoleAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="role_id")
    name = serializers.CharField()
    description = serializers.CharField()
    department = serializers.CharField()
    speciality = serializers.CharField()
    organisation_id = serializers.UUIDField()
    organisation_name = serializers.CharField()
    told = serializers.BooleanField(help_text="whether you may know who is on duty")
    held = HeldAnswer(allow_null=True)


class FoundRolesAnswer(serializers.Serializer[Any]):
    results = FoundRoleAnswer(many=True)
    total = serializers.IntegerField()
    page = serializers.IntegerField()
    pages = serializers.IntegerField()


class RoleQuery(serializers.Serializer[Any]):
    q = serializers.CharField(required=False, allow_blank=True, max_length=100, default="")
    speciality = serializers.ChoiceField(
        choices=[item.value for item in Speciality], required=False, allow_blank=True, default=""
    )
    organisation = serializers.UUIDField(required=False, default=None)
    on_duty = serializers.BooleanField(required=False, default=False)
    page = serializers.IntegerField(required=False, min_value=1, max_value=100_000, default=1)


class RoleAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="role.id")
    name = serializers.CharField(source="role.name")
    description = serializers.CharField(source="role.description")
    organisation_id = serializers.UUIDField(source="role.organisation_id")
    organisation_name = serializers.CharField()
    now = HeldAnswer(source="holder.now", allow_null=True, default=None)
    next = HeldAnswer(source="holder.next", allow_null=True, default=None)
    chain = ChainLinkAnswer(many=True)


class ShiftQuery(serializers.Serializer[Any]):
    since = InstantField()
    until = InstantField()


class ChangeShiftRequest(serializers.Serializer[Any]):
    membership_id = serializers.UUIDField()
    starts_at = InstantField()
    ends_at = InstantField()
    rank = serializers.ChoiceField(
        choices=[Rank.HOLDER.value, Rank.SUBSTITUTE.value], required=False, default=Rank.HOLDER.value
    )


class PlanShiftRequest(ChangeShiftRequest):
    weeks = serializers.IntegerField(min_value=0, max_value=52, required=False, default=0)


class ShiftAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    membership_id = serializers.UUIDField()
    starts_at = InstantField()
    ends_at = InstantField()
    rank = serializers.IntegerField(help_text=RANKS)


class TurnAnswer(ShiftAnswer):
    id = serializers.UUIDField(source="shift_id")
    name = serializers.CharField()


class ShiftListAnswer(serializers.Serializer[Any]):
    shifts = ShiftAnswer(many=True)


class TurnListAnswer(serializers.Serializer[Any]):
    shifts = TurnAnswer(many=True)


class ChangeAnswer(serializers.Serializer[Any]):
    at = InstantField()
    act = serializers.ChoiceField(choices=[item.value for item in Act])
    by_name = serializers.CharField(help_text="who changed it; empty: the service itself")
    whose = serializers.CharField(help_text="whose shift it was then")
    rank = serializers.IntegerField(help_text=RANKS)
    starts_at = InstantField()
    ends_at = InstantField()
    reason = serializers.CharField()
    event_id = serializers.UUIDField(help_text="of the audit log")


class HistoryAnswer(serializers.Serializer[Any]):
    history = ChangeAnswer(many=True)


class TakeOverRequest(serializers.Serializer[Any]):
    until = InstantField(required=False, allow_null=True, default=None)
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")


class OnDutyQuery(serializers.Serializer[Any]):
    deadline_minutes = serializers.IntegerField(required=False, min_value=5, max_value=240, default=15)


class OnDutyNowAnswer(serializers.Serializer[Any]):
    person_id = serializers.UUIDField()
    membership_id = serializers.UUIDField()
    name = serializers.CharField()
    until = InstantField()
    reachable = serializers.BooleanField(help_text="has a device that encrypted messages reach")


class RungAnswer(serializers.Serializer[Any]):
    step = serializers.IntegerField()
    after_minutes = serializers.IntegerField(help_text="after the first was asked")
    role_id = serializers.UUIDField(allow_null=True)
    role_name = serializers.CharField(help_text="empty where a person is asked by name")
    person_id = serializers.UUIDField(allow_null=True)
    membership_id = serializers.UUIDField(allow_null=True)
    name = serializers.CharField()
    gap = serializers.BooleanField(help_text="nobody can be asked here now, or nobody who has a device")


class AlternativeAnswer(serializers.Serializer[Any]):
    role_id = serializers.UUIDField()
    name = serializers.CharField()
    organisation_id = serializers.UUIDField()
    organisation_name = serializers.CharField()
    person_id = serializers.UUIDField()
    holder = serializers.CharField()
    same_speciality = serializers.BooleanField()


class OnDutyAnswer(serializers.Serializer[Any]):
    role_id = serializers.UUIDField(source="role.id")
    name = serializers.CharField(source="role.name")
    organisation_id = serializers.UUIDField(source="role.organisation_id")
    organisation_name = serializers.CharField(source="role.organisation.name")
    told = serializers.BooleanField(help_text="whether you may know who is on duty")
    on_duty = OnDutyNowAnswer(source="held", allow_null=True)
    next_at = InstantField(allow_null=True, help_text="when the next person begins")
    chain = RungAnswer(many=True)
    alternatives = AlternativeAnswer(many=True, help_text="while nobody is on duty")


class CalendarRequest(serializers.Serializer[Any]):
    calendar = serializers.CharField(trim_whitespace=False, help_text="the text of an iCalendar file")
    rank = serializers.ChoiceField(
        choices=[Rank.HOLDER.value, Rank.SUBSTITUTE.value], required=False, default=Rank.HOLDER.value
    )


class ImportedShiftAnswer(serializers.Serializer[Any]):
    name = serializers.CharField()
    starts_at = InstantField()
    ends_at = InstantField()


class RefusedEventAnswer(serializers.Serializer[Any]):
    number = serializers.IntegerField(help_text="of the event in the file, from one")
    summary = serializers.CharField()
    begins = serializers.CharField(help_text="as the file says it")
    reason = serializers.CharField(help_text="for people, in the language of who had it read")


class RotaImportAnswer(serializers.Serializer[Any]):
    """shifts: what would be planned. faults: events that are no shifts. Both are there until it is started."""

    id = serializers.UUIDField(source="found.id")
    role_id = serializers.UUIDField(source="found.role_id")
    state = serializers.ChoiceField(choices=[item.value for item in ImportState], source="found.state")
    rank = serializers.IntegerField(source="found.rank", help_text=RANKS)
    planned = serializers.IntegerField(source="found.planned")
    created_at = InstantField(source="found.created_at")
    finished_at = InstantField(source="found.finished_at", allow_null=True)
    shifts = ImportedShiftAnswer(source="rows", many=True)
    faults = RefusedEventAnswer(many=True)
