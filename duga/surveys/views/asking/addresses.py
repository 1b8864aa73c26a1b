"""Addresses of asking."""

from django.urls import path

from duga.surveys.views.asking import links

urlpatterns = [
    path("workspace/organisations/<slug:slug>/surveys/<uuid:form_id>/links/", links.of_form, name="links"),
]
