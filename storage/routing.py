"""Sockets and raw ASGI routes of `storage`, in front of Django."""

from django.urls import URLPattern, re_path

from storage.uploads import attachments, tus

_ID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"

http_urlpatterns: list[URLPattern] = [
    re_path(r"^api/v1/uploads/?$", tus.uploads),  # type: ignore[arg-type]  # ASGI, as Channels' URLRouter wants
    re_path(rf"^api/v1/uploads/(?P<upload_id>{_ID})$", tus.upload),  # type: ignore[arg-type]
    re_path(rf"^api/v1/attachments/(?P<object_id>{_ID})$", attachments.attachment),  # type: ignore[arg-type]
]
websocket_urlpatterns: list[URLPattern] = []
