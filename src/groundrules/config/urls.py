"""Addresses: pages for staff, but personal links below /v/ (vendors) and /c/ (clients), and programs below /api/v1/."""

from __future__ import annotations

from django.urls import include, path

from groundrules.api.mcp import mcp

handler500 = "groundrules.config.faults.server_error"
urlpatterns = [
    path("api/v1/", include("groundrules.api.urls")),
    path("mcp", mcp, name="mcp"),
    path("v/", include("groundrules.portal.urls")),
    path("c/", include("groundrules.portal.door_urls")),
    path("", include("groundrules.web.urls")),
]
