"""Addresses of asking."""

from django.urls import path

from duga.surveys.views.asking import links, rounds

urlpatterns = [
    path("workspace/organisations/<slug:slug>/surveys/<uuid:form_id>/links/", links.of_form, name="links"),
    path(
        "workspace/organisations/<slug:slug>/surveys/rounds/<uuid:round_id>/links/", links.of_round, name="round_links"
    ),
    path("workspace/organisations/<slug:slug>/surveys/rounds/", rounds.organisation, name="rounds"),
    path("workspace/organisations/<slug:slug>/surveys/rounds/new/", rounds.new, name="round_new"),
    path("workspace/networks/<slug:slug>/surveys/rounds/", rounds.network, name="network_rounds"),
    path("workspace/networks/<slug:slug>/surveys/rounds/new/", rounds.network_new, name="network_round_new"),
    path("workspace/surveys/rounds/<uuid:round_id>/", rounds.one, name="round"),
    path("workspace/surveys/rounds/<uuid:round_id>/change/", rounds.change, name="round_change"),
]
