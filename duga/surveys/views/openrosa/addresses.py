"""The addresses of OpenRosa, each twice: with the phone's token in it, and without, for digest."""

from django.urls import re_path

from duga.surveys.views.openrosa import doors

_WHERE = r"^collect/(?P<slug>[-a-zA-Z0-9_]+)"
_KEY = _WHERE + r"/key/(?P<token>[\w-]{20,120})"
_FORM = r"/forms/(?P<form_id>[^/]+)"
#: With and without a slash at the end: KoboCollect asks both.
_PARTS = {
    "list": (r"/formList/?$", doors.forms),
    "form": (_FORM + r"\.xml$", doors.form),
    "manifest": (_FORM + r"/manifest/?$", doors.files),
    "file": (_FORM + r"/files/(?P<name>[^/]+)$", doors.file),
    "submission": (r"/submission/?$", doors.submission),
}

urlpatterns = [
    re_path(start + end, view, name=f"{kind}_{name}")
    for kind, start in (("key", _KEY), ("collect", _WHERE))
    for name, (end, view) in _PARTS.items()
]
