"""What all doors of SCIM share: keys alone, SCIM's media type, SCIM's errors, and each refusal in the log."""

from typing import Any

import orjson
from django.conf import settings
from drf_spectacular.utils import extend_schema
from pydantic import ValidationError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from scim2_models import Context, InvalidSyntaxException, Resource, ResponseParameters, SCIMException

from identity import actions
from identity.access import actor_of
from identity.scim.requests import as_domain_error, attributes_of
from medicus.lib.actor import Scope
from medicus.lib.errors import TooLarge
from medicus.lib.problems import SCIM_TYPE
from medicus.lib.problems import as_domain_error as known_error

BASE = "/scim/v2"
LARGEST_BODY = 1_000_000


class ScimParser(BaseParser):
    """Reads one JSON document of bounded size and depth."""

    media_type = SCIM_TYPE

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:  # noqa: ARG002
        """Raises InvalidSyntaxException for what is no JSON, TooLarge for what is too long."""
        content = stream.read(LARGEST_BODY + 1)
        if len(content) > LARGEST_BODY:
            raise TooLarge
        try:
            return orjson.loads(content)
        except orjson.JSONDecodeError:
            raise InvalidSyntaxException(detail="the body is no JSON") from None


class PlainParser(ScimParser):
    """For clients that call it plain JSON."""

    media_type = "application/json"


class ScimRenderer(JSONRenderer):
    media_type, format = SCIM_TYPE, "scim"


@extend_schema(exclude=True)
class ScimView(APIView):
    """A door of SCIM. It describes itself at `/Schemas`, so it does not stand in the description of our own API."""

    for_keys_alone = True
    scopes = dict.fromkeys(("GET", "POST", "PUT", "PATCH", "DELETE"), Scope.SCIM)
    parser_classes = [ScimParser, PlainParser]
    renderer_classes = [ScimRenderer, JSONRenderer]

    def handle_exception(self, exc: Exception) -> Response:
        """Tell a refusal as SCIM does, and record it."""
        raised: Exception = exc
        if isinstance(exc, SCIMException | ValidationError):
            raised = as_domain_error(exc)
        error = known_error(raised)
        if error is not None and error.status < 500:  # noqa: PLR2004
            actions.refuse_scim(by=actor_of(self.request), error=error, method=self.request.method or "")
        return super().handle_exception(raised)


def base_address() -> str:
    """Where SCIM lives."""
    return f"{settings.ORIGIN}{BASE}"


def shown(request: Request, resource: Resource[Any], context: Context, status: int = 200) -> Response:
    """Answer with one resource, cut to the attributes that were asked for."""
    body = dumped(resource, context, attributes_of(request))
    answer = Response(body, status=status, content_type=SCIM_TYPE)
    if resource.meta and resource.meta.location:
        answer["Location" if status == 201 else "Content-Location"] = resource.meta.location  # noqa: PLR2004
    return answer


def dumped(
    resource: Resource[Any], context: Context, wanted: ResponseParameters[Any] | None = None
) -> dict[str, Any]:
    """A resource as JSON. wanted: the attributes that were asked for; all of them where it is left out."""
    return resource.model_dump(scim_ctx=context, response_parameters=wanted)


def listed(resources: list[dict[str, Any]], *, total: int, start: int = 0) -> Response:
    """Answer with a page of a search (RFC 7644 section 3.4.2)."""
    body = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": total,
        "startIndex": start + 1,
        "itemsPerPage": len(resources),
        "Resources": resources,
    }
    return Response(body, content_type=SCIM_TYPE)
