"""Reading what a client of SCIM sends: as the standard has it, and as Microsoft Entra ID, Okta and Keycloak do."""

import re
import uuid
from typing import Any, TypeVar

import orjson
from pydantic import ValidationError
from rest_framework.request import Request
from scim2_models import (
    Context,
    Error,
    InvalidPathException,
    InvalidSyntaxException,
    InvalidValueException,
    PatchOp,
    Resource,
    ResponseParameters,
    SCIMException,
    ScimPolicy,
)

from identity.access.scim import USUAL_RESULTS, Asked
from identity.access.scim_filters import LONGEST
from identity.scim.resources import ENTERPRISE
from medicus.lib import errors

AnyOf = TypeVar("AnyOf", bound=Resource[Any])

POLICY = ScimPolicy(
    remove_value_as_filter=ScimPolicy.RemoveValue.apply,
    unmatched_path_filter=ScimPolicy.UnmatchedPathFilter.create,
)
"""What Entra ID sends beside the standard. An attribute that nobody knows is refused."""

NOT_KEPT = frozenset(
    {
        "displayname", "nickname", "profileurl", "title", "usertype", "preferredlanguage", "locale", "timezone",
        "phonenumbers", "ims", "photos", "addresses", "x509certificates",
        "name.formatted", "name.middlename", "name.honorificsuffix",
        "employeenumber", "costcenter", "organization", "division", "manager",
    }
)  # fmt: skip
"""Attributes of RFC 7643 that directories send along, and that we do not keep: they are passed over, not refused.
Those that would give power (password, roles, entitlements) are not among them."""
_KINDS: dict[int, type[errors.DomainError]] = {
    404: errors.NotFound,
    409: errors.Conflict,
    501: errors.Unsupported,
}
MOST_OPERATIONS = 200
MOST_REMOVED = 500
_ID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def asked_of(request: Request) -> Asked:
    """The page of a search that a query or a SearchRequest asks for (RFC 7644 section 3.4.2)."""
    query = parameters_of(request)
    start = max(1, _number(query.get("startIndex"), 1))
    count = max(0, _number(query.get("count"), USUAL_RESULTS))
    return Asked(filter=str(query.get("filter") or ""), start=start - 1, count=count)


def parameters_of(request: Request) -> dict[str, Any]:
    """What a search asks for, from the address or from the body of a search by POST."""
    if request.method == "POST":
        return _body(request)
    sent = request.query_params
    return {name: sent[name] for name in sent}


def attributes_of(request: Request) -> ResponseParameters[Any]:
    """Which attributes the client wants back, or does without (RFC 7644 section 3.9)."""
    sent = parameters_of(request) if request.path.endswith("/.search") else request.query_params
    names = {"attributes": sent.get("attributes"), "excludedAttributes": sent.get("excludedAttributes")}
    return ResponseParameters[Any].model_validate({name: value for name, value in names.items() if value})


def resource_of(request: Request, model: type[AnyOf], *, filled: dict[str, Any], context: Context) -> AnyOf:
    """The resource that was sent, checked. filled: what stands in for attributes that were left out.

    Raises:
        SCIMException: malformed, incomplete, or with attributes that nobody knows.
    """
    if model.__name__ == "User":
        body = _kept(_body(request))
        body = _completed(body, filled)
    else:
        body = _body(request)
    return model.model_validate(body, scim_ctx=context, scim_policy=POLICY)


def patched(request: Request, resource: AnyOf) -> AnyOf:
    """Apply the operations that were sent to a resource.

    Raises:
        SCIMException: malformed, or not possible on this resource.
    """
    operations = _operations(request)
    kept = [_kept_operation(each) for each in operations] if type(resource).__name__ == "User" else operations
    if not (left := [each for each in kept if each is not None]):
        return resource
    generic: Any = PatchOp
    message = {"schemas": _body(request).get("schemas"), "Operations": left}
    with POLICY:
        operation = generic[type(resource)].model_validate(message, scim_ctx=Context.RESOURCE_PATCH_REQUEST)
        operation.patch(resource)
    return resource


def names_all_members(request: Request) -> bool:
    """Whether a PATCH of a group means all its members: to replace them, or to remove every one."""
    return any(_means_all(each) for each in _operations(request) if isinstance(each, dict))


def _means_all(operation: dict[str, Any]) -> bool:
    members = {name.lower(): value for name, value in operation.items()}
    act, path = str(members.get("op")).lower(), str(members.get("path") or "").lower()
    value = members.get("value")
    if act == "replace" and not path:
        return isinstance(value, dict) and any("members" in name.lower() for name in value)
    if act == "replace":
        return "members" in path
    return act == "remove" and path.endswith("members") and not value


def ids_in(request: Request) -> frozenset[uuid.UUID]:
    """Every id that a body names."""
    return frozenset(uuid.UUID(each) for each in _ID.findall(orjson.dumps(_body(request)).decode()))


def as_domain_error(raised: SCIMException | ValidationError) -> errors.DomainError:
    """What `scim2_models` refuses, as an error of ours."""
    told = raised.to_error() if isinstance(raised, SCIMException) else Error.from_validation_errors(raised)[0]
    extra: dict[str, Any] = {"scim_type": told.scim_type} if told.scim_type else {}
    return _KINDS.get(told.status or 400, errors.Invalid)(told.detail or "", **extra)


def _body(request: Request) -> dict[str, Any]:
    if not isinstance(request.data, dict):
        raise InvalidSyntaxException(detail="the body is one JSON object")
    return dict(request.data)


def _operations(request: Request) -> list[Any]:
    operations = next((value for name, value in _body(request).items() if name.lower() == "operations"), None)
    if not isinstance(operations, list) or len(operations) > MOST_OPERATIONS:
        raise InvalidSyntaxException(detail=f"Operations is a list of at most {MOST_OPERATIONS}")
    for each in operations:
        _check_size(each)
    return operations


def _check_size(operation: Any) -> None:
    """Paths, and values that become one, are as bounded as filters are."""
    members = (
        {name.lower(): value for name, value in operation.items()} if isinstance(operation, dict) else {}
    )
    value = members.get("value")
    removed = value if str(members.get("op")).lower() == "remove" and isinstance(value, list) else []
    if len(str(members.get("path") or "")) > LONGEST or len(removed) > MOST_REMOVED:
        raise InvalidPathException(detail="this path, or what it is to remove, is too long")


def _number(sent: Any, usual: int) -> int:
    if sent in (None, ""):
        return usual
    try:
        return min(int(sent), 2**31)
    except (TypeError, ValueError, OverflowError):
        raise InvalidValueException(detail="startIndex and count are numbers") from None


def _completed(body: dict[str, Any], filled: dict[str, Any]) -> dict[str, Any]:
    """With what was left out, in an extension that was sent, too."""
    names = {name.lower(): name for name in body}
    completed = dict(body)
    for name, value in filled.items():
        sent = body.get(names.get(name.lower(), ""))
        if name.lower() not in names:
            completed[name] = value
        elif isinstance(sent, dict) and isinstance(value, dict):
            completed[names[name.lower()]] = _completed(sent, value)
    return completed


def _kept(body: dict[str, Any]) -> dict[str, Any]:
    """Without the attributes that we do not keep."""
    return {name: _kept_inside(name, value) for name, value in body.items() if not _is_passed_over(name)}


def _kept_inside(name: str, value: Any) -> Any:
    prefix = {"name": "name.", ENTERPRISE.lower(): ""}.get(name.lower())
    if prefix is None or not isinstance(value, dict):
        return value
    return {key: each for key, each in value.items() if not _is_passed_over(prefix + key)}


def _kept_operation(operation: Any) -> Any:
    """None for an operation on nothing but attributes that we do not keep."""
    if not isinstance(operation, dict):
        return operation
    members = {name.lower(): value for name, value in operation.items()}
    path, value = members.get("path"), members.get("value")
    if path:
        kept = _kept({str(path): value})
        members |= {"value": kept[str(path)]} if kept and "value" in members else {}
    elif isinstance(value, dict):
        kept = members["value"] = _kept(value)
    else:
        return members
    return members if kept else None


def _is_passed_over(path: str) -> bool:
    """Whether a name, or a path as PATCH has it, leads to an attribute that we do not keep."""
    name = path.partition("[")[0].strip().lower()
    if name.startswith("urn:"):
        name = name.rpartition(":")[2]
    return name in NOT_KEPT or (name.partition(".")[0] in NOT_KEPT)
