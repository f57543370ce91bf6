"""From Alice's browser to Bob's by all real parts: tus, quarantine, thread, child, share, download, end."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from medicus import inprocess
from medicus.lib.clock import now
from tests.cast import Member
from tests.storage import dicom_files as files
from tests.storage.asgi import Visitor
from tests.storage.folders import folder_of

CONTENT = files.sound()


@pytest.fixture
def workers(jobs_in_threads: None, monkeypatch: pytest.MonkeyPatch) -> ThreadPoolExecutor:
    """The threads of the one-machine mode; `shutdown()` waits until they have done what was asked."""
    pool = ThreadPoolExecutor(max_workers=1)
    monkeypatch.setattr(inprocess, "_pool", pool)
    return pool


@pytest.mark.django_db(transaction=True)
def test_a_finding_goes_from_alice_to_bob_and_back_to_nobody(
    alice: Member, bob: Member, workers: ThreadPoolExecutor
) -> None:
    patient = folder_of(alice)
    assert Visitor.of(bob).begin(len(CONTENT), kind="finding", patient=patient.patient_id).status == 404
    browser = Visitor.of(alice)
    path = browser.begin(len(CONTENT), kind="finding", patient=patient.patient_id).headers["location"]
    assert browser.patch(path, 0, CONTENT).status == 204
    address = f"/api/v1/findings/{path.rsplit('/', 1)[1]}"
    workers.shutdown()
    assert alice.api.get(address).json()["state"] == "clean"
    assert bob.api.get(f"{address}/file").status_code == 404
    share = alice.api.post(
        f"{address}/shares",
        {
            "membership_id": str(bob.membership.id),
            "purpose": "emergency",
            "expires_at": (now() + timedelta(hours=1)).isoformat(),
        },
    ).json()
    assert bob.api.get(f"{address}/file").getvalue() == CONTENT
    assert alice.api.post(f"/api/v1/shares/{share['id']}/revoke").status_code == 200
    assert bob.api.get(f"{address}/file").status_code == 404
    assert bob.api.get(address).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_text_named_dcm_comes_to_a_rejected_finding(alice: Member, workers: ThreadPoolExecutor) -> None:
    content = b"Sehr geehrte Frau Kollegin, " * 20
    browser = Visitor.of(alice)
    folder = folder_of(alice).patient_id
    path = browser.begin(len(content), kind="finding", patient=folder, name="ct.dcm").headers["location"]
    browser.patch(path, 0, content)
    workers.shutdown()
    body = alice.api.get(f"/api/v1/findings/{path.rsplit('/', 1)[1]}").json()
    assert (body["state"], body["reason"]) == ("rejected", "not-dicom")
