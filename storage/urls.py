"""Addresses of `storage`. Uploads and attachments stand in `storage.routing`, in front of Django."""

from django.urls import path

from storage.api import emergencies as emergencies_api
from storage.api import files, findings, patients
from storage.api import inquiries as inquiries_api
from storage.api import patient_links as patient_links_api
from storage.views import emergencies, folders, inquiries, patient_links

app_name = "storage"
urlpatterns = [
    path("patients/", folders.patients, name="patients"),
    path("patients/<uuid:patient_id>/", folders.patient, name="patient"),
    path("patients/<uuid:patient_id>/sign-in/", patient_links.sign_in, name="patient-sign-in"),
    path("patients/<uuid:patient_id>/sign-in/invite/", patient_links.invite, name="patient-invite"),
    path("patients/<uuid:patient_id>/sign-in/withdraw/", patient_links.withdraw, name="patient-withdraw"),
    path("patients/<uuid:patient_id>/sign-in/confirm/", patient_links.confirm, name="patient-confirm"),
    path(
        "patients/<uuid:patient_id>/sign-in/unconfirm/",
        patient_links.unconfirm,
        name="patient-unconfirm",
    ),
    path("patients/<uuid:patient_id>/sign-in/end/", patient_links.end, name="patient-end"),
    path("my/shares/<uuid:share_id>/revoke/", patient_links.revoke_own, name="revoke-own"),
    path("patients/<uuid:patient_id>/guard/", emergencies.guard, name="guard"),
    path("patients/<uuid:patient_id>/release/", emergencies.release, name="release"),
    path("emergency-access/", emergencies.emergency, name="emergency"),
    path("emergency-access/<uuid:emergency_id>/end/", emergencies.end, name="emergency-end"),
    path("administration/emergency-accesses/", emergencies.reviews, name="emergency-reviews"),
    path(
        "administration/emergency-accesses/<uuid:emergency_id>/", emergencies.review, name="emergency-review"
    ),
    path("my/accesses/<uuid:event_id>/", inquiries.inquire, name="inquire"),
    path("administration/access-inquiries/", inquiries.inquiries, name="inquiries"),
    path("administration/access-inquiries/<uuid:inquiry_id>/", inquiries.answer, name="inquiry"),
    path("shared/", folders.shared, name="shared"),
    path("findings/<uuid:finding_id>/", folders.finding, name="finding"),
    path("findings/<uuid:finding_id>/shares/", folders.share, name="share"),
    path("shares/<uuid:share_id>/revoke/", folders.revoke, name="revoke"),
    path("api/v1/patients", patients.Patients.as_view()),
    path("api/v1/patients/<uuid:patient_id>", patients.Patient.as_view()),
    path("api/v1/patients/<uuid:patient_id>/findings", patients.PatientFindings.as_view()),
    path("api/v1/patients/<uuid:patient_id>/sign-in", patient_links_api.SignIn.as_view()),
    path(
        "api/v1/patients/<uuid:patient_id>/sign-in/invitation", patient_links_api.PatientInvitation.as_view()
    ),
    path("api/v1/patients/<uuid:patient_id>/sign-in/identity", patient_links_api.Identity.as_view()),
    path(
        "api/v1/patients/<uuid:patient_id>/sign-in/identity/withdraw",
        patient_links_api.IdentityWithdrawal.as_view(),
    ),
    path("api/v1/patients/<uuid:patient_id>/sign-in/end", patient_links_api.EndOfAccess.as_view()),
    path("api/v1/me/records", patient_links_api.OwnRecords.as_view()),
    path("api/v1/me/shares", patient_links_api.OwnShares.as_view()),
    path("api/v1/me/shares/<uuid:share_id>/revoke", patient_links_api.OwnShareRevocation.as_view()),
    path("api/v1/patients/<uuid:patient_id>/guard", emergencies_api.Guard.as_view()),
    path("api/v1/patients/<uuid:patient_id>/release", emergencies_api.Release.as_view()),
    path("api/v1/emergency-accesses", emergencies_api.EmergencyAccesses.as_view()),
    path("api/v1/emergency-accesses/<uuid:emergency_id>/end", emergencies_api.EmergencyEnd.as_view()),
    path("api/v1/emergency-reviews", emergencies_api.EmergencyReviews.as_view()),
    path("api/v1/emergency-reviews/<uuid:emergency_id>", emergencies_api.EmergencyReview.as_view()),
    path("api/v1/me/access-inquiries", inquiries_api.OwnInquiries.as_view()),
    path("api/v1/me/access-log/<uuid:event_id>/inquiries", inquiries_api.EntryInquiries.as_view()),
    path("api/v1/access-inquiries", inquiries_api.Inquiries.as_view()),
    path("api/v1/access-inquiries/<uuid:inquiry_id>/answer", inquiries_api.InquiryAnswer.as_view()),
    path("api/v1/findings", findings.Findings.as_view()),
    path("api/v1/findings/<uuid:finding_id>", findings.Finding.as_view(), name="finding-api"),
    path("api/v1/findings/<uuid:finding_id>/file", files.finding_file, name="file"),
    path("api/v1/findings/<uuid:finding_id>/preview", files.finding_preview, name="preview"),
    path("api/v1/findings/<uuid:finding_id>/shares", findings.Shares.as_view()),
    path("api/v1/shares/<uuid:share_id>/revoke", findings.ShareRevocation.as_view()),
]
