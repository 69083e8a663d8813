"""GLPI Agent and FusionInventory: whole or partial inventories of a computer, in JSON or XML.

Formats: the inventory schema of the GLPI project (JSON) and the FusionInventory XML it was made from. An inventory
lists what is there; it names nobody who put it there.
"""

from groundrules.readers.glpi.inventories import READER, read_glpi

__all__ = ["READER", "read_glpi"]
