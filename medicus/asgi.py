"""The ASGI application: Channels routes sockets, uploads and the message path; Django answers the rest."""

import gc
import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "medicus.settings")
django_application = get_asgi_application()

# Only now: these import models.
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import OriginValidator  # noqa: E402
from django.conf import settings  # noqa: E402
from django.urls import get_resolver, re_path  # noqa: E402

from medicus import inprocess  # noqa: E402
from messaging import routing as messaging  # noqa: E402
from storage import routing as storage  # noqa: E402

pages = re_path(r"", django_application)  # type: ignore[arg-type]  # ASGI, as Channels' URLRouter wants

application = ProtocolTypeRouter(
    {
        "http": URLRouter([*storage.http_urlpatterns, *messaging.http_urlpatterns, pages]),
        "websocket": OriginValidator(URLRouter(messaging.websocket_urlpatterns), [settings.ORIGIN]),
    }
)

if not settings.BROKER_URL:
    inprocess.start_beat()

# What is loaded now stays: a full collection that looks through all of it stops every request for a sixth of a second.
_ = get_resolver().url_patterns  # the views, too
gc.collect()
gc.freeze()
