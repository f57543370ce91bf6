"""Events are written in the canonical form of RFC 8785, as an independent implementation finds it."""

import json

import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from audit import actions as audit
from audit.entries import LARGEST_INTEGER, canonical_bytes
from audit.events import Event
from tests.audit.log import ALICE

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
KEY = st.text(st.characters(max_codepoint=127), min_size=1)
DETAILS = st.dictionaries(KEY, TEXT | st.integers(-LARGEST_INTEGER, LARGEST_INTEGER))


@given(DETAILS, TEXT, TEXT)
def test_any_event_is_in_canonical_form(details, purpose, subject):
    prepared = audit.prepare(
        Event.SIGN_OUT, by=ALICE, purpose=purpose, subject=f"x{subject}", details=details
    )
    body = json.loads(prepared.canonical)
    assert rfc8785.dumps(body) == prepared.canonical
    assert (body["details"], body["purpose"]) == (details, purpose)


def test_the_form_of_control_characters_is_that_of_the_standard():
    text = "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/\u007f\u2028"
    assert canonical_bytes({"s": text}) == rfc8785.dumps({"s": text})
