"""/api/v1/patients"""

import uuid

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from identity.access import actor_of
from storage import actions
from storage.api.shapes import (
    FindingsOutput,
    FolderOutput,
    PatientInput,
    PatientOutput,
    PatientsOutput,
    parsed,
)


class Patients(APIView):
    @extend_schema(
        operation_id="patients_list",
        parameters=[OpenApiParameter("q", str), OpenApiParameter("page", int)],
        responses=PatientsOutput,
    )
    def get(self, request: Request) -> Response:
        """Patients of the own organisation, by name. q: the beginning of names, or an identifier."""
        page = request.query_params.get("page", "")
        found = actions.look_up_patients(
            by=actor_of(request),
            query=request.query_params.get("q", ""),
            page=int(page) if page.isdecimal() else 1,
        )
        shown = {
            "results": [row.patient for row in found.results],
            "total": found.total,
            "page": found.page,
            "pages": found.pages,
        }
        return Response(PatientsOutput(shown).data)

    @extend_schema(operation_id="patients_create", request=PatientInput, responses={201: PatientOutput})
    def post(self, request: Request) -> Response:
        """Make the folder of a patient. 409 if the organisation already has this identifier."""
        made = actions.create_patient(by=actor_of(request), **parsed(PatientInput, request.data))
        return Response(PatientOutput(made).data, status=201)


class Patient(APIView):
    @extend_schema(operation_id="patients_read", responses=FolderOutput)
    def get(self, request: Request, patient_id: uuid.UUID) -> Response:
        """A patient of the own organisation."""
        folder = actions.open_patient_folder(by=actor_of(request), patient_id=patient_id)
        return Response(FolderOutput(folder.patient).data)


class PatientFindings(APIView):
    @extend_schema(operation_id="patients_findings", responses=FindingsOutput)
    def get(self, request: Request, patient_id: uuid.UUID) -> Response:
        """The findings of a patient of the own organisation, the newest first."""
        folder = actions.open_patient_folder(by=actor_of(request), patient_id=patient_id)
        return Response(FindingsOutput({"results": folder.findings}).data)
