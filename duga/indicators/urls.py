"""Addresses of figures in the workspace."""

from django.urls import include, path

from duga.indicators import views

own = [
    path("", views.figures, name="figures"),
    path("<uuid:figures_id>/", views.figures_result, name="figures_result"),
    path("<uuid:figures_id>/<str:name>", views.figures_file, name="figures_file"),
]

reports = [
    path("", views.reports, name="reports"),
    path("<uuid:report_id>/", views.report, name="report"),
    path("<uuid:report_id>/<str:name>", views.report_file, name="report_file"),
]

network_reports = [
    path("", views.network_reports, name="network_reports"),
    path("<slug:form>/<slug:country>/<int:year>/", views.network_report, name="network_report"),
    path("<slug:form>/<slug:country>/<int:year>/<slug:kind>", views.network_report_file, name="network_report_file"),
]

network = [
    path("", views.network_figures, name="network_figures"),
    path("draft/", views.draft_new, name="draft_new"),
    path("snapshot/", views.snapshot_new, name="snapshot_new"),
    path("counting/<uuid:counting_id>/", views.counting, name="counting"),
    path("drafts/<uuid:batch>/", views.drafts, name="drafts"),
    path("definitions/", views.definitions, name="definitions"),
    path("definitions/<slug:code>/", views.definition, name="definition"),
    path("tables/", views.tables, name="tables"),
    path("tables/new/", views.table_new, name="table_new"),
    path("tables/<uuid:table_id>/", views.table, name="table"),
    path("tables/<uuid:table_id>/<slug:kind>", views.table_file, name="table_file"),
]

rounds = [
    path("", views.rounds, name="rounds"),
    path("open/", views.round_new, name="round_new"),
    path("<uuid:round_id>/", views.round_, name="round"),
    path("<uuid:round_id>/<slug:step>/", views.round_step, name="round_step"),
]

urlpatterns = [
    path("evidence/round/<uuid:round_id>/", views.round_result, name="round_result"),
    path("workspace/rounds/", include(rounds)),
    path("workspace/organisations/<slug:slug>/rounds/", views.organisation_rounds, name="organisation_rounds"),
    path("workspace/organisations/<slug:slug>/rounds/<uuid:round_id>/", views.round_answer, name="round_answer"),
    path("workspace/figures/check/", views.check_figures, name="check_figures"),
    path("workspace/figures/", include(network)),
    path("workspace/organisations/<slug:slug>/figures/", include(own)),
    path("workspace/organisations/<slug:slug>/reports/", include(reports)),
    path("workspace/reports/", include(network_reports)),
]
