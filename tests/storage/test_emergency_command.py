"""`manage.py emergency`: an operator sees what is to be reviewed in an organisation, and closes a review."""

import pytest
from django.core.management import CommandError
from django.db import IntegrityError, transaction

from audit.models import AuditEvent
from medicus.lib.clock import now
from storage.models import EmergencyAccess
from tests.cast import Member
from tests.identity.test_commands import run
from tests.storage.folders import begin, guarded_folder

pytestmark = pytest.mark.django_db
OF_A = ["--organisation", "hospital-a.example"]
OF_B = ["--organisation", "hospital-b.example"]


def test_a_review_is_listed_and_closed_with_a_word(alice: Member, adam: Member) -> None:
    begun = begin(alice, guarded_folder(alice.organisation))
    told = run("emergency", "list", *OF_A)
    assert "Alice Ahrens" in told
    assert "Unconscious in the shock room." in told
    assert "Geheim" not in told
    run("emergency", "close", str(begun.emergency_id), "unjustified", "The ward knows nothing.", *OF_A)
    row = EmergencyAccess.objects.get()
    assert (row.state, row.reviewed_by_id) == ("unjustified", None)
    assert row.ends_at <= now()
    assert "Alice" not in run("emergency", "list", *OF_A)
    assert "The ward knows nothing." in run("emergency", "list", "--closed", *OF_A)
    assert "The service" in adam.client.get("/administration/emergency-accesses/").content.decode()
    event = AuditEvent.objects.get(event="emergency-access:review")
    assert event.organisation_id == alice.organisation.id


def test_what_the_page_refuses_is_refused_here(alice: Member, bob: Member) -> None:
    begun = begin(alice, guarded_folder(alice.organisation))
    which = str(begun.emergency_id)
    assert "Alice" not in run("emergency", "list", *OF_B)
    with pytest.raises(CommandError, match="not found"):
        run("emergency", "close", which, "justified", "The ward confirms it.", *OF_B)
    with pytest.raises(CommandError, match="at least 10 characters"):
        run("emergency", "close", which, "justified", "Fine", *OF_A)
    run("emergency", "close", which, "justified", "The ward confirms it.", *OF_A)
    with pytest.raises(CommandError, match="closed already"):
        run("emergency", "close", which, "justified", "The ward confirms it.", *OF_A)


def test_a_closed_review_has_its_day_and_its_note(alice: Member) -> None:
    begin(alice, guarded_folder(alice.organisation))
    with pytest.raises(IntegrityError), transaction.atomic():
        EmergencyAccess.objects.update(state="justified", reviewed_at=now())
