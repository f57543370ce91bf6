"""The form of an API key, as HTML needs it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from identity.forms import PlainForm
from identity.states import SCOPE_NAMES
from medicus.lib.actor import Scope

PERIODS = [
    ("30", _("30 days")),
    ("90", _("90 days")),
    ("365", _("One year")),
    ("730", _("Two years")),
]


class Choices(forms.CheckboxSelectMultiple):
    """Boxes whose error leads to the first of them."""

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return super().id_for_label(id_, index or "0")


class ApiKeyForm(PlainForm):
    name = forms.CharField(
        label=_("Name"),
        help_text=_("Which system gets it, for example: Keycloak of the IT department"),
        max_length=100,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it opens"), choices=list(SCOPE_NAMES.items()), widget=Choices()
    )
    days = forms.ChoiceField(label=_("Holds for"), choices=PERIODS, initial="365")

    def key(self) -> dict[str, Any]:
        """What an action takes."""
        given = self.cleaned_data
        scopes = [Scope(each) for each in given["scopes"]]
        return {"name": given["name"], "scopes": scopes, "days": int(given["days"])}
