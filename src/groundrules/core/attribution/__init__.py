"""Attribution: who made a change, how strongly that is known, and who it was not.

Identity first (`levels.py`), permission kept apart (`vendors`). Only an event that names a session or an unshared
account can name a party; our own technicians, patch runs and recovery go through exactly the same code as a vendor.
"""
