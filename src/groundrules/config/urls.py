"""Addresses: the web floor is the whole site for now."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [path("", include("groundrules.web.urls"))]
