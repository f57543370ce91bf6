"""What somebody who has left leaves to their deputy, on the deputy's work list."""

from datetime import timedelta

from identity.actions import offboard, reactivate_membership
from identity.models import Offboarding
from medicus.lib.clock import now
from tests.storage.folders import clean, folder_of, share


def page(who):
    return who.client.get("/").content.decode()


def test_anton_stands_in_for_alice_and_finds_what_she_has_shared(alice, anton, adam, bob):
    finding = clean(alice, folder_of(alice))
    share(alice, finding.finding_id, bob)
    assert "You stand in" not in page(anton)
    offboard(by=adam.actor, membership_id=alice.membership.id, deputy_id=anton.membership.id)
    text = page(anton)
    assert "For Alice Ahrens, who left on" in text
    assert "Finding shared with Bob Becker" in text
    assert "Muster" not in text
    address = f"/findings/{finding.finding_id}/shares/"
    assert address in text
    assert "Bob Becker" in anton.client.get(address, follow=True).content.decode()


def test_nobody_else_is_told(alice, anton, adam, bob, charlie):
    offboard(by=adam.actor, membership_id=alice.membership.id, deputy_id=anton.membership.id)
    for other in (adam, bob, charlie):
        assert "You stand in" not in page(other)


def test_it_ends_when_it_is_undone_and_after_ninety_days(alice, anton, adam):
    row = offboard(by=adam.actor, membership_id=alice.membership.id, deputy_id=anton.membership.id)
    Offboarding.objects.filter(id=row.id).update(started_at=now() - timedelta(days=91))
    assert "You stand in" not in page(anton)
    Offboarding.objects.filter(id=row.id).update(started_at=row.started_at)
    assert "You stand in" in page(anton)
    reactivate_membership(by=adam.actor, membership_id=alice.membership.id)
    assert "You stand in" not in page(anton)
