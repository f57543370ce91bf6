"""DRF permissions."""

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission

from identity.access.actors import actor_of
from identity.access.devices import require_device

if TYPE_CHECKING:  # DRF's views import this module while they are being imported
    from rest_framework.request import Request
    from rest_framework.views import APIView


class SignedIn(BasePermission):
    """Somebody is signed in with both factors: the second wall behind the middleware."""

    def has_permission(self, request: "Request", view: "APIView") -> bool:  # noqa: ARG002
        actor_of(request)
        return True


class DeviceAttached(SignedIn):
    """… and the session has proven that it holds a device's key; otherwise 409 `device-needed`."""

    def has_permission(self, request: "Request", view: "APIView") -> bool:  # noqa: ARG002
        require_device(by=actor_of(request))
        return True
