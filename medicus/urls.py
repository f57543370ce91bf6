"""All addresses of the service. Everything is closed to strangers unless its view is marked `@public`."""

from django.urls import include, path
from drf_spectacular.views import SpectacularJSONAPIView

from medicus import health

urlpatterns = [
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("api/v1/schema", SpectacularJSONAPIView.as_view(), name="schema"),
    path("", include("teleconsult.urls")),
    path("", include("messaging.urls")),
    path("", include("storage.urls")),
    path("", include("rota.urls")),
    path("", include("identity.urls")),
    path("", include("audit.urls")),
]

handler404 = "medicus.lib.problems.handler404"
handler500 = "medicus.lib.problems.handler500"
