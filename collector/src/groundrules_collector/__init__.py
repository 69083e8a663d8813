"""The collector: reads what is on a host, changes nothing, and writes one evidence envelope.

Standard library only. One probe, one file, one spec; a probe that fails is recorded and the rest carries on.
"""

__version__ = "0.1.0"
