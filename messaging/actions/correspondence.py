"""Looking up whether a patient can be written to."""

import uuid

from django.db import transaction

from medicus.lib.actor import Actor
from messaging.access.correspondence import Correspondence, correspondence
from storage import actions as storage


@transaction.atomic
def look_at_correspondence(*, by: Actor, patient_id: uuid.UUID) -> Correspondence:
    """Show whether a patient of the own organisation can be written to. It names them, so it is a look at the record.

    Raises:
        NotFound: absent, or not one whose folder the actor opens.
    """
    patient = storage.look_at_patient(by=by, patient_id=patient_id)
    return correspondence(by=by, patient_id=patient_id, name=f"{patient.given_name} {patient.family_name}")
