"""What the Windows collector writes beside whole event logs and snapshots: what it found of each event log."""

from groundrules.readers.windows.collector import READER, read_windows_channels

__all__ = ["READER", "read_windows_channels"]
