"""The portal's addresses: a personal link, and what hangs on it."""

from __future__ import annotations

from django.urls import path

from groundrules.portal import held, views

app_name = "portal"

urlpatterns = [
    path("<str:token>/", views.opened, name="link"),
    path("<str:token>/held/", held.held, name="held"),
    path("<str:token>/<str:ref>/", views.window, name="window"),
    path("<str:token>/<str:ref>/window.ics", views.calendar, name="calendar"),
    path("<str:token>/<str:ref>/cert.pub", views.certificate, name="certificate"),
    path("<str:token>/<str:ref>/visit/", views.visit_page, name="visit"),
]
