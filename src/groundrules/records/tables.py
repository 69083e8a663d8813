"""The first migration's step: many tables made at once, from one rendering of what they are in the end.

Django renders every model anew for each of its own steps, which for as many models as ours costs seconds each time a
database is set up (and each test session sets some up).
"""

from __future__ import annotations

from typing import Any

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class TablesAtOnce(Operation):
    """A migration step that goes through `steps` in Django's books, and then makes each table in its last form.

    The steps may only create models and add to them: nothing of a table that is there already is changed.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, *steps: Operation) -> None:
        self.steps = steps

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """This function will describe the step for Django's migration writer."""
        return (type(self).__name__, list(self.steps), {})

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """This function will take all models into Django's state, without rendering them after each."""
        state.clear_delayed_apps_cache()
        vars(state).pop("apps", None)
        for step in self.steps:
            step.state_forwards(app_label, state)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,  # noqa: ARG002 - Django's signature
        to_state: ProjectState,
    ) -> None:
        """This function will create the tables with all their columns, indexes and constraints."""
        for model in self._models(to_state.apps, app_label):
            schema_editor.create_model(model)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,  # noqa: ARG002 - Django's signature
    ) -> None:
        """This function will take the tables down again, the last first."""
        for model in reversed(self._models(from_state.apps, app_label)):
            schema_editor.delete_model(model)

    def describe(self) -> str:
        """This function will say what the step does, for people who migrate."""
        return f"Create {len(self._names())} tables"

    def _names(self) -> tuple[str, ...]:
        return tuple(step.name for step in self.steps if isinstance(step, CreateModel))

    def _models(self, apps: Apps, app_label: str) -> tuple[Any, ...]:
        return tuple(apps.get_model(app_label, name) for name in self._names())
