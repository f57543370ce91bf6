"""Addresses of SCIM."""

from django.urls import path

from identity.scim import discovery, groups, users

urlpatterns = [
    path("ServiceProviderConfig", discovery.ConfigView.as_view()),
    path("ResourceTypes", discovery.ResourceTypesView.as_view()),
    *(
        path(f"ResourceTypes/{name}", discovery.ResourceTypeView.as_view(), {"name": name})
        for name in discovery.TYPES
    ),
    path("Schemas", discovery.SchemasView.as_view()),
    *(path(f"Schemas/{urn}", discovery.SchemaView.as_view(), {"urn": urn}) for urn in discovery.SCHEMAS),
    path(".search", discovery.SearchView.as_view()),
    path("Users", users.UsersView.as_view()),
    path("Users/.search", users.UserSearchView.as_view()),
    path("Users/<uuid:membership_id>", users.UserView.as_view()),
    path("Groups", groups.GroupsView.as_view()),
    path("Groups/.search", groups.GroupSearchView.as_view()),
    path("Groups/<uuid:department_id>", groups.GroupView.as_view()),
]
