"""The app's name and label, for Django."""

from __future__ import annotations

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """Records, the only app that owns tables."""

    name = "groundrules.records"
    label = "records"
