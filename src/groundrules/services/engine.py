"""What decides besides the facts, named so that a stored decision can be made again."""

from __future__ import annotations

from groundrules.core.agreements.digests import digest
from groundrules.core.coverage.answers import EngineVersion
from groundrules.core.world import World
from groundrules.services.zones import zones_version

_DIGEST_SHOWN = 12


def engine_version(world: World) -> EngineVersion:
    """This function will name what decides besides the facts: the digest of every version, and the zones in use."""
    rules = ", ".join(
        f"v{version.version} {digest(version)[:_DIGEST_SHOWN]}"
        for version in world.agreement.versions
    )
    return EngineVersion(rules, zones_version())
