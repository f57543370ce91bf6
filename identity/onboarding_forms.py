"""The forms of registration and of applications, as HTML needs them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from identity.actions import Registration
from identity.administration_forms import offer
from identity.forms import PlainForm
from identity.onboarding_texts import EVIDENCE_FORMS, KIND_NAMES
from identity.states import APPLYING, OrganisationKind


def _text(label: Any, length: int, autocomplete: str = "off", **more: Any) -> forms.CharField:
    widget = forms.TextInput({"autocomplete": autocomplete})
    return forms.CharField(label=label, max_length=length, widget=widget, **more)


class RegistrationForm(PlainForm):
    """What a hospital tells when it registers."""

    name = _text(_("Name of the organisation"), 200, "organization")
    kind = forms.ChoiceField(label=_("Kind"))
    city = _text(_("City"), 100, "address-level2")
    domain = _text(
        _("DNS domain"),
        160,
        help_text=_("Without www, for example hospital.example. You will enter a record in it."),
    )
    given_name = _text(_("Given name"), 100, "given-name")
    family_name = _text(_("Family name"), 100, "family-name")
    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("In this domain. You become the first administrator."),
        widget=forms.EmailInput({"autocomplete": "email"}),
    )

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        offer(self, "kind", [(kind.value, KIND_NAMES[kind]) for kind in APPLYING])

    def registration(self, *, language: str) -> Registration:
        """What the action takes."""
        given = self.cleaned_data | {"kind": OrganisationKind(self.cleaned_data["kind"])}
        return Registration(**given, language=language)


class EvidenceForm(PlainForm):
    kind = forms.ChoiceField(label=_("What you show"))
    reference = _text(_("Number or entry"), 200)
    note = forms.CharField(
        label=_("Where an operator finds it"),
        help_text=_("For example the address of a public directory, or a telephone number of the hospital."),
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        choices = [(kind, form.name) for kind, form in EVIDENCE_FORMS.items()]
        offer(self, "kind", [("", _("Please choose")), *choices])


class DecisionForm(PlainForm):
    """What an operator has looked at: the number of the submission travels with the page."""

    submission = forms.IntegerField(min_value=0, widget=forms.HiddenInput())


class CheckForm(DecisionForm):
    note = forms.CharField(
        label=_("What you have checked, and where"),
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
    )


class DeclineForm(DecisionForm):
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The hospital reads it, and mends its application by it."),
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
    )
