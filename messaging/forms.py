"""The forms of `messaging`'s pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from identity.forms import PlainForm
from messaging.states import HOLD_REASON_CHARACTERS
from messaging.states_conduct import NOTE_CHARACTERS, OUTCOME_NAMES, ReportOutcome, ReportState


def _reason(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=HOLD_REASON_CHARACTERS,
        help_text=_("For example the reference of the proceedings. No names of patients."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )


class HoldForm(PlainForm):
    """What is to be held: a conversation by its number, or a person by their e-mail address."""

    what = forms.CharField(
        label=_("Number of the conversation, or e-mail address of the person"),
        max_length=254,
        help_text=_("Everybody in a conversation finds its number in its details."),
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    reason = _reason(_("Reason"))


class LiftForm(PlainForm):
    """Why a hold is lifted."""

    reason = _reason(_("Why it is lifted"))


class ReportForm(PlainForm):
    """What an administrator does about a report; `state` is the button that was pressed."""

    state = forms.ChoiceField(choices=[(state.value, state.value) for state in ReportState])
    outcome = forms.ChoiceField(
        label=_("Result"),
        required=False,
        choices=[("", _("Please choose")), *OUTCOME_NAMES.items()],
    )
    note = forms.CharField(
        label=_("Note"),
        help_text=_("For the administrators of your hospital; whoever reported it does not read it."),
        required=False,
        widget=forms.Textarea({"rows": 3, "autocomplete": "off", "maxlength": NOTE_CHARACTERS}),
    )

    def decided(self) -> dict[str, Any]:
        """What `handle_report` takes."""
        outcome = self.cleaned_data.get("outcome")
        return {
            "state": ReportState(self.cleaned_data["state"]),
            "outcome": ReportOutcome(outcome) if outcome else None,
            "note": self.cleaned_data.get("note", ""),
        }
