"""Asking about an entry of one's own log, and answering."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from identity.access import actor_of, for_patients
from medicus.lib.errors import Conflict, Invalid
from storage import access, actions
from storage.forms import AnswerForm, InquiryForm


@for_patients
@require_http_methods(["GET", "POST"])
def inquire(request: HttpRequest, event_id: uuid.UUID) -> HttpResponse:
    """A patient asks about one entry of their log; what they have asked about it stands there, too."""
    by = actor_of(request)
    form = InquiryForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            asked = actions.ask_about_access(by=by, event_id=event_id, **form.cleaned_data)
        except (Invalid, Conflict) as error:
            form.take(error)
            status = error.status
        else:
            messages.success(
                request, _("%(hospital)s has your inquiry and answers here.") % {"hospital": asked.hospital}
            )
            return redirect("/#accesses")
    context = {"page": access.own_entry_page(by=by, event_id=event_id), "form": form}
    return render(request, "storage/inquiry.html", context, status=status)


@require_safe
def inquiries(request: HttpRequest) -> HttpResponse:
    """What patients have asked, and what was answered."""
    return _queue(request)


@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, inquiry_id: uuid.UUID) -> HttpResponse:
    """Answer one. The page that says what is wrong stands at this address, and people load it again."""
    by = actor_of(request)
    if request.method == "GET":
        access.inquiry_to_answer(by=by, inquiry_id=inquiry_id)
        return redirect("storage:inquiries")
    form = AnswerForm(request.POST, auto_id=f"answer-{inquiry_id}-%s")
    form.is_valid()
    try:
        actions.answer_inquiry(by=by, inquiry_id=inquiry_id, **form.cleaned_data)
    except (Invalid, Conflict) as error:
        form.take(error)
        return _queue(request, form, inquiry_id)
    messages.success(request, _("The patient reads the answer beside the entry."))
    return redirect("storage:inquiries")


def _queue(
    request: HttpRequest, form: AnswerForm | None = None, wrong: uuid.UUID | None = None
) -> HttpResponse:
    found = access.inquiries_to_answer(by=actor_of(request))
    context = {
        "waiting": [
            (asked, _form_of(asked, form if asked.inquiry.inquiry_id == wrong else None))
            for asked in found
            if asked.inquiry.open
        ],
        "answered": [asked for asked in found if not asked.inquiry.open],
        "days": access.ANSWERED_WITHIN.days,
        "form": form,
    }
    return render(request, "storage/inquiries.html", context, status=400 if form else 200)


def _form_of(asked: access.AskedCard, sent: AnswerForm | None) -> AnswerForm | None:
    """About one's own access there is none: somebody else answers."""
    if asked.own:
        return None
    return sent or AnswerForm(auto_id=f"answer-{asked.inquiry.inquiry_id}-%s")
