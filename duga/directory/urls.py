"""Addresses of the directory: the public finder at /services/, and what its keepers use."""

from django.urls import path, re_path

from duga.directory import api
from duga.directory.views import (
    confirm,
    curating,
    exchange,
    finder,
    finder_map,
    funds,
    guides,
    keeping,
    licences,
    offers,
    programmes,
    recordings,
    sources,
)

app_name = "directory"
urlpatterns = [
    # the finder
    path("services/", finder.finder, name="finder"),
    path("services/list/", finder.printed, name="printed"),
    path("services/map/", finder_map.finder_map, name="map"),
    path("services/<uuid:service_id>/", finder.service, name="service"),
    path("services/<uuid:service_id>/save/", finder.saved, name="saved"),
    path("services/<uuid:service_id>/report/", finder.report, name="report"),
    path("services/recordings/<uuid:recording_id>/", recordings.recording, name="recording"),
    path("services/guides/<uuid:guide_id>/", guides.guide, name="guide"),
    path("workspace/directory/providers/<uuid:provider_id>/guides/", guides.guides, name="guides"),
    path("workspace/directory/providers/<uuid:provider_id>/guides/<uuid:guide_id>/", guides.guides, name="guide_edit"),
    path("workspace/directory/lists/", guides.lists, name="saved_lists"),
    path("workspace/directory/lists/<uuid:list_id>/", guides.saved_list, name="saved_list"),
    # by link, without an account
    path("services/confirm/<str:token>/", confirm.confirm, name="confirm"),
    path("services/confirm/<str:token>/<uuid:service_id>/", confirm.correct, name="correct"),
    # who keeps services
    path("workspace/organisations/<slug:slug>/services/", offers.services, name="services"),
    path("workspace/directory/providers/", curating.providers, name="providers"),
    path("workspace/directory/providers/<uuid:provider_id>/", offers.provider, name="provider"),
    path("workspace/directory/providers/<uuid:provider_id>/programmes/", programmes.programmes, name="programmes"),
    path("workspace/directory/providers/<uuid:provider_id>/add/", offers.add, name="add"),
    path("workspace/directory/services/<uuid:service_id>/", offers.offer, name="offer"),
    path("workspace/directory/services/<uuid:service_id>/change/", offers.edit, name="edit"),
    path("workspace/directory/services/<uuid:service_id>/times/", keeping.times, name="times"),
    path("workspace/directory/services/<uuid:service_id>/where/", keeping.where, name="where"),
    path("workspace/directory/services/<uuid:service_id>/more/", keeping.more, name="more"),
    path("workspace/directory/services/<uuid:service_id>/texts/", keeping.texts, name="texts"),
    path("workspace/directory/recordings/<uuid:recording_id>/", keeping.recording, name="kept_recording"),
    path("workspace/directory/spoken/", keeping.spoken_needs, name="spoken"),
    path("workspace/directory/services/<uuid:service_id>/place/", offers.place_add, name="place_add"),
    path("workspace/directory/places/<uuid:place_id>/", offers.place, name="place"),
    path("workspace/directory/proposed/", offers.proposals, name="proposals"),
    # who decides
    path("workspace/directory/inbox/", curating.inbox, name="inbox"),
    path("workspace/directory/duplicates/", curating.duplicates, name="duplicates"),
    path("workspace/directory/duplicates/<uuid:duplicate_id>/", curating.pair, name="pair"),
    path("workspace/directory/letters/", curating.letters, name="letters"),
    path("workspace/directory/campaigns/", curating.campaigns, name="campaigns"),
    path("workspace/directory/campaigns/<uuid:campaign_id>/", curating.campaign, name="campaign"),
    # licences
    path("workspace/organisations/<slug:slug>/licences/", licences.organisation, name="licences"),
    path("workspace/licences/", licences.picture, name="licence_picture"),
    path("workspace/licences/<uuid:licence_id>/", licences.licence, name="licence"),
    path("workspace/licences/<uuid:licence_id>/checklist/", licences.checklist, name="licence_checklist"),
    path("workspace/licences/<uuid:licence_id>/application/", licences.application, name="licence_application"),
    path("workspace/licences/documents/<uuid:document_id>/", licences.document, name="licence_document"),
    # funds for services
    path("workspace/funds/", funds.funds, name="funds"),
    path("workspace/funds/new/", funds.new, name="funds_new"),
    path("workspace/funds/<uuid:table_id>/", funds.table, name="funds_table"),
    path("workspace/funds/<uuid:table_id>/remove/", funds.remove, name="funds_remove"),
    # other directories, brought in
    path("workspace/directory/bring/", exchange.bring, name="bring"),
    path("workspace/directory/bring/<uuid:key>/", exchange.bring_check, name="bring_check"),
    path("workspace/directory/bring/<uuid:key>/discard/", exchange.bring_discard, name="bring_discard"),
    path("workspace/directory/sources/", sources.sources, name="sources"),
    path("workspace/directory/sources/<uuid:source_id>/", sources.source, name="source"),
    path("workspace/directory/sources/<uuid:source_id>/rows.xlsx", sources.loose, name="source_loose"),
    # data for others
    path("services/data/", exchange.data, name="data"),
    re_path(r"^services/data/services\.(?P<kind>zip|csv|geojson|ndjson)$", exchange.download, name="download"),
    path("services/<uuid:service_id>/card.vcf", exchange.card, name="card"),
    # HSDS
    re_path(r"^api/hsds/?$", api.about, name="hsds"),
    path("api/hsds/openapi.json", api.document, name="hsds_openapi"),
    path("api/hsds/profile", api.profile, name="hsds_profile"),
    re_path(
        r"^api/hsds/(?P<name>services|organizations|service_at_locations|taxonomies|taxonomy_terms)/?$",
        api.entries,
        name="hsds_entries",
    ),
    re_path(
        r"^api/hsds/(?P<name>services|organizations|service_at_locations|taxonomies|taxonomy_terms)/(?P<key>[^/]+)/?$",
        api.entry,
        name="hsds_entry",
    ),
]
