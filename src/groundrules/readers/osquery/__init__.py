"""osquery: the results log of osqueryd (rows added and removed) and its snapshots log.

Formats: osquery documentation, "Logging" (event, batch and snapshot format, epoch, counter) and the table
specifications. No table here names who made a change.
"""

from groundrules.readers.osquery.results import READER, read_osquery

__all__ = ["READER", "read_osquery"]
