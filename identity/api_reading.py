"""Reading what a request brings."""

from typing import Any


def read(shape: type[Any], sent: Any) -> dict[str, Any]:
    """Check input against its shape; DRF's error becomes a 400 problem that names each field."""
    serializer = shape(data=sent)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)
