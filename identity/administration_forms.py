"""The forms of an organisation's administration, as HTML needs them."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from identity.access import DepartmentRow, PolicyCard, StaffEntry, Wanted
from identity.access.offboarding import Deputy
from identity.days import begin_of, end_of
from identity.forms import DayInput, PlainForm
from identity.policies import BOUNDS, CHOICES, PolicyName
from identity.states import (
    FILTER_NAMES,
    FUNCTION_NAMES,
    OFFBOARDING_REASONS,
    SPECIALITY_NAMES,
    STAFF,
    Function,
    OffboardingReason,
    Speciality,
)
from medicus.lib.clock import now

BY_HAND = (OffboardingReason.LEFT, OffboardingReason.MISUSE, OffboardingReason.LOST)


def to_id(value: object) -> uuid.UUID:
    """Read an id: a text from the browser, or an initial value."""
    return uuid.UUID(str(value))


class StaffFilterForm(forms.Form):
    """The search of the people page. What a browser could not have sent is read as nothing."""

    q = forms.CharField(
        label=_("Name or e-mail address"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    function = forms.ChoiceField(label=_("Function"), required=False)
    department = forms.TypedChoiceField(label=_("Department"), required=False, coerce=to_id, empty_value=None)
    only = forms.ChoiceField(label=_("Show"), required=False)
    page = forms.IntegerField(required=False, min_value=1, max_value=100_000)

    def __init__(self, asked: Any, *, departments: Sequence[DepartmentRow]) -> None:
        super().__init__(asked)
        offer(self, "function", [("", _("All functions")), *_functions()])
        offer(
            self, "department", [("", _("All departments")), *((each.id, each.name) for each in departments)]
        )
        offer(self, "only", [("", _("Everybody")), *FILTER_NAMES.items()])

    def wanted(self) -> Wanted:
        """What is looked for; a field that cannot be read is left out."""
        self.is_valid()
        asked = self.cleaned_data
        return Wanted(
            query=asked.get("q") or "",
            function=asked.get("function") or "",
            department_id=asked.get("department"),
            only=asked.get("only") or "",
        )

    @property
    def wanted_page(self) -> int:
        return self.cleaned_data.get("page") or 1


class PlaceForm(PlainForm):
    """A place in the organisation: what somebody does where, and from when until when."""

    function = forms.ChoiceField(label=_("Function"))
    department = forms.TypedChoiceField(label=_("Department"), required=False, coerce=to_id, empty_value=None)
    valid_from = forms.DateField(
        label=_("Valid from"), required=False, widget=DayInput(), input_formats=["%Y-%m-%d"]
    )
    valid_until = forms.DateField(
        label=_("Valid until"),
        required=False,
        widget=DayInput(),
        input_formats=["%Y-%m-%d"],
        help_text=_("The last day of access. Empty: without an end."),
    )
    is_admin = forms.BooleanField(label=_("Administrator of the organisation"), required=False)

    def __init__(self, *arguments: Any, departments: Sequence[DepartmentRow], **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        current = self.initial.get("department")
        shown = [each for each in departments if each.closed_at is None or each.id == current]
        offer(self, "function", [("", _("Please choose")), *_functions()])
        offer(self, "department", [("", _("No department")), *((each.id, each.name) for each in shown)])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        begins, ends = given.get("valid_from"), given.get("valid_until")
        if begins and ends and ends < begins:
            self.add_error("valid_until", _("This lies before the first day."))
        return given

    def place(self, *, begins: datetime | None = None) -> dict[str, Any]:
        """What an action takes. begins: kept as it is where the day has not been changed."""
        given = self.cleaned_data
        kept = begins if "valid_from" not in self.changed_data else None
        return {
            "function": Function(given["function"]),
            "department_id": given["department"],
            "is_admin": given["is_admin"],
            "valid_from": kept or (begin_of(given["valid_from"]) if given["valid_from"] else now()),
            "valid_until": end_of(given["valid_until"]) if given["valid_until"] else None,
        }


class InviteForm(PlaceForm):
    """A new person. The link that is made is shown once."""

    email = forms.EmailField(label=_("E-mail address"), widget=forms.EmailInput({"autocomplete": "off"}))
    title = forms.CharField(
        label=_("Title"), required=False, max_length=50, widget=forms.TextInput({"autocomplete": "off"})
    )
    given_name = forms.CharField(
        label=_("Given name"), max_length=100, widget=forms.TextInput({"autocomplete": "off"})
    )
    family_name = forms.CharField(
        label=_("Family name"), max_length=100, widget=forms.TextInput({"autocomplete": "off"})
    )
    field_order = ("email", "title", "given_name", "family_name")

    def person(self) -> dict[str, Any]:
        """What an action takes."""
        return {name: self.cleaned_data[name] for name in self.field_order}


class OffboardForm(PlainForm):
    """Who stands in, and why somebody is offboarded by hand."""

    deputy_id = forms.TypedChoiceField(
        label=_("Deputy"),
        required=False,
        coerce=to_id,
        empty_value=None,
        help_text=_("Named to everybody who had a conversation with this person."),
    )
    reason = forms.ChoiceField(label=_("Reason"), choices=[])

    def __init__(self, *arguments: Any, deputies: Sequence[Deputy], **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        offer(self, "reason", [(reason.value, OFFBOARDING_REASONS[reason]) for reason in BY_HAND])
        shown = [
            (each.membership_id, ", ".join(filter(None, (each.name, each.department)))) for each in deputies
        ]
        offer(self, "deputy_id", [("", _("Nobody")), *shown])


class ImportForm(PlainForm):
    file = forms.FileField(label=_("CSV file"), widget=forms.FileInput({"accept": ".csv,text/csv"}))


class DepartmentForm(PlainForm):
    name = forms.CharField(label=_("Name"), max_length=200, widget=forms.TextInput({"autocomplete": "off"}))
    speciality = forms.ChoiceField(label=_("Speciality"))

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        named = sorted(((code, str(name)) for code, name in SPECIALITY_NAMES.items()), key=itemgetter(1))
        offer(self, "speciality", [(Speciality.NONE.value, _("None")), *named])


class RefuseDeviceForm(PlainForm):
    """Why a new device is refused. approval_id: several of these stand on one page."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The person reads it."),
        max_length=500,
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def __init__(self, data: Any = None, *, approval_id: uuid.UUID) -> None:
        super().__init__(data, auto_id=f"{approval_id}-%s")


class PolicyForm(PlainForm):
    """One policy, as its kind needs it: a choice, a number, or lines."""

    def __init__(self, data: Any = None, *, policy: PolicyCard) -> None:
        super().__init__(data, initial={policy.name: _shown(policy)}, auto_id=f"{policy.name}-%s")
        self.fields[policy.name] = _policy_field(policy)


def _shown(policy: PolicyCard) -> Any:
    return "\n".join(policy.value) if policy.name is PolicyName.NETWORKS else policy.value


def _policy_field(policy: PolicyCard) -> forms.Field:
    if policy.name in CHOICES:
        return forms.ChoiceField(label=policy.title, choices=list(CHOICES[policy.name].items()))
    if policy.name in BOUNDS:
        least, most = BOUNDS[policy.name]
        return forms.CharField(
            label=policy.title,
            max_length=5,
            help_text=_("From %(least)s to %(most)s.") % {"least": least, "most": most},
            widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
        )
    return forms.CharField(
        label=policy.title,
        required=False,
        max_length=3000,
        help_text=_("One network in each line, like 192.0.2.0/24 or 2001:db8::/48. Empty: everywhere."),
        widget=forms.Textarea({"rows": 3, "spellcheck": "false"}),
    )


def place_of(entry: StaffEntry) -> dict[str, Any]:
    """The initial values of `PlaceForm`."""
    return {
        "function": entry.function,
        "department": entry.department_id,
        "is_admin": entry.is_admin,
        "valid_from": entry.from_day,
        "valid_until": entry.until_day,
    }


def offer(form: forms.Form, name: str, choices: Sequence[tuple[Any, Any]]) -> None:
    """Let a field be one of these."""
    cast("forms.ChoiceField", form.fields[name]).choices = choices


def _functions() -> list[tuple[str, Any]]:
    return [(code, name) for code, name in FUNCTION_NAMES.items() if code in STAFF]
