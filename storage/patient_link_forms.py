"""The forms of a patient's own access, as HTML needs them."""

from django import forms
from django.utils.translation import gettext_lazy as _

from identity.forms import PlainForm
from identity.states import IDENTITY_DOCUMENT_NAMES, WITHDRAWAL_REASONS, WithdrawalReason

REASONS = {code: name for code, name in WITHDRAWAL_REASONS.items() if code != WithdrawalReason.ENDED}


class InvitePatientForm(PlainForm):
    email = forms.EmailField(
        label=_("E-mail address for the link"),
        help_text=_(
            "If you leave it empty, you hand the link over yourself. The code is never sent by e-mail."
        ),
        required=False,
        widget=forms.EmailInput({"autocomplete": "off", "spellcheck": "false"}),
    )


class DocumentForm(PlainForm):
    document = forms.ChoiceField(
        label=_("Which document have you seen?"),
        choices=[("", _("Please choose")), *IDENTITY_DOCUMENT_NAMES.items()],
    )


class ReasonForm(PlainForm):
    reason = forms.ChoiceField(label=_("Reason"), choices=[("", _("Please choose")), *REASONS.items()])
