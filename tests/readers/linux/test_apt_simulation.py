"""What apt says it would do."""

from __future__ import annotations

from groundrules.core.remote import PackageStep
from groundrules.readers.linux.apt_simulation import read_simulation

# As apt 2.6.1 of Debian 12 printed it.
_SAID = """NOTE: This is only a simulation!
      apt-get needs root privileges for real execution.
Reading package lists...
Building dependency tree...
Calculating upgrade...
The following packages have been kept back:
  linux-image-amd64 libfoo1
The following packages will be upgraded:
  hello libc6
2 upgraded, 0 newly installed, 0 to remove and 2 not upgraded.
Inst hello [1.0] (2.0 local [all])
Inst libc6 [2.36-9] (2.36-9+deb12u4 Debian:12.5/stable [amd64]) [libc-bin:amd64 ]
Conf hello (2.0 local [all])
"""


class TestReadSimulation:
    def test_lists_every_package_with_both_versions(self) -> None:
        """Kept back is not to be changed; the note behind a package does not matter."""
        found = read_simulation(_SAID)

        assert found.steps == (
            PackageStep("hello", "1.0", "2.0"),
            PackageStep("libc6", "2.36-9", "2.36-9+deb12u4"),
        )
        assert (found.kept_back, found.odd) == (("linux-image-amd64", "libfoo1"), ())

    def test_calls_new_and_removed_packages_odd(self) -> None:
        """An upgrade that would add or remove something is not taken for one."""
        found = read_simulation("Inst new (1.0 local [all])\nRemv old [1.0]\n")

        assert (found.steps, len(found.odd)) == ((), 2)
