"""/api/v1/findings and /api/v1/shares"""

import uuid

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from identity.access import actor_of
from medicus.lib.errors import Invalid
from storage import access, actions
from storage.api.shapes import FindingOutput, FindingsOutput, ShareInput, ShareOutput, parsed


class Findings(APIView):
    @extend_schema(
        operation_id="findings_list",
        parameters=[OpenApiParameter("shared", str, enum=["with-me"], required=True)],
        responses=FindingsOutput,
    )
    def get(self, request: Request) -> Response:
        """What other organisations have shared with the caller, the newest share first."""
        if request.query_params.get("shared") != "with-me":
            raise Invalid(errors={"shared": "with-me"})
        found = access.findings_shared_with(by=actor_of(request))
        return Response(FindingsOutput({"results": found}).data)


class Finding(APIView):
    @extend_schema(operation_id="findings_read", responses=FindingOutput)
    def get(self, request: Request, finding_id: uuid.UUID) -> Response:
        """A finding: where its examination stands, and what it shows. 404 as soon as access has ended."""
        found = actions.open_finding(by=actor_of(request), finding_id=finding_id)
        return Response(FindingOutput(found).data)


class Shares(APIView):
    @extend_schema(operation_id="findings_share", request=ShareInput, responses={201: ShareOutput})
    def post(self, request: Request, finding_id: uuid.UUID) -> Response:
        """Open a finding to a clinician of another organisation, for a purpose and a time."""
        share = actions.share_finding(
            by=actor_of(request), finding_id=finding_id, **parsed(ShareInput, request.data)
        )
        return Response(ShareOutput(share).data, status=201)


class ShareRevocation(APIView):
    @extend_schema(operation_id="shares_revoke", request=None, responses=ShareOutput)
    def post(self, request: Request, share_id: uuid.UUID) -> Response:
        """Close a share, at once. 409 if it has already ended."""
        return Response(ShareOutput(actions.revoke_share(by=actor_of(request), share_id=share_id)).data)
