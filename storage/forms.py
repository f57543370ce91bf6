"""The forms of patients and shares, as HTML needs them. What the input must fulfil stands in the actions."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from identity.access import DirectoryEntry
from identity.forms import PlainForm
from storage.access import Sought
from storage.states import ReviewState
from storage.wording import EMERGENCY_REASONS, PURPOSES, REVIEW_STATES

USUAL_SHARE, LONGEST_SHARE = timedelta(days=30), timedelta(days=365)


class DayInput(forms.DateInput):
    """The browser's own calendar; it speaks ISO 8601 in every language."""

    input_type = "date"

    def __init__(self, **attributes: str) -> None:
        super().__init__(attributes, format="%Y-%m-%d")


class PatientForm(PlainForm):
    family_name = forms.CharField(label=_("Family name"))
    given_name = forms.CharField(label=_("Given name"))
    born_on = forms.DateField(label=_("Date of birth"), widget=DayInput(), input_formats=["%Y-%m-%d"])
    identifier = forms.CharField(
        label=_("Patient number"), help_text=_("As in your hospital's own system; each only once.")
    )

    def __init__(self, *args: Any, **keywords: Any) -> None:
        super().__init__(*args, **keywords)
        for field in self.fields.values():
            field.widget.attrs |= {"autocomplete": "off", "spellcheck": "false"}
        self.fields["born_on"].widget.attrs["max"] = timezone.localdate().isoformat()


class ShareForm(PlainForm):
    """day: the last day of the share."""

    membership_id = forms.ChoiceField(
        label=_("Colleague"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose a colleague.")},
    )
    purpose = forms.ChoiceField(label=_("Purpose"), choices=[("", _("Please choose")), *PURPOSES.items()])
    day = forms.DateField(label=_("Shared until"), widget=DayInput(), input_formats=["%Y-%m-%d"])

    def __init__(self, *args: Any, colleagues: Sequence[DirectoryEntry] = (), **keywords: Any) -> None:
        super().__init__(*args, **keywords)
        choices = [(str(entry.membership_id), entry.name) for entry in colleagues]
        cast("forms.ChoiceField", self.fields["membership_id"]).choices = choices
        today = timezone.localdate()
        self.fields["day"].initial = today + USUAL_SHARE
        self.fields["day"].widget.attrs |= {
            "min": today.isoformat(),
            "max": (today + LONGEST_SHARE).isoformat(),
        }

    @property
    def expires_at(self) -> datetime:
        """The last minute of the chosen day, here."""
        day: date = self.cleaned_data["day"]
        return timezone.make_aware(datetime.combine(day, time(23, 59)))


class EmergencyForm(PlainForm):
    """Who is meant, and why."""

    number = forms.CharField(label=_("Patient number"), required=False, max_length=64)
    family_name = forms.CharField(label=_("Or family name"), required=False, max_length=100)
    born_on = forms.DateField(
        label=_("and date of birth"), required=False, widget=DayInput(), input_formats=["%Y-%m-%d"]
    )
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=list(EMERGENCY_REASONS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose a reason.")},
    )
    account = forms.CharField(
        label=_("What is the matter?"),
        help_text=_("In a sentence or two, for the review."),
        error_messages={"required": _("Please write in a sentence why.")},
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, *args: Any, **keywords: Any) -> None:
        super().__init__(*args, **keywords)
        for field in self.fields.values():
            field.widget.attrs |= {"autocomplete": "off"}

    def asked(self) -> dict[str, Any]:
        """What `begin_emergency_access` takes."""
        asked = self.cleaned_data
        sought = Sought(asked["number"], asked["family_name"], asked["born_on"])
        return {"sought": sought, "reason": asked["reason"], "account": asked["account"]}


class InquiryForm(PlainForm):
    words = forms.CharField(
        label=_("What do you want to know?"),
        help_text=_("If you like. At most 500 characters; the hospital's administrators read them."),
        required=False,
        widget=forms.Textarea({"rows": 4, "autocomplete": "off", "maxlength": 500}),
    )


class AnswerForm(PlainForm):
    answer = forms.CharField(
        label=_("Answer to the patient"),
        help_text=_("In plain words. It stands in the patient's own log, beside the entry."),
        required=False,
        widget=forms.Textarea({"rows": 4, "autocomplete": "off", "maxlength": 2000}),
    )


class ReviewForm(PlainForm):
    state = forms.ChoiceField(
        label=_("What did you find?"),
        choices=[
            (state.value, REVIEW_STATES[state]) for state in (ReviewState.JUSTIFIED, ReviewState.UNJUSTIFIED)
        ],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("Note on the review"), widget=forms.Textarea({"rows": 2, "autocomplete": "off"})
    )

    def found(self) -> dict[str, str]:
        """What `review_emergency_access` takes: as it was sent, for the action says what is wrong."""
        return {name: str(self.data.get(name, "")) for name in ("state", "note")}
