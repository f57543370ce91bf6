"""The proof sheet: page, PDF and proofs say the same, and prove it without us."""

import io
import uuid

import pytest
from django.conf import settings
from django.core.management import CommandError
from django.urls import reverse
from pypdf import PdfReader

from audit import actions as audit
from identity.actions import offboard
from identity.models import Membership, Offboarding, Person
from medicus.lib.actor import SYSTEM
from medicus.lib.clock import now
from tests.identity.test_commands import run


@pytest.fixture
def left(adam, alice, anton):
    Person.objects.filter(id=alice.person.id).update(given_name="Łucja", family_name="Šimůnková-Yıldız")
    return offboard(by=adam.actor, membership_id=alice.membership.id, deputy_id=anton.membership.id)


def page(who, row):
    return who.client.get(reverse("identity:offboarding-sheet", args=[row.id])).content.decode()


def pdf(who, row, language="en"):
    who.client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    answer = who.client.get(reverse("identity:offboarding-pdf", args=[row.id]))
    assert answer["Content-Type"] == "application/pdf"
    read = PdfReader(io.BytesIO(answer.content))
    return " ".join(" ".join(one.extract_text() for one in read.pages).split())


def test_it_says_that_it_waits_for_its_seal_and_looks_again_until_it_has_one(adam, left):
    text = page(adam, left)
    assert "not sealed yet" in text
    assert "data-busy" in text
    assert "Not sealed yet" in pdf(adam, left)
    audit.seal(by=SYSTEM)
    text = page(adam, left)
    assert "data-busy" not in text
    assert "row 0" in text or "checkpoint" in text
    assert "Not sealed yet" not in pdf(adam, left)


def test_the_pdf_holds_every_line_as_text_in_both_languages(adam, left):
    audit.seal(by=SYSTEM)
    english, german = pdf(adam, left), pdf(adam, left, "de")
    for text in (english, german):
        assert "Łucja Šimůnková-Yıldız" in text
        assert "Anton Albrecht" in text
        assert "Adam Arnold" in text
        assert all(step["event_id"] in text for step in left.steps)
    assert "Sessions ended 1" in english
    assert "Sitzungen beendet 1" in german
    assert "Nachweisblatt eines Austritts" in german
    assert "signed checkpoint over" in english


def test_each_proof_verifies_offline_and_a_changed_one_does_not(adam, left, tmp_path):
    audit.seal(by=SYSTEM)
    for step in left.steps:
        answer = adam.client.get(reverse("audit:proof", args=[step["event_id"]]))
        file = tmp_path / f"{step['event_id']}.proof"
        file.write_bytes(answer.content)
        run("audit", "verify", str(file))
    content = file.read_text()
    index = next(line for line in content.splitlines() if line.startswith("index "))
    file.write_text(content.replace(index, f"index {int(index.split()[1]) - 1}"))
    with pytest.raises(CommandError):
        run("audit", "verify", str(file))


def test_an_event_that_the_log_does_not_hold_is_called_missing(adam, left):
    audit.seal(by=SYSTEM)
    steps = [*left.steps[:-1], left.steps[-1] | {"event_id": str(uuid.uuid4())}]
    Offboarding.objects.filter(id=left.id).update(steps=steps)
    text = page(adam, left)
    assert "missing in the log" in text
    assert "not sealed yet" in text
    assert "missing in the log" in pdf(adam, left)


def test_counts_come_from_the_log_and_not_from_the_row(adam, left):
    steps = [step | {"count": 99} for step in left.steps]
    Offboarding.objects.filter(id=left.id).update(steps=steps)
    assert "99" not in pdf(adam, left).replace(str(left.id), "")[:600]


def test_by_the_service_itself_and_without_a_deputy(adam, anton):
    Membership.objects.filter(id=anton.membership.id).update(valid_until=now())
    row = offboard(by=SYSTEM, membership_id=anton.membership.id, reason="last-day")
    text = pdf(adam, row)
    assert "the service itself" in text
    assert "nobody named" in text
    assert "The last day has passed" in text


def test_what_was_undone_says_so(adam, alice, left):
    adam.client.post(reverse("identity:person-reactivate", args=[alice.membership.id]))
    assert "Access was opened again" in page(adam, left)
    assert "Undone" in pdf(adam, left)
    person = adam.client.get(reverse("identity:person", args=[alice.membership.id])).content.decode()
    assert "undone" in person
    assert reverse("identity:offboarding", args=[alice.membership.id]) in person
