"""Fills a database for a server process: rooms of people, each with a session and a device.

python -m tests.messaging.seed ROOMS MEMBERS   # prints JSON, for `load` and the tests of real processes
"""

import json
import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.cast import Member


def seed(rooms: int, members: int) -> dict[str, Any]:
    """Make `rooms` groups of `members` people at two hospitals; say what a client of each must know."""
    from identity.states import Function
    from tests.conftest import make_hospital, member
    from tests.messaging.rooms import make_room

    hospitals = [make_hospital(f"Hospital {letter}", f"hospital-{letter}.example") for letter in "xy"]
    made = []
    for number in range(rooms):
        people = [
            member(hospitals[index % 2], f"Room{number}", f"Member{index}", Function.PHYSICIAN)
            for index in range(members)
        ]
        for one in people:
            one.add_device()
        made.append((make_room(*people), people))
    return {
        "rooms": [
            {"id": str(room.id), "epoch": room.epoch, "members": [_client(one) for one in people]}
            for room, people in made
        ]
    }


def _client(member: "Member") -> dict[str, str]:
    assert member.device
    return {
        "session": member.session_key,
        "device": str(member.device.id),
        "person": str(member.person.id),
    }


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "medicus.settings")
    import django
    from django.test.utils import setup_test_environment

    django.setup()
    setup_test_environment()
    json.dump(seed(int(sys.argv[1]), int(sys.argv[2])), sys.stdout)
