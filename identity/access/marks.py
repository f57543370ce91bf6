"""Marks on views: everything is closed unless its view says otherwise."""

from collections.abc import Callable
from typing import Any, TypeVar

from medicus.lib.actor import Scope

View = TypeVar("View", bound=Callable[..., Any])
PUBLIC, HALF_SIGNED = "public", "half-signed"


def public(view: View) -> View:
    """Mark a view as reachable without a session."""
    view.__dict__["reach"] = PUBLIC
    return view


def half_signed(view: View) -> View:
    """Mark a view as reachable after the password and before the second factor; by nobody else."""
    view.__dict__["reach"] = HALF_SIGNED
    return view


def despite_policy(view: View) -> View:
    """Mark a view as reachable for signed-in people whom a policy keeps from everything else: they get on by it."""
    view.__dict__["despite_policy"] = True
    return view


def for_patients(view: View) -> View:
    """Mark a view as reachable for patients, too. Whatever lacks it is to them as an address that is not there."""
    view.__dict__["for_patients"] = True
    return view


def is_for_patients(view: Callable[..., Any], method: str | None) -> bool:
    """Whether a view is reachable for patients by this method.

    A class of DRF says `for_patients = True`, or names the methods that are: `frozenset({"GET"})`."""
    marked = [getattr(one, "for_patients", False) for one in (view, getattr(view, "cls", None))]
    asked = "GET" if method == "HEAD" else method
    return any(one is True or (one and asked in one) for one in marked)


def is_despite_policy(view: Callable[..., Any]) -> bool:
    return bool(getattr(view, "despite_policy", False))


def scope_of(view: Callable[..., Any], method: str | None) -> Scope | None:
    """The scope that an API key needs for this method of a view; None closes it to every key.

    A class of DRF names them: `scopes = {"GET": Scope.PEOPLE_READ}`."""
    scopes: dict[str, Scope] = getattr(getattr(view, "cls", None), "scopes", {})
    return scopes.get("GET" if method == "HEAD" else method or "")


def is_for_keys_alone(view: Callable[..., Any]) -> bool:
    """Whether nobody but a system with an API key comes through this door, people who are signed in included."""
    return bool(getattr(getattr(view, "cls", None), "for_keys_alone", False))


def reach_of(view: Callable[..., Any]) -> str | None:
    """Read the mark of a view; None means signed-in people only."""
    return getattr(view, "reach", None)
