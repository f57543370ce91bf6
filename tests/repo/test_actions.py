"""What can happen is written one way: keyword-only, `by: Actor`, and a docstring that says what."""

import importlib
import inspect
from collections.abc import Iterator
from typing import Any

import pytest

from medicus.lib.actor import Actor
from tests.repo.code import APPS

WITHOUT_ACTOR = {
    "audit.insert_prepared": "writes events that were prepared with their actors",
    "audit.statements": "the SQL of insert_prepared",
    "identity.email_of": "pure: the address of an account of the demo data",
    "messaging.confirm_all": "each confirmation carries the device that sent it; many devices at once",
    "messaging.forget_push": "news from identity, which has recorded who signed out or revoked",
    "messaging.revoke_devices": "news from identity, which has recorded who revoked them",
    "storage.discard_document": "takes back bytes that only the caller has written and that no row names",
}
ONE_POSITIONAL = {
    "audit.record": "`record(Event.X, by=…)` reads like the sentence it is",
    "audit.prepare": "as record",
}


def public_actions() -> Iterator[Any]:
    for app in APPS:
        module = importlib.import_module(f"{app}.actions")
        for name in getattr(module, "__all__", vars(module)):
            function = vars(module)[name]
            own = inspect.isfunction(function) and inspect.unwrap(function).__module__.split(".")[0] == app
            if own and not name.startswith("_"):
                yield pytest.param(f"{app}.{name}", inspect.unwrap(function), id=f"{app}.{name}")


@pytest.mark.parametrize(("name", "action"), list(public_actions()))
def test_the_action_is_written_like_all_others(name, action):
    parameters = inspect.signature(action).parameters
    positional = [each.name for each in parameters.values() if each.kind is not each.KEYWORD_ONLY]
    assert inspect.getdoc(action), "has no docstring"
    if name in WITHOUT_ACTOR:
        assert "by" not in parameters, "needs no exception"
        return
    assert len(positional) == (1 if name in ONE_POSITIONAL else 0), f"takes {positional} by position"
    assert "by" in parameters, "does not say who acts"
    assert parameters["by"].annotation in {Actor, "Actor"}, "takes somebody else than an Actor"


def test_every_exception_is_an_action():
    names = {parameter.values[0] for parameter in public_actions()}
    assert names >= WITHOUT_ACTOR.keys() | ONE_POSITIONAL.keys()
