"""Protecting folders, opening them in an emergency, and the review of that."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from identity.access import actor_of
from medicus.lib.actor import Role
from medicus.lib.errors import Conflict, Invalid, NotFound, TooManyAttempts
from storage import access, actions
from storage.forms import EmergencyForm, ReviewForm


@require_POST
def guard(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Protect a folder for one's own department."""
    guarded = actions.guard_patient(by=actor_of(request), patient_id=patient_id)
    messages.success(
        request, _("Only %(department)s opens this folder now.") % {"department": guarded.guarded_by}
    )
    return redirect("storage:patient", patient_id)


@require_POST
def release(request: HttpRequest, patient_id: uuid.UUID) -> HttpResponse:
    """Lift the protection of a folder."""
    actions.release_patient(by=actor_of(request), patient_id=patient_id)
    messages.success(request, _("Everybody of your hospital who treats patients may open the folder again."))
    return redirect("storage:patient", patient_id)


@require_http_methods(["GET", "POST"])
def emergency(request: HttpRequest) -> HttpResponse:
    """Open a protected folder in an emergency; below, one's own accesses."""
    by = actor_of(request)
    if not by.has(Role.CLINICIAN):
        raise NotFound
    form = EmergencyForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            begun = actions.begin_emergency_access(by=by, **form.asked())
        except Conflict as error:
            messages.info(request, error.detail)
            return redirect("storage:patient", str(error.extra["patient"]))
        except (Invalid, TooManyAttempts) as error:
            form.take(error)
            status = error.status
        else:
            return redirect("storage:patient", begun.patient_id)
    elif form.errors:
        status = 400
    context = {"form": form, "own": access.own_emergencies(by=by)}
    return render(request, "storage/emergency.html", context, status=status)


@require_POST
def end(request: HttpRequest, emergency_id: uuid.UUID) -> HttpResponse:
    """End one's own access."""
    try:
        actions.end_emergency_access(by=actor_of(request), emergency_id=emergency_id)
    except Conflict as error:
        messages.info(request, error.detail)
    else:
        messages.success(request, _("The emergency access is over. Its review is open until it is closed."))
    return redirect("storage:emergency")


@require_http_methods(["GET"])
def reviews(request: HttpRequest) -> HttpResponse:
    """What is to be reviewed, and what was."""
    return _reviews_page(request)


@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, emergency_id: uuid.UUID) -> HttpResponse:
    """Close a review. The page that says what is wrong stands at this address, and people load it again."""
    if request.method == "GET":
        access.emergency_to_review(by=actor_of(request), emergency_id=emergency_id)
        return redirect("storage:emergency-reviews")
    form = ReviewForm(request.POST)
    try:
        done = actions.review_emergency_access(
            by=actor_of(request), emergency_id=emergency_id, **form.found()
        )
    except (Invalid, Conflict) as error:
        form.take(error)
        return _reviews_page(request, form, emergency_id)
    messages.success(request, _("The review of %(name)s’s access is closed.") % {"name": done.name})
    return redirect("storage:emergency-reviews")


def _reviews_page(
    request: HttpRequest, form: ReviewForm | None = None, wrong: uuid.UUID | None = None
) -> HttpResponse:
    found = access.emergencies_to_review(by=actor_of(request))
    context = {
        "waiting": [
            (card, _form_of(card, form if card.emergency_id == wrong else None))
            for card in found
            if card.open
        ],
        "closed": [card for card in found if not card.open],
        "form": form,
    }
    return render(request, "storage/emergency_reviews.html", context, status=400 if form else 200)


def _form_of(card: access.EmergencyCard, sent: ReviewForm | None) -> ReviewForm | None:
    """One's own access has none: somebody else reviews it."""
    if card.own:
        return None
    return sent or ReviewForm(auto_id=f"review-{card.emergency_id}-%s")
