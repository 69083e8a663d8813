"""S3-compatible storage of three nodes: OpenStack Swift with its S3 interface; every object rests on all three."""

from __future__ import annotations

import os
import secrets
import subprocess
from dataclasses import dataclass
from pathlib import Path

from processes import LOOPBACK, Family, free_ports, listens, wait_until
from pyarrow import fs

NODES = 3
RINGS = ("account", "container", "object")
SERVER = """
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
workers = 0
user = {user}
swift_dir = {folder}
devices = {folder}/node{node}
mount_check = false
log_level = ERROR
[pipeline:main]
pipeline = {ring}-server
[app:{ring}-server]
use = egg:swift#{ring}
"""
PROXY = """
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
workers = 0
user = {user}
swift_dir = {folder}
log_level = ERROR
[pipeline:main]
pipeline = catch_errors gatekeeper healthcheck cache listing_formats s3api tempauth copy slo proxy-server
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:healthcheck]
use = egg:swift#healthcheck
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:{memcache}
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
[filter:tempauth]
use = egg:swift#tempauth
user_groundrules_trial = {secret} .admin
[filter:copy]
use = egg:swift#copy
[filter:slo]
use = egg:swift#slo
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
conn_timeout = 1
node_timeout = 5
"""
CONSTANTS = """
[swift-hash]
swift_hash_path_prefix = trial
swift_hash_path_suffix = trial
[storage-policy:0]
name = three-copies
default = yes
"""


@dataclass
class Objects:
    """The storage: where it listens, and what a client is told to reach it."""

    family: Family
    port: int
    secret: str

    @property
    def environment(self) -> dict[str, str]:
        """Credentials as Groundrules and Arrow take them."""
        return {
            "AWS_ACCESS_KEY_ID": "groundrules:trial",
            "AWS_SECRET_ACCESS_KEY": self.secret,
            "AWS_EC2_METADATA_DISABLED": "true",
            # Swift's S3 interface is older than checksums at the end of a body.
            "AWS_REQUEST_CHECKSUM_CALCULATION": "when_required",
        }

    def url(self, bucket: str) -> str:
        """The URL of a bucket as the settings take it."""
        return f"s3://{bucket}/trial?endpoint={LOOPBACK}:{self.port}&scheme=http&region=us-east-1"

    def kill(self, number: int) -> None:
        """End a whole node of the storage."""
        for ring in RINGS:
            self.family.kill(f"{ring}-{number}")


def start_objects(family: Family, folder: Path) -> Objects:
    """Start the three nodes, and make the two buckets."""
    folder.mkdir()
    (folder / "swift.conf").write_text(CONSTANTS)
    memcache, proxy, *ports = free_ports(2 + NODES * len(RINGS))
    places = {
        (ring, n): ports[RINGS.index(ring) * NODES + n] for ring in RINGS for n in range(NODES)
    }
    user = "root" if os.geteuid() == 0 else os.environ.get("USER", "nobody")
    for ring in RINGS:
        _build_ring(folder, ring, [places[ring, n] for n in range(NODES)])
    family.start("memcached", ["memcached", "-u", "nobody", "-l", LOOPBACK, "-p", str(memcache)])
    for (ring, number), port in places.items():
        (folder / f"node{number}" / f"d{number}").mkdir(parents=True, exist_ok=True)
        settings = folder / f"{ring}-{number}.conf"
        settings.write_text(
            SERVER.format(port=port, user=user, folder=folder, node=number, ring=ring)
        )
        family.start(f"{ring}-{number}", [f"swift-{ring}-server", settings])
    secret = secrets.token_hex(12)
    settings = folder / "proxy.conf"
    settings.write_text(
        PROXY.format(port=proxy, user=user, folder=folder, memcache=memcache, secret=secret)
    )
    settings.chmod(0o600)
    family.start("proxy", ["swift-proxy-server", settings])
    made = Objects(family, proxy, secret)
    for port in (proxy, *places.values()):
        wait_until(lambda port=port: listens(port), 60, "the storage")
    os.environ.update(made.environment)
    system = fs.S3FileSystem(
        endpoint_override=f"{LOOPBACK}:{proxy}", scheme="http", region="us-east-1",
        allow_bucket_creation=True,
    )  # fmt: skip
    for bucket in ("evidence", "segments"):
        system.create_dir(bucket)
    return made


def _build_ring(folder: Path, ring: str, ports: list[int]) -> None:
    builder = folder / f"{ring}.builder"
    steps = [["create", "8", "3", "0"]]
    steps += [["add", f"r1z{n + 1}-{LOOPBACK}:{port}/d{n}", "1"] for n, port in enumerate(ports)]
    for step in [*steps, ["rebalance"]]:
        subprocess.run(
            ["swift-ring-builder", builder, *step], check=True, stdout=subprocess.DEVNULL
        )
