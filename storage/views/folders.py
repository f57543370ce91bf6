"""Pages of patients, findings and shares. Each works as HTML alone; custom elements make some of it live."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from identity import access as identity
from identity.access import DirectoryEntry, actor_of
from medicus.lib.actor import Actor
from medicus.lib.errors import Conflict, Invalid
from storage import access, actions
from storage.forms import PatientForm, ShareForm


@require_http_methods(["GET", "POST"])
def patients(request: HttpRequest) -> HttpResponse:
    """The patients of the own organisation, with the form for a new one."""
    if request.method == "POST":
        return _create_patient(request)
    return _patients_page(request, PatientForm())


def _create_patient(request: HttpRequest) -> HttpResponse:
    form = PatientForm(request.POST)
    if form.is_valid():
        try:
            made = actions.create_patient(by=actor_of(request), **form.cleaned_data)
        except (Invalid, Conflict) as error:
            form.take(error)
        else:
            messages.success(request, _("The patient's folder has been made."))
            return redirect("storage:patient", made.patient_id)
    return _patients_page(request, form)


def _patients_page(request: HttpRequest, form: PatientForm) -> HttpResponse:
    query, page = request.GET.get("q", ""), request.GET.get("page", "")
    found = actions.look_up_patients(
        by=actor_of(request), query=query, page=int(page) if page.isdecimal() else 1
    )
    context = {"found": found, "query": query, "form": form}
    return render(request, "storage/patients.html", context, status=400 if form.errors else 200)


@require_GET
def patient(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """The folder of a patient: findings, upload, shares, who looked. `?share=<finding>` opens the panel."""
    by = actor_of(request)
    folder = actions.open_patient_folder(by=by, patient_id=patient_id)
    query = request.GET.get("q", "").strip()
    colleagues = _colleagues(by, query)
    panel = _share_panel(
        folder, request.GET.get("share", ""), query, ShareForm(colleagues=colleagues), colleagues
    )
    return _folder_page(request, folder, panel)


@dataclass(frozen=True, slots=True)
class SharePanel:
    """The form that shares one finding: first a colleague is looked for, then purpose and end are chosen."""

    finding: access.FindingCard
    query: str
    colleagues: Sequence[DirectoryEntry]
    form: ShareForm


def _share_panel(
    folder: actions.Folder, wanted: str, query: str, form: ShareForm, colleagues: Sequence[DirectoryEntry]
) -> SharePanel | None:
    finding = next((card for card in folder.findings if card.clean and str(card.finding_id) == wanted), None)
    return SharePanel(finding, query, colleagues, form) if finding else None


def _colleagues(by: Actor, query: str) -> list[DirectoryEntry]:
    found = identity.directory(by=by, sought=identity.Sought(query=query)).results if query else []
    return [entry for entry in found if entry.organisation_id != by.organisation_id]


def _folder_page(request: HttpRequest, folder: actions.Folder, panel: SharePanel | None) -> HttpResponse:
    context = {
        "folder": folder,
        "panel": panel,
        "correspondence": access.correspondence_with(by=actor_of(request), patient=folder.patient),
        "cases": access.cases_of(by=actor_of(request), patient_id=folder.patient.patient_id),
        "busy": any(finding.busy for finding in folder.findings),
        "shared": [finding for finding in folder.findings if finding.shares],
    }
    status = 400 if panel and panel.form.errors else 200
    return render(request, "storage/patient.html", context, status=status)


@require_http_methods(["GET", "POST"])
def share(request: HttpRequest, finding_id: uuid.UUID) -> HttpResponse:
    """Share a finding. The page that says what is wrong stands at this address, and people load it again."""
    if request.method == "POST":
        return _send_share_form(request, finding_id)
    return _lead_to_share_form(request, finding_id)


def _lead_to_share_form(request: HttpRequest, finding_id: uuid.UUID) -> HttpResponse:
    """The folder with the form open; what was searched for on the page comes along."""
    folder = actions.open_folder_of(by=actor_of(request), finding_id=finding_id)
    query = request.GET.copy()
    query.setdefault("share", str(finding_id))
    address = reverse("storage:patient", args=[folder.patient.patient_id])
    return redirect(f"{address}?{query.urlencode()}#share")


def _send_share_form(request: HttpRequest, finding_id: uuid.UUID) -> HttpResponse:
    by = actor_of(request)
    query = request.POST.get("q", "").strip()
    colleagues = _colleagues(by, query)
    form = ShareForm(request.POST, colleagues=colleagues)
    if form.is_valid():
        try:
            made = _share(by, finding_id, form)
        except (Invalid, Conflict) as error:
            form.take(error)
        else:
            messages.success(request, _("Shared with %(name)s.") % {"name": made.recipient})
            return redirect("storage:patient", made.patient_id)
    folder = actions.open_folder_of(by=by, finding_id=finding_id)
    return _folder_page(request, folder, _share_panel(folder, str(finding_id), query, form, colleagues))


def _share(by: Actor, finding_id: uuid.UUID, form: ShareForm) -> access.ShareCard:
    return actions.share_finding(
        by=by,
        finding_id=finding_id,
        membership_id=uuid.UUID(form.cleaned_data["membership_id"]),
        purpose=form.cleaned_data["purpose"],
        expires_at=form.expires_at,
    )


@require_POST
def revoke(request: HttpRequest, share_id: uuid.UUID) -> HttpResponse:
    """End a share, at once."""
    ended = actions.revoke_share(by=actor_of(request), share_id=share_id)
    messages.success(request, _("%(name)s has no access any more.") % {"name": ended.recipient})
    return redirect("storage:patient", ended.patient_id)


@require_GET
def finding(request: HttpRequest, finding_id: uuid.UUID) -> HttpResponse:
    """The viewer."""
    found = actions.open_finding(by=actor_of(request), finding_id=finding_id)
    return render(request, "storage/finding.html", {"finding": found})


@require_GET
def shared(request: HttpRequest) -> HttpResponse:
    """What other organisations have shared with me."""
    found = access.findings_shared_with(by=actor_of(request))
    return render(request, "storage/shared.html", {"findings": found})
