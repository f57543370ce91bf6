"""Reading the input of a request."""

from typing import Any

from rest_framework import serializers


def checked(shape: type[serializers.Serializer[Any]], given: Any) -> dict[str, Any]:
    """The input in the form that `shape` asks for; DRF's ValidationError becomes an `invalid` problem."""
    serializer = shape(data=given)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)
