"""Addresses of surveys: /workspace/… for who designs and reviews, /collect/… for phones and who fills forms in."""

from django.urls import path

from duga.surveys.views import forms
from duga.surveys.views.filling import addresses as filling
from duga.surveys.views.openrosa import addresses as openrosa
from duga.surveys.views.receiving import addresses as receiving

app_name = "surveys"
urlpatterns = [
    # forms
    path("workspace/organisations/<slug:slug>/surveys/", forms.organisation, name="forms"),
    path("workspace/surveys/", forms.owners, name="owners"),
    path("workspace/networks/<slug:slug>/surveys/", forms.network, name="network_forms"),
    # filling in, in the browser
    *filling.urlpatterns,
    # answers, for who reviews them and for programs with a key
    *receiving.urlpatterns,
    # phones: OpenRosa 1.0
    *openrosa.urlpatterns,
]
