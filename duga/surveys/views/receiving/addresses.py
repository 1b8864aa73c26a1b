"""The addresses of answers: for who reviews them, and for programs with a key."""

from django.urls import path, re_path

from duga.surveys.views import odata
from duga.surveys.views.receiving import answers, phones

_SVC = r"^api/v1/surveys/(?P<slug>[-a-zA-Z0-9_]+)/(?P<form_id>[^/]+)\.svc"

urlpatterns = [
    path("workspace/organisations/<slug:slug>/answers/", answers.forms, name="answered"),
    path("workspace/organisations/<slug:slug>/answers/<uuid:form_id>/", answers.answers, name="answers"),
    path("workspace/organisations/<slug:slug>/answers/<uuid:form_id>/export/", answers.export, name="answers_export"),
    path("workspace/answers/<uuid:submission_id>/", answers.answer, name="answer"),
    path("workspace/answers/<uuid:submission_id>/files/<uuid:file_id>/", answers.attachment, name="answer_file"),
    path("workspace/organisations/<slug:slug>/surveys/phones/", phones.phones, name="phones"),
    path("workspace/answers/keys/", phones.keys, name="keys"),
    re_path(_SVC + r"/?$", odata.odata, name="odata"),
    re_path(_SVC + r"/(?P<path>.+)$", odata.odata, name="odata_set"),
    path("api/v1/surveys/<slug:slug>/<uuid:form_id>/<slug:kind>", odata.export, name="export_key"),
]
