"""Welcomes wait for the device they are for, until it has joined."""

import uuid

from messaging.models import Welcome, WelcomeDelivery
from tests.messaging.rooms import Room

PATH = "/api/v1/welcomes"


def test_bob_joins_and_strikes_his_welcome_off(room: Room, anton, bob):
    (welcome,) = bob.api.get(PATH).json()["welcomes"]
    assert bob.api.delete(f"{PATH}/{welcome['id']}").status_code == 204
    assert bob.api.get(PATH).json() == {"welcomes": []}
    assert Welcome.objects.count() == 1  # Anton's
    (of_anton,) = anton.api.get(PATH).json()["welcomes"]
    assert of_anton["welcome"] == welcome["welcome"]
    anton.api.delete(f"{PATH}/{of_anton['id']}")
    assert Welcome.objects.count() == 0


def test_striking_it_off_twice_finds_nothing(room: Room, bob):
    (welcome,) = bob.api.get(PATH).json()["welcomes"]
    bob.api.delete(f"{PATH}/{welcome['id']}")
    assert bob.api.delete(f"{PATH}/{welcome['id']}").status_code == 404


def test_nobody_reads_or_strikes_off_the_welcome_of_another(room: Room, bob, charlie, equipped):
    equipped(charlie)
    (welcome,) = bob.api.get(PATH).json()["welcomes"]
    assert charlie.api.get(PATH).json() == {"welcomes": []}
    foreign = charlie.api.delete(f"{PATH}/{welcome['id']}")
    absent = charlie.api.delete(f"{PATH}/{uuid.uuid4()}")
    assert foreign.status_code == absent.status_code == 404
    assert foreign.content == absent.content
    assert WelcomeDelivery.objects.count() == 2


def test_without_a_device_there_are_no_welcomes(charlie):
    assert charlie.api.get(PATH).status_code == 409
    assert charlie.api.delete(f"{PATH}/{uuid.uuid4()}").status_code == 409


def test_who_is_removed_before_joining_gets_no_welcome(room: Room, alice, bob):
    room.remove(alice, bob)
    assert bob.api.get(PATH).json() == {"welcomes": []}


def test_a_revoked_device_gets_no_welcome(room: Room, bob):
    bob.api.post(f"/api/v1/devices/{bob.device.id}/revoke")
    assert not WelcomeDelivery.objects.filter(device=bob.device.id).exists()
