"""Wazuh: alerts as the manager writes them (`alerts.json`, one a line) or as its indexer gives them out.

Formats: Wazuh documentation, "File integrity monitoring" and "System inventory"; fields of the deltas from the
decoders' own lists. Only file alerts with who-data name anybody.
"""

from groundrules.readers.wazuh.alerts import READER, read_wazuh

__all__ = ["READER", "read_wazuh"]
