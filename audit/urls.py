"""Addresses of `audit`."""

from django.urls import path

from audit import api, views

app_name = "audit"
urlpatterns = [
    path("audit/", views.events, name="events"),
    path("audit/export/", views.export, name="export"),
    path("audit/events/<uuid:event_id>/proof/", views.proof, name="proof"),
    path("api/v1/audit/events/<uuid:event_id>/proof", api.ProofView.as_view(), name="event-proof"),
    path("audit/patients/", views.find_access_log, name="find-access-log"),
    path("audit/patients/<uuid:patient_id>/", views.access_log, name="access-log"),
    path("api/v1/audit/patients/<uuid:patient_id>/accesses", api.AccessLogView.as_view(), name="accesses"),
    path("api/v1/me/access-log", api.OwnAccessLogView.as_view(), name="own-access-log"),
    path("api/v1/me/access-log/new", api.NewAccessesView.as_view(), name="new-accesses"),
    path("api/v1/audit/events", api.EventsView.as_view(), name="event-list"),
]
