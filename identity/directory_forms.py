"""The forms of the directory: its search, and what stands in it."""

from collections.abc import Iterable, Mapping
from operator import itemgetter
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from identity.access import Sought, Statement
from identity.forms import PlainForm
from identity.states import (
    CONNECTION_NAMES,
    LANGUAGE_NAMES,
    SPECIALITY_NAMES,
    SUB_SPECIALITIES,
    ConnectionType,
    speciality_name,
)

FILTERS = ("q", "speciality", "sub_speciality", "language", "hospital", "organisation", "on_duty")
"""In the order in which the page shows them."""


class DirectoryForm(forms.Form):
    """The search of the directory. What a browser could not have sent is read as nothing."""

    q = forms.CharField(
        label=_("Name"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    speciality = forms.ChoiceField(label=_("Speciality"), required=False)
    sub_speciality = forms.ChoiceField(label=_("Sub-speciality"), required=False)
    language = forms.ChoiceField(label=_("Language"), required=False)
    hospital = forms.CharField(
        label=_("Hospital or city"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    organisation = forms.UUIDField(required=False, widget=forms.HiddenInput)
    on_duty = forms.BooleanField(label=_("On duty now"), required=False)
    page = forms.IntegerField(required=False, min_value=1, max_value=100_000)

    def __init__(self, asked: Any) -> None:
        super().__init__(asked)
        _offer(self, "speciality", [("", _("All specialities")), *by_name(SPECIALITY_NAMES)])
        sub_specialities = _sub_specialities(asked.get("speciality", ""))
        _offer(self, "sub_speciality", [("", _("All sub-specialities")), *sub_specialities])
        _offer(self, "language", [("", _("All languages")), *by_name(LANGUAGE_NAMES)])
        self.is_valid()

    @property
    def sought(self) -> Sought:
        """What is looked for; a field that cannot be read is left out."""
        asked = self.cleaned_data
        return Sought(
            query=asked.get("q") or "",
            speciality=asked.get("speciality") or "",
            sub_speciality=asked.get("sub_speciality") or "",
            language=asked.get("language") or "",
            organisation_id=asked.get("organisation"),
            hospital=asked.get("hospital") or "",
            on_duty=bool(asked.get("on_duty")),
        )

    @property
    def wanted_page(self) -> int:
        return self.cleaned_data.get("page") or 1

    @property
    def kept(self) -> dict[str, str]:
        """The filters that narrow the search, as the address holds them."""
        given = {name: self.cleaned_data.get(name) for name in FILTERS}
        return {name: "on" if value is True else str(value) for name, value in given.items() if value}

    def shown(self, name: str) -> str:
        """What a filter is called that narrows the search."""
        field, value = self.fields[name], self.kept[name]
        if isinstance(field, forms.BooleanField):
            return str(field.label)
        return (
            dict(_flat(cast("Iterable[Any]", field.choices))).get(value, value)
            if isinstance(field, forms.ChoiceField)
            else value
        )


class StatementForm(PlainForm):
    """What an organisation states of one of its people."""

    speciality = forms.ChoiceField(label=_("Speciality"), required=False)
    sub_specialities = forms.MultipleChoiceField(
        label=_("Sub-specialities"), required=False, widget=forms.CheckboxSelectMultiple
    )
    telematik_id = forms.CharField(
        label=_("Telematik-ID"),
        required=False,
        max_length=128,
        help_text=_("Of the health professional card. Its form is checked here, not whose it is."),
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, data: Any, *, told: Statement) -> None:
        initial = {name: getattr(told, name) for name in ("speciality", "sub_specialities", "telematik_id")}
        super().__init__(data, initial=initial)
        _offer(self, "speciality", [("", _("As the department")), *by_name(SPECIALITY_NAMES)])
        _offer(self, "sub_specialities", by_name({code: row.name for code, row in SUB_SPECIALITIES.items()}))


class LanguagesForm(PlainForm):
    languages = forms.MultipleChoiceField(
        label=_("Languages"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        _offer(self, "languages", by_name(LANGUAGE_NAMES))


class OrganisationStatementForm(PlainForm):
    telematik_id = forms.CharField(
        label=_("Telematik-ID"),
        required=False,
        max_length=128,
        help_text=_("Of the institution card (SMC-B), for example 5-2-260326822."),
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )


class EndpointForm(PlainForm):
    connection_type = forms.TypedChoiceField(
        label=_("Kind"), coerce=ConnectionType, choices=list(CONNECTION_NAMES.items())
    )
    address = forms.CharField(
        label=_("Address"),
        max_length=300,
        help_text=_("mailto: for KIM, matrix: for the TI-Messenger, https: for servers."),
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false", "inputmode": "url"}),
    )
    name = forms.CharField(
        label=_("What it is for"),
        required=False,
        max_length=100,
        widget=forms.TextInput({"autocomplete": "off"}),
    )


def by_name(names: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The choices of a closed set, in the order of the language of the request."""
    return sorted(((str(code), str(name)) for code, name in names.items()), key=itemgetter(1))


def _sub_specialities(speciality: str) -> list[tuple[str, Any]]:
    """All of them; those that are usual in the chosen speciality first."""
    named = by_name({code: row.name for code, row in SUB_SPECIALITIES.items()})
    usual = [(code, name) for code, name in named if speciality in SUB_SPECIALITIES[code].within]
    if not usual:
        return list(named)
    title = str(_("Usual in %(speciality)s") % {"speciality": speciality_name(speciality)})
    return [(title, usual), (str(_("Others")), [one for one in named if one not in usual])]


def _offer(form: forms.Form, name: str, choices: Iterable[tuple[Any, Any]]) -> None:
    cast("forms.ChoiceField", form.fields[name]).choices = list(choices)


def _flat(choices: Iterable[Any]) -> Iterable[tuple[str, str]]:
    for value, name in choices:
        if isinstance(name, (list, tuple)):
            yield from _flat(name)
        else:
            yield str(value), str(name)
