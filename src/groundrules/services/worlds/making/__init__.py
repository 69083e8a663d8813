"""Made worlds: small managed-services estates with incidents whose truth is known, as case files.

Everything is drawn from one seeded Random that is handed in, so the same profile and seed give the same file to the
byte. The truth is drawn first; what is written down of it depends on the profile's telemetry.
"""

from groundrules.services.worlds.making.files import UnknownProfile, generate
from groundrules.services.worlds.making.profiles import PROFILES, Profile

__all__ = ["PROFILES", "Profile", "UnknownProfile", "generate"]
