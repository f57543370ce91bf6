"""Every event of the vocabulary is recorded by some code, and every recorded event is of the vocabulary."""

import ast

from audit.events import Event
from tests.repo.code import APPS, modules


def events_in_code() -> dict[str, set[str]]:
    """The events named in the code of each app, outside the labels that translate them."""
    found: dict[str, set[str]] = {}
    for app in APPS:
        for path, tree in modules(app):
            if path.name in {"events.py", "labels.py"}:
                continue
            if not _knows_vocabulary(tree):
                continue
            for node in ast.walk(tree):
                if (
                    isinstance(node, ast.Attribute)
                    and isinstance(node.value, ast.Name)
                    and node.value.id == "Event"
                ):
                    found.setdefault(node.attr, set()).add(str(path))
    return found


def recorded_in_actions() -> set[str]:
    return {name for name, paths in events_in_code().items() if any("actions" in path for path in paths)}


def test_every_event_is_recorded_by_an_action():
    assert set(Event.__members__) - recorded_in_actions() == set()


def test_every_recorded_event_is_of_the_vocabulary():
    assert events_in_code().keys() - set(Event.__members__) == set()


def test_no_event_is_recorded_by_its_text():
    """A text in place of `Event.X` would escape the rules above."""
    for app in APPS:
        for path, tree in modules(app):
            for call in ast.walk(tree):
                if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
                    continue
                module = call.func.value
                if (
                    isinstance(module, ast.Name)
                    and module.id == "audit"
                    and call.func.attr in {"record", "prepare"}
                ):
                    assert not isinstance(call.args[0], ast.Constant), f"{path}:{call.lineno}"


def test_codes_are_of_one_form():
    for event in Event:
        subject, _, act = event.value.partition(":")
        assert subject.replace("-", "").islower()
        assert act.replace("-", "").islower()


def _knows_vocabulary(tree: ast.Module) -> bool:
    return any(isinstance(node, ast.ImportFrom) and node.module == "audit.events" for node in ast.walk(tree))
