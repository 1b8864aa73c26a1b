"""Addresses of designing forms."""

from django.urls import path

from duga.surveys.views.designs import drafts, lists, papers, words

_VERSION = "workspace/surveys/versions/<uuid:version_id>/"

urlpatterns = [
    path("workspace/organisations/<slug:slug>/surveys/", lists.organisation, name="forms"),
    path("workspace/organisations/<slug:slug>/surveys/new/", lists.new, name="form_new"),
    path("workspace/organisations/<slug:slug>/surveys/new/<str:template>/", lists.start, name="form_start"),
    path("workspace/surveys/", lists.owners, name="owners"),
    path("workspace/networks/<slug:slug>/surveys/", lists.network, name="network_forms"),
    path("workspace/networks/<slug:slug>/surveys/new/", lists.network_new, name="network_form_new"),
    path("workspace/networks/<slug:slug>/surveys/new/<str:template>/", lists.network_start, name="network_form_start"),
    path("workspace/surveys/forms/<uuid:form_id>/", drafts.form, name="form"),
    path(_VERSION, drafts.version, name="version"),
    path(f"{_VERSION}personal/", drafts.personal, name="personal"),
    path(f"{_VERSION}files/", drafts.files, name="form_files"),
    path(f"{_VERSION}files/<str:name>", drafts.file, name="form_file"),
    path(f"{_VERSION}words/", words.words, name="words"),
    path(f"{_VERSION}reading/", papers.reading, name="reading"),
    path(f"{_VERSION}paper.pdf", papers.paper, name="paper"),
    path(f"{_VERSION}form.<slug:kind>", papers.download, name="form_download"),
]
