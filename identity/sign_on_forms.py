"""The forms of single sign-on, as HTML needs them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from identity.access import SignOnCard
from identity.forms import PlainForm
from identity.sign_on import WantedSignOn
from identity.states import FUNCTION_NAMES, STAFF

NOBODY = ("", _("Nobody: only who was invited, imported or provisioned signs in"))
JOINS = [NOBODY, *((code, name) for code, name in FUNCTION_NAMES.items() if code in set(STAFF))]
PLAIN = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}


class HospitalForm(PlainForm):
    """The e-mail address, whose domain says which hospital's sign-in it is."""

    email = forms.EmailField(
        label=_("E-mail address at your hospital"),
        widget=forms.EmailInput({"autocomplete": "username", "autofocus": True, "spellcheck": "false"}),
    )


class SignOnForm(PlainForm):
    issuer = forms.CharField(
        label=_("Issuer address"),
        help_text=_(
            "Exactly as the provider names it, for example: https://login.hospital.example/realms/staff"
        ),
        max_length=500,
        widget=forms.TextInput({**PLAIN, "inputmode": "url"}),
    )
    client_id = forms.CharField(label=_("Client id"), max_length=200, widget=forms.TextInput(PLAIN))
    client_secret = forms.CharField(
        label=_("Client secret"),
        required=False,
        max_length=500,
        help_text=_("Kept encrypted and never shown again."),
        widget=forms.PasswordInput({**PLAIN, "autocomplete": "new-password"}),
    )
    trusts_factor = forms.BooleanField(
        label=_("The provider asks for the second factor, if it names one of these values:"), required=False
    )
    acr_values = forms.CharField(
        label=_("Accepted acr values"),
        required=False,
        max_length=500,
        help_text=_("Several between spaces, for example: 2 mfa"),
        widget=forms.TextInput(PLAIN),
    )
    amr_values = forms.CharField(
        label=_("Accepted amr values"),
        required=False,
        max_length=500,
        help_text=_("Several between spaces, for example: otp hwk mfa"),
        widget=forms.TextInput(PLAIN),
    )
    join_function = forms.ChoiceField(
        label=_("Who signs in for the first time and is unknown here becomes"),
        required=False,
        choices=JOINS,
        help_text=_("Never an administrator. Only addresses in your domain."),
    )

    def __init__(self, asked: Any, *, card: SignOnCard) -> None:
        super().__init__(asked, initial={name: getattr(card, name) for name in self._kept()})
        if card.is_set:
            self.fields["client_secret"].help_text = _(
                "One is stored, encrypted. Leave this empty to keep it; with another issuer it is entered anew."
            )

    def wanted(self) -> WantedSignOn:
        return WantedSignOn(**self.cleaned_data)

    @classmethod
    def _kept(cls) -> list[str]:
        return [name for name in cls.base_fields if name != "client_secret"]
