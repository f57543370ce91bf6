"""The pages of `teleconsult`."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from audit.access import OwnWanted
from audit.forms import OwnLogForm
from identity.access import actor_of, for_patients
from medicus.lib.actor import Role
from medicus.lib.errors import Invalid
from teleconsult.actions import open_patient_home, open_work_list


@for_patients
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What waits for the person who has just arrived; for a patient, who looked at their data."""
    by = actor_of(request)
    if by.has(Role.PATIENT):
        return _patient_home(request)
    return render(request, "teleconsult/home.html", {"work": open_work_list(by=by)})


def _patient_home(request: HttpRequest) -> HttpResponse:
    form = OwnLogForm(request.GET)
    try:
        wanted, status = form.wanted(), 200
    except Invalid as invalid:
        wanted, status = OwnWanted(), invalid.status
    home = open_patient_home(by=actor_of(request), wanted=wanted)
    form.offer(home.log.hospitals)
    context = {"home": home, "form": form, "filtered": wanted != OwnWanted()}
    return render(request, "teleconsult/patient_home.html", context, status=status)
