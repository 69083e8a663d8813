"""The core: decisions as pure functions over frozen values.

Standard library only. Nothing here reads a clock, a file, a network, a database or a random number: `at` is
passed in. A higher file in the stack (see docs/decisions/0001) may import a lower one, never the reverse.
"""
