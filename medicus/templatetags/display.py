"""Filters for what every page shows of people."""

from django import template

register = template.Library()


@register.filter
def initials(name: str) -> str:
    """The letters of an avatar: first of the given and of the family name, titles left out."""
    words = [word for word in name.split() if _is_name(word)]
    ends = [words[0], words[-1]] if len(words) > 1 else words
    return "".join(word[0] for word in ends)


def _is_name(word: str) -> bool:
    """Not `von`, not `Dr.`, not `PD`."""
    is_title = word.endswith(".") or (len(word) > 1 and word.isupper())
    return word[0].isupper() and not is_title
