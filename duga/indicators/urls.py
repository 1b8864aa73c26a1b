"""Addresses of figures in the workspace."""

from django.urls import include, path

from duga.indicators import views

own = [
    path("", views.figures, name="figures"),
    path("<uuid:figures_id>/", views.figures_result, name="figures_result"),
    path("<uuid:figures_id>/<str:name>", views.figures_file, name="figures_file"),
]

urlpatterns = [
    path("workspace/figures/", views.network_figures, name="network_figures"),
    path("workspace/organisations/<slug:slug>/figures/", include(own)),
]
