"""What the offboarding of somebody means for shares: those to them end, those by them are looked after."""

from audit.models import AuditEvent
from identity.actions import offboard
from storage.models import Share
from storage.states import ShareState
from tests.storage.folders import clean, folder_of, share


def counts(row):
    return {step["step"]: step["count"] for step in row.steps}


def test_what_others_have_shared_with_bob_ends_for_good(alice, bob, berta, hospital_a):
    finding = clean(alice, folder_of(alice))
    opened = share(alice, finding.finding_id, bob)
    assert bob.api.get(f"/api/v1/findings/{finding.finding_id}").status_code == 200
    row = offboard(by=berta.actor, membership_id=bob.membership.id)
    assert counts(row)["end-shares"] == 1
    assert Share.objects.get(id=opened.share_id).state == ShareState.REVOKED
    assert AuditEvent.objects.filter(event="finding:unshare", organisation_id=hospital_a.id).exists()
    berta.client.post(f"/administration/people/{bob.membership.id}/reactivate/")
    assert Share.objects.get(id=opened.share_id).state == ShareState.REVOKED


def test_what_alice_has_shared_stays_and_her_deputy_ends_it(alice, anton, adam, bob):
    finding = clean(alice, folder_of(alice))
    opened = share(alice, finding.finding_id, bob)
    row = offboard(by=adam.actor, membership_id=alice.membership.id, deputy_id=anton.membership.id)
    assert counts(row)["hand-over-shares"] == 1
    assert bob.api.get(f"/api/v1/findings/{finding.finding_id}").status_code == 200
    assert anton.api.post(f"/api/v1/shares/{opened.share_id}/revoke").status_code == 200
    assert bob.api.get(f"/api/v1/findings/{finding.finding_id}").status_code == 404


def test_shares_of_others_are_left_alone(alice, anton, adam, bob):
    finding = clean(alice, folder_of(alice))
    share(alice, finding.finding_id, bob)
    row = offboard(by=adam.actor, membership_id=anton.membership.id)
    assert (counts(row)["end-shares"], counts(row)["hand-over-shares"]) == (0, 0)
    assert bob.api.get(f"/api/v1/findings/{finding.finding_id}").status_code == 200
