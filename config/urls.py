"""Every address of the house; each stage says its own."""

from importlib.util import find_spec

from django.urls import include, path

from config.flow import FLOW

urlpatterns = [
    # a stage answers under its own prefix, said in its urls.py
    *[path("", include(f"duga.{stage}.urls")) for stage in FLOW if find_spec(f"duga.{stage}.urls")],
]

handler400 = "duga.web.errors.bad_request"
handler403 = "duga.web.errors.forbidden"
handler404 = "duga.web.errors.not_found"
handler500 = "duga.web.errors.server_error"
