"""Addresses of the directory: the public finder at /services/, and what its keepers use."""

from django.urls import path

from duga.directory.views import finder

app_name = "directory"
urlpatterns = [
    # the finder
    path("services/", finder.finder, name="finder"),
    path("services/list/", finder.printed, name="printed"),
    path("services/<uuid:service_id>/", finder.service, name="service"),
    path("services/<uuid:service_id>/save/", finder.saved, name="saved"),
    path("services/<uuid:service_id>/report/", finder.report, name="report"),
]
