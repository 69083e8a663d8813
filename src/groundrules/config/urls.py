"""Addresses: the pages are the whole site, but for the interface for programs below /api/v1/."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("api/v1/", include("groundrules.api.urls")),
    path("", include("groundrules.web.urls")),
]
