"""The forms of the sign-in, as HTML needs them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from identity.proof import PASSKEY_CHARACTERS, Proof
from identity.states import Way
from medicus.lib.errors import DomainError


class PlainForm(forms.Form):
    """A form whose errors may come from an action; its page lists them first and links each to its field."""

    def take(self, error: DomainError) -> None:
        """Show the error of an action: at its fields, or above the form."""
        for field, sentence in error.errors.items():
            self.add_error(field if field in self._shown_fields() else None, sentence)
        if error.detail:
            self.add_error(None, error.detail)

    def _shown_fields(self) -> set[str]:
        return {field.name for field in self.visible_fields()}


class SignInForm(PlainForm):
    email = forms.EmailField(
        label=_("E-mail address"),
        widget=forms.EmailInput(
            attrs={"autocomplete": "username webauthn", "autofocus": True, "spellcheck": "false"}
        ),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class CodeForm(PlainForm):
    code = forms.CharField(
        label=_("Six-digit code"),
        help_text=_("Each code works once."),
        max_length=20,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "autofocus": True,
                "class": "code-input",
            }
        ),
    )


class FirstCodeForm(CodeForm):
    """Below a QR code, which would scroll away from a telephone if this field took the focus."""

    def __init__(self, *args: Any, **keywords: Any) -> None:
        super().__init__(*args, **keywords)
        del self.fields["code"].widget.attrs["autofocus"]


class SecondFactorForm(CodeForm):
    """One of a person's second factors, whichever is at hand."""

    recovery_code = forms.CharField(
        label=_("Recovery code"),
        required=False,
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none", "class": "code"}
        ),
    )
    passkey = forms.CharField(required=False, max_length=PASSKEY_CHARACTERS, widget=forms.HiddenInput())
    ways = {"passkey": Way.PASSKEY, "recovery_code": Way.RECOVERY_CODE, "code": Way.TOTP}

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["code"].required = not self._shown()

    def proof(self) -> Proof:
        """What was shown; where it is more than one, the one that takes more trouble to give."""
        (name, value), *_rest = self._shown()
        return Proof(self.ways[name], value)

    def _shown(self) -> list[tuple[str, str]]:
        sent = ((name, str(self.data.get(self.add_prefix(name), ""))) for name in self.ways)
        return [(name, value) for name, typed in sent if (value := typed.strip())]


class ConfirmForm(SecondFactorForm):
    """A second factor beside the fields of another form, which goes on when it is right."""

    prefix = "confirm"

    @classmethod
    def is_sent(cls, data: Any) -> bool:
        """Whether a request brings a second factor with it."""
        return any(data.get(name) is not None for name in cls.sent_names())

    @classmethod
    def sent_names(cls) -> set[str]:
        return {f"{cls.prefix}-{name}" for name in cls.ways}


class PasskeyNameForm(PlainForm):
    name = forms.CharField(
        label=_("Name of the passkey"),
        help_text=_("So that you recognise it, for example: telephone, key on the key ring."),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class PasskeyForm(PasskeyNameForm):
    passkey = forms.CharField(
        max_length=PASSKEY_CHARACTERS,
        widget=forms.HiddenInput(),
        error_messages={"required": _("Please press the button to add the passkey.")},
    )


class NewPasswordForm(PlainForm):
    """A password, twice. What it must fulfil, the action says."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=500,
        help_text=_("At least twelve characters; a sentence is easier to remember than a word."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "autofocus": True}),
    )
    again = forms.CharField(
        label=_("Password again"),
        strip=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("password") and given.get("again") and given["password"] != given["again"]:
            self.add_error("again", _("The two passwords differ."))
        return given


class PatientCodeForm(PlainForm):
    """What every patient types who takes an invitation up. It comes first, above the account."""

    code = forms.CharField(
        label=_("Code of the hospital"),
        help_text=_("Eight digits that you were given together with the link, on another way."),
        max_length=40,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "inputmode": "numeric",
                "spellcheck": "false",
                "class": "code-input code-input--long",
            }
        ),
    )
    email = forms.EmailField(
        label=_("Your e-mail address"),
        help_text=_("With it you sign in from now on."),
        widget=forms.EmailInput(attrs={"autocomplete": "username", "spellcheck": "false"}),
    )


class NewPatientForm(NewPasswordForm, PatientCodeForm):
    """A new account. The fields of the code come first."""

    field_order = ("code", "email", "password", "again")

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        del self.fields["password"].widget.attrs["autofocus"]


class KnownPatientForm(PatientCodeForm):
    """The account that a patient has, for instance from another hospital."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["email"].help_text = ""


class DayInput(forms.DateInput):
    """The browser's own calendar; it speaks ISO 8601 in every language."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")
