"""Field errors of Django's validators as errors of the domain."""

from collections.abc import Collection
from enum import StrEnum

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from identity.models import Department, Endpoint, Membership, Organisation, Person
from medicus.lib.errors import Invalid


def clean(model: Person | Membership | Organisation | Department, *, constraints: bool = True) -> None:
    """Validate a row before it is written. constraints: False where the database is to name what is there twice.

    Raises:
        Invalid: `errors` names each bad field.
    """
    try:
        model.full_clean(validate_constraints=constraints)
    except ValidationError as error:
        raise invalid_fields(error) from None


def clean_fields(model: Person | Organisation | Endpoint, *, names: Collection[str]) -> None:
    """Validate some fields by themselves: nothing tells whether another row has the same.

    Raises:
        Invalid: `errors` names each bad field.
    """
    others = {field.name for field in model._meta.get_fields()} - set(names)  # noqa: SLF001 (Django's own name)
    try:
        model.clean_fields(exclude=others)
    except ValidationError as error:
        raise invalid_fields(error) from None


def known_codes(given: Collection[str], known: type[StrEnum], *, most: int, field: str) -> set[str]:
    """Codes of a closed set, each once.

    Raises:
        Invalid: one is not of the set, or they are too many.
    """
    codes = set(given)
    if codes - set(known):
        raise Invalid(errors={field: _("Please choose from the list.")})
    if len(codes) > most:
        raise Invalid(errors={field: _("Please choose at most %(most)s.") % {"most": most}})
    return codes


def invalid_fields(error: ValidationError) -> Invalid:
    """Name each bad field with one sentence; what belongs to no field is the detail."""
    if not hasattr(error, "error_dict"):
        return Invalid(" ".join(error.messages))
    errors = {field: " ".join(messages) for field, messages in error.message_dict.items()}
    return Invalid(errors.pop("__all__", ""), errors=errors)


def require_own_address(email: str, domain: str) -> None:
    """Else a hospital could take addresses of another one before their people arrive.

    Raises:
        Invalid: the address lies outside the domain.
    """
    host = email.strip().lower().rpartition("@")[2]
    if host != domain and not host.endswith(f".{domain}"):
        text = _("The address must lie in your organisation's domain, %(domain)s.")
        raise Invalid(errors={"email": text % {"domain": domain}})
