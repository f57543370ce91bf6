"""The shifts of a role, for its planners; and a person's own, as a calendar."""

import uuid
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from identity.access import actor_of
from identity.views.answers import get_or_post
from medicus.lib.clock import now
from medicus.lib.errors import Invalid
from rota import access, actions, calendar_file
from rota.calendar_file import OwnEvent
from rota.forms import PlanForm, ShiftForm
from rota.states import RANK_NAMES


@get_or_post
def plan(request: HttpRequest, role_id: uuid.UUID) -> HttpResponse:
    """Plan one, or one of each week."""
    by = actor_of(request)
    role = access.planned_role(by=by, role_id=role_id)
    form = PlanForm(request.POST if request.method == "POST" else None, people=access.candidates(role))
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.plan_shift(by=by, role_id=role_id, **form.shift())
        except Invalid as error:
            form.take(error)
        else:
            text = ngettext("%(count)s shift is planned.", "%(count)s shifts are planned.", len(made))
            messages.success(request, text % {"count": len(made)})
            return redirect(_in_its_week(made[0].role_id, made[0].starts_at))
    context = {"form": form, "role": role}
    return render(request, "rota/plan.html", context, status=400 if form.errors else 200)


@get_or_post
def shift(request: HttpRequest, shift_id: uuid.UUID) -> HttpResponse:
    """Change one."""
    by = actor_of(request)
    found = access.planned_shift(by=by, shift_id=shift_id)
    initial = {
        "membership": found.membership_id,
        "rank": found.rank,
        "starts_at": found.starts_at,
        "ends_at": found.ends_at,
    }
    given = request.POST if request.method == "POST" else None
    form = ShiftForm(given, people=access.candidates(found.role), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            changed = actions.change_shift(by=by, shift_id=shift_id, **form.shift())
        except Invalid as error:
            form.take(error)
        else:
            messages.success(request, _("Saved."))
            return redirect(_in_its_week(changed.role_id, changed.starts_at))
    context = {"form": form, "role": found.role, "shift": found, "begun": found.starts_at <= now()}
    return render(request, "rota/shift.html", context, status=400 if form.errors else 200)


@require_POST
def remove(request: HttpRequest, shift_id: uuid.UUID) -> HttpResponse:
    """Delete one, with a way back."""
    gone = actions.remove_shift(by=actor_of(request), shift_id=shift_id)
    if gone.removed_at is None:
        messages.success(request, _("The shift ends now."))
        return redirect(_in_its_week(gone.role_id, gone.starts_at))
    messages.success(request, _("The shift is deleted."))
    return redirect(_in_its_week(gone.role_id, gone.starts_at) + f"&deleted={gone.id}")


@require_POST
def restore(request: HttpRequest, shift_id: uuid.UUID) -> HttpResponse:
    """Undo that."""
    back = actions.restore_shift(by=actor_of(request), shift_id=shift_id)
    messages.success(request, _("The shift is back."))
    return redirect(_in_its_week(back.role_id, back.starts_at))


@require_GET
def own_calendar(request: HttpRequest) -> HttpResponse:
    """The acting person's shifts as a calendar."""
    events = [
        OwnEvent(
            uid=f"{each.id}@medicus",
            summary=f"{each.role.name} ({RANK_NAMES[each.rank]})",
            location=each.role.organisation.name,
            starts_at=each.starts_at,
            ends_at=each.ends_at,
        )
        for each in access.own_shifts(by=actor_of(request))
    ]
    return HttpResponse(
        calendar_file.write(_("On-call duty"), events, at=now()),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="medicus-shifts.ics"'},
    )


def _in_its_week(role_id: uuid.UUID, starts_at: datetime) -> str:
    return f"{reverse('rota:role', args=[role_id])}?week={localdate(starts_at)}"
