"""A refused sign-in by single sign-on: one page for the person, the reason for the administrator."""

import secrets
import uuid
from dataclasses import dataclass, replace
from typing import NoReturn

from django.db import transaction
from django.utils.translation import gettext as _

from audit import actions as audit
from audit.events import Event
from identity.actions import attempts, sign_ins
from identity.oidc.errors import ProviderError, Trouble
from identity.origin import Origin
from identity.refusals import SignOnRefused
from identity.states import SignOnRefusal, Way
from medicus.lib.actor import Actor

REFERENCE_BYTES = 4


@dataclass(frozen=True, slots=True)
class Attempt:
    """Who comes back from which organisation's provider, and from where. person_id: once it is known whose it is."""

    by: Actor
    organisation_id: uuid.UUID
    origin: Origin
    person_id: uuid.UUID | None = None

    def of(self, person_id: uuid.UUID) -> "Attempt":
        return replace(self, person_id=person_id)

    def refuse(self, reason: SignOnRefusal | Trouble, what: str = "") -> NoReturn:
        """Record why, and raise what the person is told.

        Raises:
            SignOnRefused: always.
            TooManyAttempts: a hundred refusals from one network address within a quarter of an hour.
        """
        attempts.count(attempts.provider_refusal_limits(address=self.origin.address))
        reference = secrets.token_hex(REFERENCE_BYTES).upper()
        details = {"reason": reason.value, "reference": reference} | ({"what": what} if what else {})
        with transaction.atomic():
            if self.person_id:
                sign_ins.note_refusal(person_id=self.person_id, way=Way.PROVIDER, origin=self.origin)
            audit.record(
                Event.SIGN_IN_PROVIDER_REFUSE,
                by=self.by,
                subject=f"person/{self.person_id}" if self.person_id else "",
                organisation_id=self.organisation_id,
                details=details,
            )
        raise SignOnRefused(
            _("Please try once more from the sign-in page. If it happens again, ask your IT department."),
            reference=reference,
        )

    def refuse_for(self, error: ProviderError) -> NoReturn:
        """As `refuse`, for what is wrong with the provider or its ID token."""
        self.refuse(error.trouble, error.what)
