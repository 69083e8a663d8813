"""OCSF 1.x JSON lines: events of any product that speaks the Open Cybersecurity Schema, and our own export.

Classes and activities: ocsf-schema 1.8 (User Management 3007: 1.9). What our exporter adds under `unmapped.evidence`
(the interval, the kind, the exact key) is used where it is there.
"""

from groundrules.readers.ocsf.events import READER, read_ocsf

__all__ = ["READER", "read_ocsf"]
