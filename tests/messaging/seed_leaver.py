"""Fills a database for a server process: clinicians with everything open who are about to be offboarded.

python -m tests.messaging.seed_leaver   # prints JSON
"""

import json
import os
import sys
from typing import Any

LEAVERS = ("by-hand", "by-identity-management", "by-date")


def seed() -> dict[str, Any]:
    """Of each leaver two devices and a third session without one, in a room with Bo; Ada, who administers; the key by
    which their hospital's identity management acts."""
    from identity.actions import create_api_key
    from identity.states import Function
    from medicus.lib.actor import SYSTEM, Scope
    from tests.conftest import make_hospital, member

    here, there = (make_hospital(f"Hospital {letter}", f"hospital-{letter}.example") for letter in "xy")
    ada = member(here, "Ada", "Arndt", Function.IT, is_admin=True)
    bo = member(there, "Bo", "Brandt", Function.PHYSICIAN)
    bo.add_device()
    key = create_api_key(by=SYSTEM, organisation_id=here.id, name="Keycloak", scopes=[Scope.SCIM])
    return {
        "leavers": {way: _leaver(here, bo, way) for way in LEAVERS},
        "bo": bo.session_key,
        "ada": ada.session_key,
        "token": key.token,
    }


def _leaver(here: Any, bo: Any, way: str) -> dict[str, Any]:
    from identity.states import Function
    from tests.cast import Browser, sign_in
    from tests.conftest import member
    from tests.messaging.rooms import make_room

    leaver = member(here, "Alma", way.title(), Function.PHYSICIAN)
    leaver.add_device()
    second = sign_in(leaver.membership)
    second.browser = Browser(identity_key=leaver.browser.identity_key)
    second.add_device()
    room = make_room(bo, leaver)
    return {
        "room": {"id": str(room.id), "epoch": room.epoch},
        "membership": str(leaver.membership.id),
        "sessions": [leaver.session_key, second.session_key, sign_in(leaver.membership).session_key],
    }


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "medicus.settings")
    import django
    from django.test.utils import setup_test_environment

    django.setup()
    setup_test_environment()
    json.dump(seed(), sys.stdout)
