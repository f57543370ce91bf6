"""Addresses of registration, checklist and applications."""

from django.urls import path

from identity import api_onboarding as api
from identity.access import public
from identity.views import applications, onboarding, registration

_OPERATOR = "operator/applications/<uuid:organisation_id>"
_OPERATOR_API = f"api/v1/{_OPERATOR}"

urlpatterns = [
    path("register/", registration.register, name="register"),
    path("register/thanks/", registration.registered, name="registered"),
    path("administration/", onboarding.administration, name="administration"),
    path("administration/domain/", onboarding.domain, name="domain"),
    path("administration/evidence/", onboarding.evidence, name="evidence"),
    path("administration/application/", onboarding.application, name="application"),
    path("administration/application/submit/", onboarding.submit, name="application-submit"),
    path("administration/application/withdraw/", onboarding.withdraw, name="application-withdraw"),
    path("operator/applications/", applications.applications, name="applications"),
    path(f"{_OPERATOR}/", applications.application, name="operator-application"),
    path(f"{_OPERATOR}/check-domain/", applications.check_domain, name="operator-check-domain"),
    path(f"{_OPERATOR}/check/", applications.check, name="operator-check"),
    path(f"{_OPERATOR}/approve/", applications.approve, name="operator-approve"),
    path(f"{_OPERATOR}/decline/", applications.decline, name="operator-decline"),
    path(f"{_OPERATOR}/link/", applications.link, name="operator-link"),
    path(f"{_OPERATOR}/remove/", applications.remove, name="operator-remove"),
    path("api/v1/registrations", public(api.RegistrationsView.as_view()), name="registrations"),
    path("api/v1/administration/checklist", api.ChecklistView.as_view()),
    path("api/v1/administration/figures", api.FiguresView.as_view()),
    path("api/v1/administration/application", api.OwnApplicationView.as_view()),
    path("api/v1/administration/application/check-domain", api.OwnDomainView.as_view()),
    path("api/v1/administration/application/evidence", api.EvidenceView.as_view()),
    path("api/v1/administration/application/submit", api.SubmitView.as_view()),
    path("api/v1/administration/application/withdraw", api.WithdrawView.as_view()),
    path("api/v1/operator/applications", api.QueueView.as_view()),
    path(_OPERATOR_API, api.ApplicationView.as_view()),
    path(f"{_OPERATOR_API}/check-domain", api.DomainView.as_view()),
    path(f"{_OPERATOR_API}/check", api.CheckView.as_view()),
    path(f"{_OPERATOR_API}/approve", api.ApproveView.as_view()),
    path(f"{_OPERATOR_API}/decline", api.DeclineView.as_view()),
    path(f"{_OPERATOR_API}/link", api.LinkView.as_view()),
]
