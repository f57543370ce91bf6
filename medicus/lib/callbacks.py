"""News travels upward through the line of apps by name: a lower app calls, a higher one has registered."""

from collections.abc import Callable
from typing import Any

_registered: dict[str, list[Callable[..., Any]]] = {}


def register(name: str, function: Callable[..., Any]) -> None:
    """Register `function` under `name` (once; a second time is ignored), from an app's `ready`."""
    functions = _registered.setdefault(name, [])
    if function not in functions:
        functions.append(function)


def call(name: str, /, **arguments: Any) -> list[Any]:
    """Call all that is registered under `name`, in order of registration; return their answers."""
    return [function(**arguments) for function in _registered.get(name, [])]
