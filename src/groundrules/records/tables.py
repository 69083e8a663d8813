"""Steps of migrations that render few models: many tables made at once, and one table or column at a time.

Django renders every related model anew for each of its own steps, which for as many models as ours costs seconds each
time a database is set up (and each test session sets some up). What a database looks like afterwards is the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from django.apps.registry import Apps
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import AddConstraint, AddField, AddIndex, CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState, StateApps


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


class NewTable(CreateModel):
    """A new table, for which only its own model is rendered.

    The models that it points to do not learn of it before they are rendered anew, which making and changing tables does
    not need. A step that asks for rows across the new relation does: it begins as TablesAtOnce does.
    """

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """This function will take the model into Django's state, and render it alone."""
        with _rendering_one(state, app_label, self.name_lower):
            super().state_forwards(app_label, state)


class NewColumn(AddField):
    """A new column of a table, for which only that table's model is rendered; see NewTable."""

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """This function will take the field into Django's state, and render its model alone."""
        with _rendering_one(state, app_label, self.model_name_lower):
            super().state_forwards(app_label, state)


class NewIndex(AddIndex):
    """A new index of a table, for which only that table's model is rendered; see NewTable."""

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """This function will take the index into Django's state, and render its model alone."""
        with _rendering_one(state, app_label, self.model_name_lower):
            super().state_forwards(app_label, state)


class NewConstraint(AddConstraint):
    """A new constraint of a table, for which only that table's model is rendered; see NewTable."""

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """This function will take the constraint into Django's state, and render its model alone."""
        with _rendering_one(state, app_label, self.model_name_lower):
            super().state_forwards(app_label, state)


@contextmanager
def _rendering_one(state: ProjectState, app_label: str, name: str) -> Iterator[None]:
    """Sets the rendered models aside during a change of the state, and renders the one that changed."""
    apps = cast("StateApps | None", vars(state).pop("apps", None))
    yield
    if apps is None:
        return
    vars(state)["apps"] = apps
    with apps.bulk_update():
        apps.unregister_model(app_label, name)
        apps.render_multiple([state.models[app_label, name]])
