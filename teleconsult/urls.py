"""Addresses of `teleconsult`."""

from django.urls import path

from teleconsult import views

app_name = "teleconsult"
urlpatterns = [
    path("", views.home, name="home"),
]
