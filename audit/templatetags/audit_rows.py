"""What stands in every row of a log. Functions, because a page has hundreds of them and an included template is slow."""

from datetime import datetime

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from audit.access import Someone

register = template.Library()


@register.simple_tag
def instant(at: datetime) -> SafeString:
    """A time to the second, where the reader is."""
    here = localtime(at)
    day = date_format(here, "SHORT_DATE_FORMAT")
    return format_html('<time datetime="{}">{}, {}</time>', here.isoformat(), day, f"{here:%H:%M:%S}")


@register.simple_tag
def someone(person: Someone, others: str, kind: str = "") -> SafeString:
    """A person or patient of an event, leading to all that concerns them.

    others: the rest of the page's query, encoded. kind: the word before an id whose name is not known."""
    if person.id is None:
        return format_html('<span class="muted">{}</span>', _("erased"))
    query = f"{others}&person={person.id}" if others else f"person={person.id}"
    if person.name:
        return format_html('<a href="?{}">{}</a>', query, person.name)
    return format_html(
        '<a href="?{}">{} <span class="small">…{}</span></a>', query, kind, str(person.id)[-8:]
    )
