"""`FORM_RENDERER`: as Django's, but for selects, for each option of which Django renders two templates.

With some hundred options, as in the directory and the audit log, those were a fourth of the page's time."""

from collections.abc import Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.forms.widgets import Select
from django.utils.html import conditional_escape


class Renderer(DjangoTemplates):
    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        if template_name == Select.template_name:
            return _select(context["widget"])
        return super().render(template_name, context, request)


def _select(widget: Mapping[str, Any]) -> str:
    lines = [_group(name, [_option(each) for each in options]) for name, options, _ in widget["optgroups"]]
    named = _attributes({"name": widget["name"]} | widget["attrs"])
    return "\n".join([f"<select{named}>", *lines, "</select>"])


def _group(name: str | None, options: list[str]) -> str:
    """Options without a group come in groups without a name, one in each."""
    begin, end = ([f"<optgroup{_attributes({'label': name})}>"], ["</optgroup>"]) if name else ([], [])
    return "\n".join([*begin, *options, *end])


def _option(option: Mapping[str, Any]) -> str:
    given = _attributes({"value": option["value"]} | option["attrs"])
    return f"<option{given}>{conditional_escape(option['label'])}</option>"


def _attributes(given: Mapping[str, Any]) -> str:
    """As `django/forms/widgets/attrs.html`: True is an attribute without a value, False is none."""
    return "".join(
        f" {name}" if value is True else f' {name}="{conditional_escape(value)}"'
        for name, value in given.items()
        if value is not False
    )
