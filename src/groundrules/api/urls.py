"""Addresses of the interface, version 1. A meaning never changes below a version; a new one gets a new number."""

from __future__ import annotations

from django.urls import path, re_path

from groundrules.api.door import nothing_here
from groundrules.api.enrolment import enrol_agent
from groundrules.api.evidence import evidence, position
from groundrules.api.gate import gate_turn
from groundrules.api.v1 import interface as v1

app_name = "api"

urlpatterns = [
    path("agents/enrol", enrol_agent, name="enrol"),
    path("evidence", evidence, name="evidence"),
    path("evidence/position", position, name="position"),
    path("gate/turn", gate_turn, name="gate-turn"),
    *v1.addresses(),
    # Whatever is left, line breaks too: `path:` takes none, and the page for people would answer a program.
    re_path("", nothing_here, name="nothing-here"),
]
