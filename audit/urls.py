"""Addresses of `audit`."""

from django.urls import path

from audit import api, views

app_name = "audit"
urlpatterns = [
    path("audit/", views.events, name="events"),
    path("audit/export/", views.export, name="export"),
    path("api/v1/audit/events", api.EventsView.as_view(), name="event-list"),
]
