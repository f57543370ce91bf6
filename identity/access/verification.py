"""By whom, in which way and when an organisation was verified: the source behind its badge."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from identity.models import Application, Organisation
from identity.onboarding_texts import EVIDENCE_FORMS
from identity.states import ApplicationState


@dataclass(frozen=True, slots=True)
class Verification:
    """A badge. at: None while nobody has verified the organisation; `source` then says nothing."""

    at: datetime | None
    source: str


def verification_of(organisation: Organisation) -> Verification:
    """Say where an organisation's badge comes from. It was read with its application."""
    if organisation.verified_at is None:
        return Verification(None, "")
    return Verification(organisation.verified_at, _source(getattr(organisation, "application", None)))


def _source(application: Application | None) -> str:
    if application is None or application.state != ApplicationState.APPROVED:
        return _("by the operator of this service")
    form = EVIDENCE_FORMS.get(application.evidence_kind)
    if form is None:
        return _("by the operator of this service: domain, checked by two people")
    text = _("by the operator of this service: domain and %(evidence)s, checked by two people")
    return text % {"evidence": form.name}
