"""Addresses of the directory: the public finder at /services/, and what its keepers use."""

from django.urls import path

from duga.directory.views import confirm, curating, finder, offers

app_name = "directory"
urlpatterns = [
    # the finder
    path("services/", finder.finder, name="finder"),
    path("services/list/", finder.printed, name="printed"),
    path("services/<uuid:service_id>/", finder.service, name="service"),
    path("services/<uuid:service_id>/save/", finder.saved, name="saved"),
    path("services/<uuid:service_id>/report/", finder.report, name="report"),
    # by link, without an account
    path("services/confirm/<str:token>/", confirm.confirm, name="confirm"),
    path("services/confirm/<str:token>/<uuid:service_id>/", confirm.correct, name="correct"),
    # who keeps services
    path("workspace/organisations/<slug:slug>/services/", offers.services, name="services"),
    path("workspace/directory/providers/", curating.providers, name="providers"),
    path("workspace/directory/providers/<uuid:provider_id>/", offers.provider, name="provider"),
    path("workspace/directory/providers/<uuid:provider_id>/add/", offers.add, name="add"),
    path("workspace/directory/services/<uuid:service_id>/", offers.offer, name="offer"),
    path("workspace/directory/services/<uuid:service_id>/change/", offers.edit, name="edit"),
    path("workspace/directory/services/<uuid:service_id>/place/", offers.place_add, name="place_add"),
    path("workspace/directory/places/<uuid:place_id>/", offers.place, name="place"),
    path("workspace/directory/proposed/", offers.proposals, name="proposals"),
    # who decides
    path("workspace/directory/inbox/", curating.inbox, name="inbox"),
    path("workspace/directory/duplicates/", curating.duplicates, name="duplicates"),
    path("workspace/directory/duplicates/<uuid:duplicate_id>/", curating.pair, name="pair"),
    path("workspace/directory/campaigns/", curating.campaigns, name="campaigns"),
    path("workspace/directory/campaigns/<uuid:campaign_id>/", curating.campaign, name="campaign"),
]
