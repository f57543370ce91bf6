"""Filters for what every page shows of people and files."""

import re

from django import template
from django.utils.formats import number_format
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.filter
def initials(name: str) -> str:
    """The letters of an avatar: first of the given and of the family name, titles left out."""
    words = [word for word in name.split() if _is_name(word)]
    ends = [words[0], words[-1]] if len(words) > 1 else words
    return "".join(word[0] for word in ends)


@register.filter
def file_name(name: str) -> SafeString:
    """A file's name, which may be long and without a space: it breaks between its parts, as in web/src/dom/make.ts."""
    parts = re.split(r"(?<=[_.-])(?=.)", name)
    return format_html_join(mark_safe("<wbr>"), "{}", ((part,) for part in parts))


@register.filter
def file_size(size_bytes: int) -> str:
    """`1.4 MB`: powers of 1000, one digit after the point below 10, as web/src/i18n/format.ts writes it."""
    units = ("B", "kB", "MB", "GB", "TB")
    power = min((len(str(size_bytes)) - 1) // 3, len(units) - 1)
    value = size_bytes / 1000**power
    digits = 1 if power and size_bytes < 10 * 1000**power else 0
    return f"{number_format(f'{value:.{digits}f}'.removesuffix('.0'))} {units[power]}"


def _is_name(word: str) -> bool:
    """Not `von`, not `Dr.`, not `PD`."""
    is_title = word.endswith(".") or (len(word) > 1 and word.isupper())
    return word[0].isupper() and not is_title
