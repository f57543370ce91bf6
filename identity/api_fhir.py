"""The directory as FHIR R4, for the systems of a hospital and for people who are signed in."""

import uuid
from typing import Any

from django.conf import settings
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from identity import actions
from identity import serializers_directory as shapes
from identity.access import actor_of, fhir
from identity.access.fhir_directory import ResourceType, fhir_parameters
from identity.api_reading import read
from medicus.lib.actor import Scope
from medicus.lib.errors import Invalid

BASE = "api/v1/directory/fhir"


class FhirRenderer(JSONRenderer):
    media_type, format = fhir.MEDIA_TYPE, "fhir"


class FhirView(APIView):
    renderer_classes = [FhirRenderer, JSONRenderer]
    scopes = {"GET": Scope.DIRECTORY_READ}


class FhirSearchView(FhirView):
    resource_type = ResourceType.PRACTITIONER_ROLE

    @extend_schema(parameters=[shapes.FhirPageQuery], responses={(200, fhir.MEDIA_TYPE): OpenApiTypes.OBJECT})
    def get(self, request: Request) -> Response:
        """A searchset Bundle; every search parameter that is given must hold, and an unknown one is refused."""
        paging = read(shapes.FhirPageQuery, _paging(request))
        found = actions.search_fhir(
            by=actor_of(request),
            resource_type=self.resource_type,
            asked=_asked(request),
            page=paging["page"],
            count=paging["count"],
        )
        links = {"self": request.build_absolute_uri()}
        if found.has_more:
            query = request.query_params.copy()
            query["page"] = str(found.page + 1)
            links["next"] = request.build_absolute_uri(f"?{query.urlencode()}")
        base = f"{settings.ORIGIN}/{BASE}"
        return Response(fhir.bundle(found.resources, total=found.total, base=base, links=links))


class FhirResourceView(FhirView):
    resource_type = ResourceType.PRACTITIONER_ROLE

    @extend_schema(responses={(200, fhir.MEDIA_TYPE): OpenApiTypes.OBJECT})
    def get(self, request: Request, resource_id: uuid.UUID) -> Response:
        """Read one resource of the directory."""
        resource = actions.read_fhir(
            by=actor_of(request), resource_type=self.resource_type, resource_id=resource_id
        )
        return Response(resource)


_NOT_SEARCHED = frozenset({"_count", "page", "_format"})


def _paging(request: Request) -> dict[str, Any]:
    """`_count` as FHIR calls it; a field of a serializer cannot begin so."""
    given = {"count": request.query_params.get("_count"), "page": request.query_params.get("page")}
    return {name: value for name, value in given.items() if value is not None}


def _asked(request: Request) -> dict[str, str]:
    """The search parameters. One that is given twice (FHIR: both must hold) is refused, for one would be passed over."""
    twice = [name for name, values in request.query_params.lists() if len(values) > 1]
    if twice:
        raise Invalid(errors={name: _("This parameter can be given once.") for name in twice})
    return {name: value for name, value in request.query_params.dict().items() if name not in _NOT_SEARCHED}


def _addresses(kind: ResourceType) -> list[URLPattern]:
    told = extend_schema(
        operation_id=f"fhir_search_{kind.lower()}",
        parameters=[OpenApiParameter(name, str) for name in fhir_parameters(kind)],
    )
    search: type[APIView] = type(f"{kind}SearchView", (FhirSearchView,), {"resource_type": kind})
    resource: type[APIView] = type(f"{kind}View", (FhirResourceView,), {"resource_type": kind})
    extend_schema_view(get=told)(search)
    extend_schema_view(get=extend_schema(operation_id=f"fhir_read_{kind.lower()}"))(resource)
    return [
        path(f"{BASE}/{kind}", search.as_view()),
        path(f"{BASE}/{kind}/<uuid:resource_id>", resource.as_view()),
    ]


urlpatterns = [address for kind in ResourceType for address in _addresses(kind)]
