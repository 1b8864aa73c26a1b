"""Addresses of the public evidence pages."""

from django.urls import path, re_path

from duga.publishing import views

urlpatterns = [
    path("evidence/", views.evidence, name="evidence"),
    path("evidence/release/<uuid:release_id>/", views.release, name="release"),
    path("evidence/release/<uuid:release_id>/<str:name>", views.release_file, name="release_file"),
    re_path(r"^evidence/(?P<country>[A-Za-z]{2})/$", views.evidence_country, name="evidence_country"),
    path("evidence/<str:country>/<int:year>/", views.evidence_country, name="evidence_year"),
]
