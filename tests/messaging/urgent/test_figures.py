"""Urgent messages in figures for the administration: how many, how fast, how many were missed; nothing else."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from medicus.lib.clock import now
from medicus.lib.errors import NotFound
from messaging.access import urgent_figures
from messaging.models_urgent import UrgentMessage
from tests.messaging.urgent.conftest import escalate, message_in, urgent_message


@pytest.fixture
def _month(room, anton, alice, role):
    """To the role one that was answered after four minutes, one after ten, one that nobody answered; one to people,
    one that was never sent, and one of long ago."""
    for minutes in (4, 10):
        message = urgent_message(room, anton, role)
        message.say(alice)
        _waited(message, minutes)
    missed = urgent_message(room, anton, role)
    for _ in range(3):
        missed.let_time_pass()
        escalate()
    urgent_message(room, anton)
    message_in(room).announce(anton, role_id=str(role.id))
    old = urgent_message(room, anton, role)
    UrgentMessage.objects.filter(id=old.row.id).update(started_at=now() - dt.timedelta(days=31))


def _waited(message, minutes):
    row = message.row
    UrgentMessage.objects.filter(id=row.id).update(closed_at=row.started_at + dt.timedelta(minutes=minutes))


def shown(figures):
    return (figures.role_name, figures.messages, figures.median_minutes, figures.escalations, figures.missed)


@pytest.mark.usefixtures("_month")
def test_each_role_is_counted_and_so_is_what_was_sent_to_people(adam):
    figures = urgent_figures(by=adam.actor)
    assert [shown(each) for each in figures.roles] == [
        ("Cardiology, on call", 3, 7.0, 2, 1),
        ("", 1, None, 0, 0),
    ]
    assert shown(figures.total)[1:] == (4, 7.0, 2, 1)
    assert sum(day.messages for day in figures.days) == 4
    assert len(figures.days) == 30


@pytest.mark.usefixtures("_month")
def test_they_stand_on_the_overview(adam):
    page = adam.client.get("/administration/").content.decode()
    assert "Urgent messages of the last 30 days" in page
    assert "Cardiology, on call" in page
    assert "7 min" in page
    assert "style=" not in page


def test_where_there_was_none_it_says_so(adam):
    assert "Nobody has sent an urgent message" in adam.client.get("/administration/").content.decode()


@pytest.mark.usefixtures("_month")
def test_another_hospital_counts_its_own_and_nobody_else_counts(alice, berta):
    assert urgent_figures(by=berta.actor).roles == []
    with pytest.raises(NotFound):
        urgent_figures(by=alice.actor)


@pytest.mark.usefixtures("_month")
def test_they_cost_one_query(adam):
    with CaptureQueriesContext(connection) as captured:
        urgent_figures(by=adam.actor)
    assert len(captured) == 1
