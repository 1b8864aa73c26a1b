"""Addresses of figures in the workspace."""

from django.urls import include, path

from duga.indicators import views

own = [
    path("", views.figures, name="figures"),
    path("<uuid:figures_id>/", views.figures_result, name="figures_result"),
    path("<uuid:figures_id>/<str:name>", views.figures_file, name="figures_file"),
]

network = [
    path("", views.network_figures, name="network_figures"),
    path("draft/", views.draft_new, name="draft_new"),
    path("snapshot/", views.snapshot_new, name="snapshot_new"),
    path("counting/<uuid:counting_id>/", views.counting, name="counting"),
    path("drafts/<uuid:batch>/", views.drafts, name="drafts"),
]

urlpatterns = [
    path("workspace/figures/", include(network)),
    path("workspace/organisations/<slug:slug>/figures/", include(own)),
]
