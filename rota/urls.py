"""Addresses of `rota`."""

from django.urls import path

from rota import api, api_administration, api_imports
from rota.views import administration, imports, roles, shifts

app_name = "rota"
urlpatterns = [
    path("roles/", roles.roles, name="roles"),
    path("roles/own-shifts.ics", shifts.own_calendar, name="own-calendar"),
    path("roles/<uuid:role_id>/", roles.role, name="role"),
    path("roles/<uuid:role_id>/shifts/", shifts.plan, name="plan"),
    path("roles/<uuid:role_id>/history/", roles.history, name="history"),
    path("roles/<uuid:role_id>/take-over/", roles.take_over, name="take-over"),
    path("roles/<uuid:role_id>/hand-back/", roles.hand_back, name="hand-back"),
    path("roles/<uuid:role_id>/import/", imports.read, name="import-read"),
    path("rota-imports/<uuid:import_id>/", imports.rota_import, name="import"),
    path("rota-imports/<uuid:import_id>/start/", imports.start, name="import-start"),
    path("rota-imports/<uuid:import_id>/undo/", imports.undo, name="import-undo"),
    path("shifts/<uuid:shift_id>/", shifts.shift, name="shift"),
    path("shifts/<uuid:shift_id>/remove/", shifts.remove, name="shift-remove"),
    path("shifts/<uuid:shift_id>/restore/", shifts.restore, name="shift-restore"),
    path("administration/roles/", administration.roles, name="administration"),
    path("administration/roles/new/", administration.new, name="role-new"),
    path("administration/roles/<uuid:role_id>/", administration.role, name="role-change"),
    path("administration/roles/<uuid:role_id>/chain/", administration.chain, name="chain"),
    path("administration/roles/<uuid:role_id>/close/", administration.close, name="role-close"),
    path("api/v1/administration/roles", api_administration.RolesView.as_view()),
    path("api/v1/administration/roles/<uuid:role_id>", api_administration.RoleView.as_view()),
    path("api/v1/administration/roles/<uuid:role_id>/chain", api_administration.ChainView.as_view()),
    path("api/v1/administration/roles/<uuid:role_id>/close", api_administration.CloseView.as_view()),
    path("api/v1/roles", api.RolesView.as_view()),
    path("api/v1/roles/<uuid:role_id>", api.RoleView.as_view()),
    path("api/v1/roles/<uuid:role_id>/on-duty", api.OnDutyView.as_view()),
    path("api/v1/roles/<uuid:role_id>/shifts", api.ShiftsView.as_view()),
    path("api/v1/roles/<uuid:role_id>/take-over", api.TakeOverView.as_view()),
    path("api/v1/roles/<uuid:role_id>/hand-back", api.HandBackView.as_view()),
    path("api/v1/roles/<uuid:role_id>/history", api.HistoryView.as_view()),
    path("api/v1/roles/<uuid:role_id>/imports", api_imports.ImportsView.as_view()),
    path("api/v1/rota-imports/<uuid:import_id>", api_imports.ImportView.as_view()),
    path("api/v1/rota-imports/<uuid:import_id>/start", api_imports.ImportStartView.as_view()),
    path("api/v1/rota-imports/<uuid:import_id>/undo", api_imports.ImportUndoView.as_view()),
    path("api/v1/shifts/<uuid:shift_id>", api.ShiftView.as_view()),
    path("api/v1/shifts/<uuid:shift_id>/restore", api.RestoreView.as_view()),
]
