"""Addresses of places."""

from django.urls import path

from duga.places import views

app_name = "places"
urlpatterns = [
    path("workspace/places/", views.overview, name="overview"),
    path("workspace/places/load/", views.load, name="load"),
    path("workspace/places/load/<uuid:upload_id>/", views.mapping, name="mapping"),
    path("workspace/places/population/", views.population, name="population"),
    path("workspace/places/<str:code>/", views.country, name="country"),
]
