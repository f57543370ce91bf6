"""What a door is: an endpoint, and who may use it on an object of Hospital A."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from medicus.lib.actor import Scope
from tests.matrix.world import World

UNKNOWN = UUID("01900000-0000-7000-8000-00000000dead")
Body = Callable[[World, UUID], dict[str, Any]]
"""A request's body about the object of this id, which stands in some bodies, too."""

EVERYBODY = frozenset({"alice", "anton", "adam", "bob", "berta", "charlie", "cora", "olga"})
"""Everybody who works somewhere."""
PATIENTS = frozenset({"erika", "paula"})
"""Who signs in to see their own record: to them every door is closed that does not name them."""
CAST = EVERYBODY | PATIENTS
CLINICIANS_OF_A = frozenset({"alice", "anton"})
COLLEAGUES_OF_A = CLINICIANS_OF_A | {"adam"}
ADMINISTRATORS = frozenset({"adam", "berta", "cora"})
OPERATORS = frozenset({"olga"})
IN_THE_ROOM = frozenset({"alice", "bob"})


@dataclass(frozen=True)
class Door:
    """`route`: as in the URL configuration, with `{object}` for the id of the world's `object`.

    opens_to: who may. scope: "object" when the id decides (others must see what an unknown id gives), "own"
    when everybody may ask and hears only of what is theirs, "directory" when the id of anything in the directory will do,
    "open" when strangers may, too. key: which API keys of
    Hospital A may; to all others it is as closed as an address that is not there."""

    method: str
    route: str
    opens_to: frozenset[str] = EVERYBODY
    object: str = ""
    body: Body | None = None
    scope: str = field(default="own")
    raw: bool = False
    key: Scope | None = None

    @property
    def id(self) -> str:
        return f"{self.method} {self.route}"


def on(
    method: str,
    route: str,
    of: str,
    opens_to: frozenset[str],
    body: Body | None = None,
    *,
    raw: bool = False,
    key: Scope | None = None,
) -> Door:
    return Door(method, route, opens_to, of, body, "object", raw, key)


def for_keys(method: str, path: str, of: str = "") -> Door:
    """A door of SCIM: nobody but a system with a key for it."""
    return Door(method, f"scim/v2/{path}", frozenset(), of, None, "object" if of else "own", key=Scope.SCIM)


def in_directory(path: str, of: str) -> Door:
    """A door to what everybody of a verified organisation may read; Olga's is none."""
    opens_to = EVERYBODY - {"olga"}
    return Door("GET", path, opens_to, of, None, "directory", key=Scope.DIRECTORY_READ)


def own(
    method: str,
    route: str,
    body: Body | None = None,
    opens_to: frozenset[str] = EVERYBODY,
    *,
    raw: bool = False,
    key: Scope | None = None,
) -> Door:
    return Door(method, route, opens_to, "", body, "own", raw, key)
