"""The forms of roles and rotas, as HTML needs them."""

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from identity.access import DepartmentRow
from identity.administration_forms import offer, to_id
from identity.forms import PlainForm
from identity.states import SPECIALITY_NAMES
from medicus.lib.errors import Invalid
from rota.access import Candidate, RoleFile
from rota.actions import RoleWords, Step
from rota.states import FILLED_BY_NAMES, PLANNED, RANK_NAMES, FilledBy, Rank
from rota.times import instant

MINUTES = "%Y-%m-%dT%H:%M"
STEPS = 6


class TimeInput(forms.DateTimeInput):
    """The browser's own calendar and clock; a time of day without a zone, in ISO 8601."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format=MINUTES)


class TimeField(forms.CharField):
    """A time of day in the zone of the service, as an instant; refuses one that the clock jumps over."""

    widget = TimeInput

    def prepare_value(self, value: Any) -> Any:
        return f"{timezone.localtime(value):{MINUTES}}" if isinstance(value, datetime) else value

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        try:
            return instant(datetime.strptime(text[:16], MINUTES))  # noqa: DTZ007 (the zone is the service's)
        except Invalid as error:
            raise forms.ValidationError(error.detail) from None
        except ValueError:
            raise forms.ValidationError(_("Please enter a day and a time.")) from None


class PeopleField(forms.CharField):
    """People by their e-mail addresses: as many as an organisation has, and none but those that were meant."""

    def __init__(self, *, label: Any) -> None:
        super().__init__(
            label=label,
            required=False,
            max_length=50_000,
            help_text=_("E-mail addresses, one on each line."),
            widget=forms.Textarea({"rows": 4, "spellcheck": "false", "autocapitalize": "none"}),
        )

    def clean(self, value: Any) -> list[str]:
        return list(
            dict.fromkeys(str(super().clean(value)).replace(",", " ").replace(";", " ").lower().split())
        )


class RoleForm(PlainForm):
    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        help_text=_("As colleagues call it, for example: Cardiology, physician on call."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    description = forms.CharField(
        label=_("What it answers"),
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
    )
    department = forms.TypedChoiceField(label=_("Department"), required=False, coerce=to_id, empty_value=None)
    filled_by = forms.ChoiceField(label=_("Who fills it"), choices=[*FILLED_BY_NAMES.items()])
    fillers = PeopleField(label=_("These people fill it"))
    planners = PeopleField(label=_("These people plan the rota, beside the administrators"))
    is_public = forms.BooleanField(label=_("Other verified hospitals find this role"), required=False)
    names_holder = forms.BooleanField(label=_("Their clinicians see who is on duty"), required=False)

    def __init__(
        self,
        *arguments: Any,
        departments: Sequence[DepartmentRow],
        known: Callable[[Collection[str]], Mapping[str, uuid.UUID]],
        **keywords: Any,
    ) -> None:
        super().__init__(*arguments, **keywords)
        self._known = known
        offer(self, "department", [("", _("No department")), *((each.id, each.name) for each in departments)])

    def clean_fillers(self) -> list[uuid.UUID]:
        return self._members("fillers")

    def clean_planners(self) -> list[uuid.UUID]:
        return self._members("planners")

    def _members(self, name: str) -> list[uuid.UUID]:
        """The memberships of these addresses; each that nobody here has is named."""
        emails = self.cleaned_data[name]
        known = self._known(emails)
        unknown = [email for email in emails if email not in known]
        if unknown:
            text = gettext("Nobody who works here now has this address: %(addresses)s")
            raise forms.ValidationError(text % {"addresses": ", ".join(unknown[:20])})
        return [known[email] for email in emails]

    def words(self) -> RoleWords:
        """What an action takes."""
        given = self.cleaned_data
        return RoleWords(
            name=given["name"],
            description=given["description"],
            department_id=given["department"],
            filled_by=FilledBy(given["filled_by"]),
            is_public=given["is_public"],
            names_holder=given["names_holder"],
            fillers=given["fillers"],
            planners=given["planners"],
        )


class ShiftForm(PlainForm):
    membership = forms.TypedChoiceField(label=_("Person"), coerce=to_id)
    rank = forms.TypedChoiceField(
        label=_("As"),
        coerce=lambda value: Rank(int(value)),
        choices=[(rank.value, RANK_NAMES[rank]) for rank in PLANNED],
    )
    starts_at = TimeField(label=_("From"))
    ends_at = TimeField(label=_("Until"))

    def __init__(self, *arguments: Any, people: Sequence[Candidate], **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        offer(self, "membership", [("", _("Please choose")), *_named(people)])

    def shift(self) -> dict[str, Any]:
        """What an action takes."""
        names = ("starts_at", "ends_at", "rank", "weeks")
        given = {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}
        return given | {"membership_id": self.cleaned_data["membership"]}


class PlanForm(ShiftForm):
    weeks = forms.IntegerField(
        label=_("Repeat for so many more weeks"), min_value=0, max_value=52, initial=0, required=False
    )

    def clean_weeks(self) -> int:
        return self.cleaned_data["weeks"] or 0


class TakeOverForm(PlainForm):
    until = TimeField(
        label=_("Until"), required=False, help_text=_("Empty: for the rest of the shift that runs now.")
    )
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=200, widget=forms.TextInput({"autocomplete": "off"})
    )


class CalendarForm(PlainForm):
    file = forms.FileField(
        label=_("Calendar file (.ics)"), widget=forms.FileInput({"accept": ".ics,text/calendar"})
    )
    rank = forms.TypedChoiceField(
        label=_("As"),
        coerce=lambda value: Rank(int(value)),
        choices=[(rank.value, RANK_NAMES[rank]) for rank in PLANNED],
    )


class ChainForm(PlainForm):
    """As many lines as a chain may have; an empty one asks nobody."""

    def __init__(
        self, *arguments: Any, roles: Iterable[RoleFile], people: Sequence[Candidate], **keywords: Any
    ) -> None:
        super().__init__(*arguments, **keywords)
        choices = [
            ("", _("Nobody")),
            (_("Whoever holds another role"), [(f"role:{role.id}", role.name) for role in roles]),
            (_("A person"), [(f"person:{value}", name) for value, name in _named(people)]),
        ]
        for number in range(1, STEPS + 1):
            self.fields[f"who_{number}"] = forms.ChoiceField(label=_("Who is asked"), required=False)
            offer(self, f"who_{number}", choices)
            self.fields[f"minutes_{number}"] = forms.IntegerField(
                label=_("after minutes"), required=False, min_value=1, max_value=1440
            )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for number in range(1, STEPS + 1):
            if given.get(f"who_{number}") and not given.get(f"minutes_{number}"):
                self.add_error(f"minutes_{number}", _("After how many minutes?"))
        return given

    @property
    def lines(self) -> list[tuple[int, Any, Any]]:
        """For the page: number, who, minutes."""
        return [(number, self[f"who_{number}"], self[f"minutes_{number}"]) for number in range(1, STEPS + 1)]

    def steps(self) -> list[Step]:
        """What an action takes."""
        given = self.cleaned_data
        lines = [(given[f"who_{number}"], given[f"minutes_{number}"]) for number in range(1, STEPS + 1)]
        return [_step(who, minutes) for who, minutes in lines if who]


class RoleSearchForm(forms.Form):
    """The search of the roles. What a browser could not have sent is read as nothing."""

    q = forms.CharField(
        label=_("Role"),
        required=False,
        max_length=100,
        widget=forms.TextInput({"type": "search", "autocomplete": "off"}),
    )
    speciality = forms.ChoiceField(label=_("Speciality"), required=False)
    organisation = forms.TypedChoiceField(
        label=_("Hospital"), required=False, coerce=uuid.UUID, empty_value=None
    )
    on_duty = forms.BooleanField(label=_("On duty now"), required=False)
    page = forms.IntegerField(required=False, min_value=1, max_value=100_000)

    def __init__(self, asked: Any, *, organisations: Iterable[tuple[uuid.UUID, str]]) -> None:
        super().__init__(asked)
        named = sorted(((code, str(name)) for code, name in SPECIALITY_NAMES.items()), key=itemgetter(1))
        offer(self, "speciality", [("", _("All specialities")), *named])
        offer(self, "organisation", [("", _("All hospitals")), *organisations])


def _named(people: Sequence[Candidate]) -> list[tuple[uuid.UUID, str]]:
    return [
        (each.membership_id, f"{each.name}, {each.department}" if each.department else each.name)
        for each in people
    ]


def _step(who: str, minutes: int) -> Step:
    kind, _colon, value = who.partition(":")
    if kind == "role":
        return Step(wait_minutes=minutes, role_id=uuid.UUID(value))
    return Step(wait_minutes=minutes, membership_id=uuid.UUID(value))
