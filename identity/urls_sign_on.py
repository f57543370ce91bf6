"""Addresses of single sign-on."""

from django.urls import path

from identity import api_sign_on as api
from identity.views import provider_sign_in, single_sign_on

_API = "api/v1/administration/single-sign-on"

urlpatterns = [
    path("sign-in/hospital/", provider_sign_in.hospital, name="hospital-sign-in"),
    path("sign-in/hospital/<uuid:organisation_id>/answer/", provider_sign_in.answer, name="provider-answer"),
    path("account/confirm/hospital/", provider_sign_in.confirm, name="confirm-at-provider"),
    path("administration/single-sign-on/", single_sign_on.single_sign_on, name="single-sign-on"),
    path("administration/single-sign-on/check/", single_sign_on.check, name="single-sign-on-check"),
    path("administration/single-sign-on/turn-on/", single_sign_on.turn_on, name="single-sign-on-turn-on"),
    path("administration/single-sign-on/turn-off/", single_sign_on.turn_off, name="single-sign-on-turn-off"),
    path(
        "administration/people/<uuid:membership_id>/forget-account/",
        single_sign_on.forget,
        name="person-forget-account",
    ),
    path(_API, api.SingleSignOnView.as_view(), name="single-sign-on-api"),
    path(f"{_API}/check", api.CheckProviderView.as_view()),
    path(f"{_API}/turn-on", api.TurnOnView.as_view()),
    path(f"{_API}/turn-off", api.TurnOffView.as_view()),
    path(
        "api/v1/administration/people/<uuid:membership_id>/provider-account",
        api.ProviderAccountView.as_view(),
    ),
]
