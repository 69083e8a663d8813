"""Addresses: the pages are the whole site, but for personal links below /v/ and programs below /api/v1/."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("api/v1/", include("groundrules.api.urls")),
    path("v/", include("groundrules.portal.urls")),
    path("", include("groundrules.web.urls")),
]
