"""Selects are written as Django writes them, only faster."""

import re

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

GROUPED = [("", "All"), ("Usual", [("a", "A"), ("b", "B")]), ("<Others>", [(3, "C")])]
PLAIN = [("", _("All events")), ("<x>", 'Müller & "Söhne"'), (7, mark_safe("<b>bold</b>")), (None, "none")]


class Choosing(forms.Form):
    plain = forms.ChoiceField(choices=PLAIN, required=True, help_text="help")
    grouped = forms.ChoiceField(choices=GROUPED, required=False)
    several = forms.MultipleChoiceField(
        choices=GROUPED, widget=forms.SelectMultiple({"size": 3, "hidden": False})
    )
    named = forms.ChoiceField(choices=PLAIN, widget=forms.Select({"class": 'a"b', "autofocus": True}))
    boxes = forms.MultipleChoiceField(choices=GROUPED, widget=forms.CheckboxSelectMultiple)
    text = forms.CharField()


def without_breaks(html: str) -> str:
    return re.sub(r"\s*\n\s*", "", html)


@pytest.mark.parametrize(
    "given",
    [
        None,
        {},
        {"plain": "<x>", "grouped": "b", "several": ["a", "3"], "named": "7", "boxes": ["b"], "text": "<t>"},
        {"plain": "7", "grouped": "nonsense", "several": ["nonsense"], "named": ""},
    ],
)
@pytest.mark.parametrize("name", list(Choosing.base_fields))
def test_a_field_is_written_as_django_writes_it(name, given):
    ours, theirs = Choosing(given), Choosing(given, renderer=DjangoTemplates())
    assert without_breaks(str(ours[name])) == without_breaks(str(theirs[name]))


def test_what_stands_in_a_select_is_text_and_never_markup():
    html = str(Choosing()["plain"])
    assert '<option value="&lt;x&gt;">Müller &amp; &quot;Söhne&quot;</option>' in html
