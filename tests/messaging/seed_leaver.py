"""Fills a database for a server process: a clinician with everything open who is about to be offboarded.

python -m tests.messaging.seed_leaver   # prints JSON
"""

import json
import os
import sys
from typing import Any


def seed() -> dict[str, Any]:
    """Alma with two devices and a third session without one; Bo in a room with her; Ada who administers."""
    from identity.states import Function
    from tests.cast import Browser, sign_in
    from tests.conftest import make_hospital, member
    from tests.messaging.rooms import make_room

    here, there = (make_hospital(f"Hospital {letter}", f"hospital-{letter}.example") for letter in "xy")
    alma = member(here, "Alma", "Abel", Function.PHYSICIAN)
    ada = member(here, "Ada", "Arndt", Function.IT, is_admin=True)
    bo = member(there, "Bo", "Brandt", Function.PHYSICIAN)
    for one in (alma, bo):
        one.add_device()
    second = sign_in(alma.membership)
    second.browser = Browser(identity_key=alma.browser.identity_key)
    second.add_device()
    room = make_room(bo, alma)
    return {
        "room": {"id": str(room.id), "epoch": room.epoch},
        "membership": str(alma.membership.id),
        "sessions": [alma.session_key, second.session_key, sign_in(alma.membership).session_key],
        "bo": bo.session_key,
        "ada": ada.session_key,
    }


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "medicus.settings")
    import django
    from django.test.utils import setup_test_environment

    django.setup()
    setup_test_environment()
    json.dump(seed(), sys.stdout)
