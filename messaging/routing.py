"""Sockets and raw ASGI routes of `messaging`, in front of Django."""

from django.urls import URLPattern, re_path

from messaging.live.posting import messages
from messaging.live.socket import live

_ID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"

http_urlpatterns: list[URLPattern] = [
    re_path(rf"^api/v1/groups/(?P<group_id>{_ID})/messages$", messages),  # type: ignore[arg-type]  # ASGI, for Channels
]
websocket_urlpatterns: list[URLPattern] = [
    re_path(r"^ws/v1/live$", live),  # type: ignore[arg-type]  # ASGI, for Channels' URLRouter
]
