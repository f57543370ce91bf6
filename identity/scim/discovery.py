"""What a client learns of this service: ServiceProviderConfig, ResourceTypes and Schemas (RFC 7644 section 4)."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from scim2_models import (
    AuthenticationScheme,
    Bulk,
    ChangePassword,
    Context,
    ETag,
    Filter,
    Meta,
    Patch,
    ResourceType,
    ServiceProviderConfig,
    Sort,
)

from identity.access.scim import MOST_RESULTS
from identity.scim.base import ScimView, base_address, dumped, listed, shown
from identity.scim.requests import attributes_of
from identity.scim.resources import ENTERPRISE, GROUP, MEDICUS, USER, Enterprise, Group, Medicus, User
from medicus.lib.errors import NotFound, Unsupported

SCHEMAS: dict[str, Any] = {USER: User, GROUP: Group, ENTERPRISE: Enterprise, MEDICUS: Medicus}
TYPES = ("User", "Group")


class ConfigView(ScimView):
    def get(self, request: Request) -> Response:
        """What this service can do."""
        return shown(request, _config(), Context.RESOURCE_QUERY_RESPONSE)


class ResourceTypesView(ScimView):
    def get(self, request: Request) -> Response:
        """Users and Groups."""
        return _all(request, [_type(name) for name in TYPES])


class ResourceTypeView(ScimView):
    def get(self, request: Request, name: str) -> Response:
        """One of them."""
        return shown(request, _type(name), Context.RESOURCE_QUERY_RESPONSE)


class SchemasView(ScimView):
    def get(self, request: Request) -> Response:
        """Every attribute that is kept."""
        return _all(request, [_schema(urn) for urn in SCHEMAS])


class SchemaView(ScimView):
    def get(self, request: Request, urn: str) -> Response:
        """The attributes of one schema."""
        return shown(request, _schema(urn), Context.RESOURCE_QUERY_RESPONSE)


class SearchView(ScimView):
    def post(self, _request: Request) -> Response:
        """A search over users and groups at once is not offered: each has its own."""
        raise Unsupported


def _all(request: Request, resources: list[Any]) -> Response:
    if "filter" in request.query_params:
        raise NotFound  # RFC 7644 section 4: these are not searched
    wanted = attributes_of(request)
    found = [dumped(each, Context.RESOURCE_QUERY_RESPONSE, wanted) for each in resources]
    return listed(found, total=len(found))


def _config() -> ServiceProviderConfig:
    return ServiceProviderConfig(
        patch=Patch(supported=True),
        bulk=Bulk(supported=False, max_operations=0, max_payload_size=0),
        filter=Filter(supported=True, max_results=MOST_RESULTS),
        change_password=ChangePassword(supported=False),
        sort=Sort(supported=False),
        etag=ETag(supported=False),
        authentication_schemes=[
            AuthenticationScheme(
                type=AuthenticationScheme.Type.oauthbearertoken,
                name="API key",
                description="An API key of the organisation with the permission scim, in the header Authorization",
                primary=True,
            )
        ],
        meta=Meta(resource_type="ServiceProviderConfig", location=f"{base_address()}/ServiceProviderConfig"),
    )


def _type(name: str) -> ResourceType:
    described = ResourceType.from_resource(User if name == "User" else Group)
    described.meta = Meta(resource_type="ResourceType", location=f"{base_address()}/ResourceTypes/{name}")
    return described


def _schema(urn: str) -> Any:
    schema = SCHEMAS[urn].to_schema()
    schema.meta = Meta(resource_type="Schema", location=f"{base_address()}/Schemas/{urn}")
    return schema
