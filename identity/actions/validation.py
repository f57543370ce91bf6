"""Field errors of Django's validators as errors of the domain."""

from django.core.exceptions import ValidationError

from medicus.lib.errors import Invalid


def invalid_fields(error: ValidationError) -> Invalid:
    """Name each bad field with one sentence; what belongs to no field is the detail."""
    if not hasattr(error, "error_dict"):
        return Invalid(" ".join(error.messages))
    errors = {field: " ".join(messages) for field, messages in error.message_dict.items()}
    return Invalid(errors.pop("__all__", ""), errors=errors)
