"""Addresses: pages for staff, but personal links below /v/ (vendors) and /c/ (clients), and programs below /api/v1/."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("api/v1/", include("groundrules.api.urls")),
    path("v/", include("groundrules.portal.urls")),
    path("c/", include("groundrules.portal.door_urls")),
    path("", include("groundrules.web.urls")),
]
