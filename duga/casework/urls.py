"""Addresses of casework; an organisation's pages lie under its own."""

from django.urls import include, path

from duga.casework.views import people, recording

app_name = "casework"

of_organisation = [
    path("people/", people.find, name="find"),
    path("people/add/", people.add, name="add"),
    path("record/group/", recording.tally, name="record_tally"),
    path("record/institution/", recording.institution, name="record_institution"),
]

urlpatterns = [
    path("workspace/organisations/<slug:slug>/", include(of_organisation)),
    path("workspace/people/<uuid:person_id>/", people.person, name="person"),
    path("workspace/people/<uuid:person_id>/change/", people.edit, name="edit"),
    path("workspace/people/<uuid:person_id>/record/", people.record, name="record"),
    path("workspace/people/<uuid:person_id>/household/", recording.household, name="household"),
    path("workspace/entries/<uuid:assistance_id>/recorded/", recording.recorded, name="recorded"),
    path("workspace/entries/<uuid:assistance_id>/undo/", people.undo, name="undo"),
]
