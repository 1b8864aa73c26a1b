"""Addresses of filling in. They stand before those of phones: no organisation's short name is "fill"."""

from django.urls import path, re_path

from duga.surveys.queries.asking import link_tokens
from duga.surveys.views.filling import by_link, signed_in

_LINK = rf"^collect/fill/by-link/(?P<token>{link_tokens()})"
_HERE = "collect/fill/in/<slug:slug>/<str:form_id>/"

urlpatterns = [
    path("collect/fill/", signed_in.home, name="fill"),
    path("collect/fill/worker.js", signed_in.worker, name="fill_worker"),
    path("collect/fill/forms.webmanifest", signed_in.manifest, name="fill_manifest"),
    path(_HERE, signed_in.page, name="fill_form"),
    path(f"{_HERE}form.xml", signed_in.xform, name="fill_xform"),
    path(f"{_HERE}files/<str:name>", signed_in.file, name="fill_file"),
    path(f"{_HERE}send/", signed_in.send, name="fill_send"),
    re_path(rf"{_LINK}/$", by_link.page, name="link"),
    re_path(rf"{_LINK}/plain/$", by_link.plain, name="link_plain"),
    re_path(rf"{_LINK}/form\.xml$", by_link.xform, name="link_xform"),
    re_path(rf"{_LINK}/files/(?P<name>[^/]+)$", by_link.file, name="link_file"),
    re_path(rf"{_LINK}/send/$", by_link.send, name="link_send"),
    path("workspace/surveys/versions/<uuid:version_id>/try/", signed_in.trial, name="trial"),
    path("workspace/surveys/versions/<uuid:version_id>/try/form.xml", signed_in.trial_xform, name="trial_xform"),
    path("workspace/surveys/versions/<uuid:version_id>/try/files/<str:name>", signed_in.trial_file, name="trial_file"),
]
