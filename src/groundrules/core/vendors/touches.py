"""What work touches, in the words of people who are asked: each stands for the kinds of component it means."""

from __future__ import annotations

from groundrules.core.evidence import ItemKind

TOUCHES: tuple[tuple[str, str, frozenset[ItemKind]], ...] = (
    (
        "application",
        "the application and its files",
        frozenset(
            {ItemKind.PACKAGE, ItemKind.FILE, ItemKind.CONFIG_FILE, ItemKind.SERVICE, ItemKind.PORT}
        ),
    ),
    ("database", "database logins", frozenset({ItemKind.DATABASE_LOGIN})),
    (
        "system",
        "the operating system and shared runtimes",
        frozenset({ItemKind.RUNTIME, ItemKind.PATCH, ItemKind.DRIVER, ItemKind.HOST}),
    ),
    (
        "accounts",
        "accounts and passwords",
        frozenset(
            {
                ItemKind.ACCOUNT,
                ItemKind.PASSWORD,
                ItemKind.GROUP,
                ItemKind.SUDO_RULE,
                ItemKind.SSH_KEY,
            }
        ),
    ),
    ("tasks", "scheduled tasks", frozenset({ItemKind.SCHEDULED_TASK, ItemKind.TIMER})),
)


def kinds_of(names: tuple[str, ...]) -> frozenset[ItemKind]:
    """This function will return the kinds of component that these words stand for."""
    return frozenset(kind for name, _, group in TOUCHES if name in names for kind in group)
