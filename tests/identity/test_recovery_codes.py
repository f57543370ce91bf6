"""Recovery codes: shown once, kept as a hash, each good for one sign-in."""

import datetime as dt
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from audit.models import AuditEvent
from identity.actions import make_recovery_codes, reset_second_factor
from identity.actions.recovery_codes import use_recovery_code
from identity.models import RecoveryCode, SignIn
from medicus.lib.actor import SYSTEM
from medicus.lib.clock import now
from medicus.lib.errors import Invalid, NotFound
from tests.identity.conftest import fresh_browser
from tests.identity.test_second_factor import ENROL, SECOND_FACTOR, shown_secret

CODES = "/account/recovery-codes/"


@pytest.fixture(autouse=True)
def one_instant():
    with time_machine.travel(dt.datetime(2026, 3, 2, 8, 0, 10, tzinfo=dt.UTC), tick=False) as clock:
        yield clock


def actor_of(dora):
    from identity.access import actor_in

    return actor_in(dora.membership, verified_at=now())


def give_recovery_code(dora, code):
    return dora.client.post(SECOND_FACTOR, {"code": "", "recovery_code": code})


def test_ten_codes_are_shown_once_and_kept_as_hashes(alice):
    assert "Make ten codes" in alice.client.get(CODES).content.decode()
    shown = re.findall(r'<code class="code">([^<]+)</code>', alice.client.post(CODES).content.decode())
    assert len(set(shown)) == 10
    assert all(re.fullmatch(r"([2-9a-hjkmnp-z]{4}-){2}[2-9a-hjkmnp-z]{4}", code) for code in shown)
    later = alice.client.get(CODES).content.decode()
    assert "You have 10 codes left." in later
    rows = list(RecoveryCode.objects.filter(person=alice.person))
    for code in shown:
        assert code not in later
        assert not any(code.replace("-", "").encode() in bytes(row.digest) for row in rows)
    assert "recovery-codes:make" in AuditEvent.objects.values_list("event", flat=True)


def test_after_the_enrolment_codes_are_offered_and_the_way_goes_on(newcomer):
    newcomer.client.post("/sign-in/", {"email": newcomer.person.email, "password": "correct horse battery"})
    newcomer.secret = shown_secret(newcomer.client.get(ENROL))
    answer = newcomer.client.post(ENROL, {"code": newcomer.code(), "next": "/directory/"}, follow=True)
    assert '<a class="button button--quiet" href="/directory/">Not now</a>' in answer.content.decode()
    made = newcomer.client.post(CODES, {"next": "/directory/"}).content.decode()
    assert 'href="/directory/">I have kept them</a>' in made


def test_a_recovery_code_signs_in_and_says_how_many_are_left(dora):
    codes = make_recovery_codes(by=actor_of(dora))
    dora.give_password()
    answer = give_recovery_code(dora, codes[3])
    assert answer["Location"] == "/"
    told = dora.client.get("/account/").content.decode()
    assert "You have signed in with a recovery code, which is used up now. 9 are left." in told
    assert "9 codes left" in told
    assert "Password and recovery code" in told
    assert "recovery-codes:use" in AuditEvent.objects.values_list("event", flat=True)


@pytest.mark.parametrize("spelt", [str.upper, lambda code: code.replace("-", " "), lambda code: f" {code} "])
def test_it_does_not_matter_how_it_is_typed(dora, spelt):
    (code, *_) = make_recovery_codes(by=actor_of(dora))
    dora.give_password()
    assert give_recovery_code(dora, spelt(code)).status_code == 302


def test_each_code_works_once(dora):
    (code, *_) = make_recovery_codes(by=actor_of(dora))
    dora.give_password()
    assert give_recovery_code(dora, code).status_code == 302
    dora.client = fresh_browser()
    dora.give_password()
    answer = give_recovery_code(dora, code)
    assert answer.status_code == 400
    assert "This recovery code is not right, or was used before." in answer.content.decode()
    assert not dora.is_signed_in()
    assert SignIn.objects.filter(person=dora.person, way="recovery-code", succeeded=False).count() == 1


def test_wrong_recovery_codes_and_wrong_time_codes_count_together(dora):
    (code, *_) = make_recovery_codes(by=actor_of(dora))
    dora.give_password()
    for _ in range(3):
        assert give_recovery_code(dora, "aaaa-aaaa-aaaa").status_code == 400
    for _ in range(2):
        assert dora.give_code("000000").status_code == 400
    assert give_recovery_code(dora, code).status_code == 429
    assert dora.give_code().status_code == 429
    assert not dora.is_signed_in()


def test_the_code_of_somebody_else_does_not_work(dora, alice):
    (code, *_) = make_recovery_codes(by=alice.actor)
    dora.give_password()
    assert give_recovery_code(dora, code).status_code == 400
    use_recovery_code(by=alice.actor, code=code)


def test_new_codes_end_the_old_ones(alice):
    (old, *_) = make_recovery_codes(by=alice.actor)
    (new, *_) = make_recovery_codes(by=alice.actor)
    with pytest.raises(Invalid):
        use_recovery_code(by=alice.actor, code=old)
    use_recovery_code(by=alice.actor, code=new)


def test_half_a_session_makes_no_codes(dora):
    dora.give_password()
    assert dora.client.post(CODES).status_code == 302
    assert not RecoveryCode.objects.exists()
    half = SYSTEM.__class__(dora.person.id, None, None, frozenset())
    with pytest.raises(NotFound):
        make_recovery_codes(by=half)


def test_the_reset_of_the_second_factor_ends_the_codes(dora):
    make_recovery_codes(by=actor_of(dora))
    reset_second_factor(by=SYSTEM, person_id=dora.person.id)
    assert not RecoveryCode.objects.exists()


def test_neither_code_is_an_error_of_the_field(dora):
    dora.give_password()
    answer = dora.client.post(SECOND_FACTOR, {"code": "", "recovery_code": " "})
    assert answer.status_code == 400
    assert "This field is required." in answer.content.decode()


def test_a_code_is_used_after_it_is_made(alice):
    row = RecoveryCode(
        person=alice.person, digest=bytes(32), created_at=now(), used_at=now() - dt.timedelta(seconds=1)
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
def test_of_two_that_bring_the_same_code_at_once_one_gets_in(dora):
    (code, *_) = make_recovery_codes(by=actor_of(dora))

    def bring(_number):
        try:
            use_recovery_code(by=actor_of(dora), code=code)
        except Invalid:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(bring, range(4))) == [False, False, False, True]
