"""Requests to a provider: through the gate, short, bounded, and JSON only."""

from collections.abc import Mapping
from typing import Any

import orjson
from django.conf import settings

from identity.oidc.errors import ProviderError, Trouble
from medicus.lib.outgoing import Answer, Unreachable, ask, reach_of_tenants

TIMEOUT_SECONDS = 5.0
LIMIT_BYTES = 256 * 1024
JSON = {"Accept": "application/json"}


def get(url: str) -> dict[str, Any]:
    """Get a JSON object.

    Raises:
        ProviderError: no answer, no success, or no JSON object.
    """
    answer = _send("GET", url, b"", JSON)
    if answer.status != 200:  # noqa: PLR2004 (HTTP)
        raise ProviderError(Trouble.STATUS, str(answer.status))
    return _object(answer)


def post(url: str, body: str, headers: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
    """Post a form; the status, and the JSON object that came with it.

    Raises:
        ProviderError: no answer, or no JSON object.
    """
    form = {**JSON, "Content-Type": "application/x-www-form-urlencoded", **headers}
    answer = _send("POST", url, body.encode(), form)
    return answer.status, _object(answer)


def _send(method: str, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    try:
        return ask(
            method,
            url,
            body,
            headers=headers,
            reach=reach_of_tenants(settings.PROVIDER_NETWORKS),
            timeout_seconds=TIMEOUT_SECONDS,
            limit_bytes=LIMIT_BYTES,
        )
    except Unreachable as error:
        raise ProviderError(Trouble.UNREACHABLE) from error


def _object(answer: Answer) -> dict[str, Any]:
    try:
        found = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        raise ProviderError(Trouble.NO_JSON) from None
    if not isinstance(found, dict):
        raise ProviderError(Trouble.NO_JSON)
    return found
