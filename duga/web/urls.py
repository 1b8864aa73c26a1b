"""Addresses of what no stage owns."""

from django.urls import path

from duga.web import views

app_name = "web"
urlpatterns = [
    path("", views.home, name="home"),
    path("about/", views.about, name="about"),
    path("health", views.health, name="health"),
    path("workspace/", views.workspace, name="workspace"),
    path("workspace/styleguide/", views.styleguide, name="styleguide"),
]
