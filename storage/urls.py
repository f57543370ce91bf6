"""Addresses of `storage`. Uploads and attachments stand in `storage.routing`, in front of Django."""

from django.urls import path

from storage import views
from storage.api import files, findings, patients

app_name = "storage"
urlpatterns = [
    path("patients/", views.patients, name="patients"),
    path("patients/<uuid:patient_id>/", views.patient, name="patient"),
    path("shared/", views.shared, name="shared"),
    path("findings/<uuid:finding_id>/", views.finding, name="finding"),
    path("findings/<uuid:finding_id>/shares/", views.share, name="share"),
    path("shares/<uuid:share_id>/revoke/", views.revoke, name="revoke"),
    path("api/v1/patients", patients.Patients.as_view()),
    path("api/v1/patients/<uuid:patient_id>", patients.Patient.as_view()),
    path("api/v1/patients/<uuid:patient_id>/findings", patients.PatientFindings.as_view()),
    path("api/v1/findings", findings.Findings.as_view()),
    path("api/v1/findings/<uuid:finding_id>", findings.Finding.as_view(), name="finding-api"),
    path("api/v1/findings/<uuid:finding_id>/file", files.finding_file, name="file"),
    path("api/v1/findings/<uuid:finding_id>/preview", files.finding_preview, name="preview"),
    path("api/v1/findings/<uuid:finding_id>/shares", findings.Shares.as_view()),
    path("api/v1/shares/<uuid:share_id>/revoke", findings.ShareRevocation.as_view()),
]
