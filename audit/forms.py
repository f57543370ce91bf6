"""What the page and the API take to look for events."""

from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.access import OwnWanted, Period, Someone, Wanted
from audit.events import Event
from audit.labels import LABELS
from medicus.lib.errors import Invalid


class PeriodForm(forms.Form):
    """A period of whole days, both included, in the time zone of the service."""

    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )
    until = forms.DateField(
        label=_("To"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )

    def period(self) -> tuple[datetime | None, datetime | None]:
        """The first instant, and the first one after.

        Raises:
            Invalid: a field cannot be read.
        """
        self.require_valid()
        return _midnight(self.cleaned_data["since"], 0), _midnight(self.cleaned_data["until"], 1)

    def require_valid(self) -> None:
        if not self.is_valid():
            raise Invalid(errors={name: " ".join(map(str, errors)) for name, errors in self.errors.items()})


class AccessLogForm(PeriodForm):
    before = forms.UUIDField(required=False, widget=forms.HiddenInput())

    def wanted(self) -> Period:
        """The period to show.

        Raises:
            Invalid: a field cannot be read.
        """
        since, until = self.period()
        return Period(since, until, self.cleaned_data["before"])


class OwnLogForm(PeriodForm):
    """What a patient filters their own log by."""

    hospital = forms.UUIDField(label=_("Hospital"), required=False, widget=forms.Select())
    before = forms.UUIDField(required=False, widget=forms.HiddenInput())
    field_order = ("hospital", "since", "until", "before")

    def offer(self, hospitals: Mapping[str, str]) -> None:
        """Let the hospital be chosen among those that keep a record of the patient."""
        choices = [("", _("All hospitals")), *sorted(hospitals.items(), key=lambda one: one[1])]
        cast("forms.Select", self.fields["hospital"].widget).choices = choices

    def wanted(self) -> OwnWanted:
        """What to show.

        Raises:
            Invalid: a field cannot be read.
        """
        since, until = self.period()
        return OwnWanted(since, until, self.cleaned_data["hospital"], self.cleaned_data["before"])


class PatientNumberForm(forms.Form):
    number = forms.CharField(
        label=_("Patient number"),
        help_text=_("The number under which your hospital keeps this patient's record."),
        max_length=100,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )


class ExportForm(PeriodForm):
    form = forms.ChoiceField(choices=[("proofs", ""), ("fhir", "")], required=False)

    def as_fhir(self) -> bool:
        return bool(self.cleaned_data["form"] == "fhir")


class FilterForm(PeriodForm):
    event = forms.ChoiceField(label=_("Event"), required=False)
    person = forms.UUIDField(label=_("Person"), required=False, widget=forms.Select())
    before = forms.UUIDField(required=False, widget=forms.HiddenInput())
    field_order = ("event", "person", "since", "until", "before")

    def __init__(self, asked: Any) -> None:
        super().__init__(asked)
        kinds = sorted(
            ((event.value, str(label)) for event, label in LABELS.items()), key=lambda kind: kind[1]
        )
        cast("forms.ChoiceField", self.fields["event"]).choices = [("", _("All events")), *kinds]
        self.offer([])

    def offer(self, people: Iterable[Someone]) -> None:
        """Let the person be chosen among `people`."""
        choices = [("", _("Everybody")), *((str(person.id), person.name) for person in people)]
        cast("forms.Select", self.fields["person"].widget).choices = choices

    def wanted(self) -> Wanted:
        """What is looked for.

        Raises:
            Invalid: a field cannot be read.
        """
        since, until = self.period()
        given = self.cleaned_data
        event = Event(given["event"]) if given["event"] else ""
        return Wanted(event, given["person"], since, until, given["before"])


def _midnight(day: Any, days_later: int) -> datetime | None:
    return day and timezone.make_aware(datetime.combine(day + timedelta(days=days_later), time.min))
