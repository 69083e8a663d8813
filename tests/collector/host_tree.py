"""A small host as a tree of files, with secrets planted where hosts really keep them."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

SHADOW_HASH = "$y$j9T$PLANTEDSALT$plantedHashOfThePassword"
SECRETS = (
    SHADOW_HASH,
    "plantedGroupHash",
    "PLANTEDPRIVATEKEYMATERIAL",
    "planted-database-password",
    "planted-unit-password",
    "planted-cron-password",
    "planted-script-password",
    "planted-crontab-password",
    "planted-mount-password",
    "planted-typed-password",
    "706C616E7465642D74797065642D70617373776F7264",
    "planted-argument-password",
    "planted-mistyped-password",
    "planted-terminal-answer",
    "planted key comment",
    "0123456789abcdef0123456789abcdef",
    "planted-sudo-password",
    "planted-module-parameter",
    "planted host key comment",
    "planted-oracle-password",
)
DPKG_STATUS = """Package: dpkg
Status: install ok installed
Architecture: amd64
Version: 1.21.22

Package: adduser
Status: install ok installed
Architecture: all
Version: 3.134
Description: add users
 Version: not this one

Package: libc6
Status: install ok installed
Architecture: i386
Version: 2.36-9

Package: broken
Status: install reinstreq half-installed
Architecture: amd64
Version: 1.0

Package: gone
Status: deinstall ok config-files
Architecture: amd64
Version: 0.9
"""
# Made for these tests; its key was thrown away.
CERTIFICATE = """-----BEGIN CERTIFICATE-----
MIIBYjCCAQigAwIBAgICEmcwCgYIKoZIzj0EAwIwHzEdMBsGA1UEAwwUcHJhY3Rp
Y2UuZXhhbXBsZS5uZXQwHhcNMjYwMTAxMDAwMDAwWhcNMjcwMTAxMDAwMDAwWjAf
MR0wGwYDVQQDDBRwcmFjdGljZS5leGFtcGxlLm5ldDBZMBMGByqGSM49AgEGCCqG
SM49AwEHA0IABDdjG7EKVtofLVrYUP7ABEBEWaEWxyVlA0iOpg2l27Sb3bVHyUqf
nAFI0SxOGTc/BPW7USF8v1XNqLsISy+ZTAOjNDAyMDAGA1UdEQQpMCeCFHByYWN0
aWNlLmV4YW1wbGUubmV0gg93d3cuZXhhbXBsZS5uZXQwCgYIKoZIzj0EAwIDSAAw
RQIgQfTSIs3K1L0PtNca6hjEmhyxyqVGD8eLOBormduV/xoCIQDpBv/4UetAB9n1
8eIF7a8z71XP2mpzJPOxZeI3BcVqYw==
-----END CERTIFICATE-----
"""
PRIVATE_KEY = "-----BEGIN PRIVATE KEY-----\nPLANTEDPRIVATEKEYMATERIAL\n-----END PRIVATE KEY-----\n"
KEY_BLOB = "AAAAC3NzaC1lZDI1NTE5AAAAIFnL4Nt0Tn0bKd3M0kD3cYxw9nQqXbqv9k2vYJ7hN4aP"
FILES = {
    "etc/hostname": "srv1\n",
    "etc/machine-id": "0123456789abcdef0123456789abcdef\n",
    "etc/timezone": "America/Los_Angeles\n",
    "etc/os-release": 'NAME="Debian"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
    "etc/passwd": (
        "root:x:0:0:root:/root:/bin/bash\nrogue:x:1001:1001:Rogue Vendor,,,:/home/rogue:/bin/sh\nhalf a line\n"
    ),
    "etc/shadow": f"root:*:19000:0:99999:7:::\nrogue:{SHADOW_HASH}:20516:0:99999:7:::\nnew:!::0:99999:7:::\n",
    "etc/gshadow": "sudo:plantedGroupHash::rogue\n",
    "etc/group": "root:x:0:\nsudo:x:27:rogue,admin\n",
    "etc/sudoers": "root ALL=(ALL) ALL\n",
    "etc/sudoers.d/rogue": (
        "# a remark\nDefaults env_reset\nrogue ALL=(root) NOPASSWD: /usr/bin/apt-get, \\\n /usr/bin/dpkg\n"
        "%backup srv1 = /usr/bin/mysqldump -pplanted-sudo-password\n"
    ),
    "etc/ssh/sshd_config": "PermitRootLogin no\n",
    "etc/ssh/ssh_host_ed25519_key": "-----BEGIN OPENSSH PRIVATE KEY-----\nPLANTEDPRIVATEKEYMATERIAL\n",
    "etc/ssh/ssh_host_ed25519_key.pub": f"ssh-ed25519 {KEY_BLOB} planted host key comment\n",
    "etc/nginx/tls/site.pem": CERTIFICATE + PRIVATE_KEY,
    "etc/practice/oracle/tns.ora": "PASSWORD=planted-oracle-password\n",
    "opt/python3/bin/python3.11": "an interpreter",
    "opt/python3/include/python3.11/patchlevel.h": '#define PY_VERSION              "3.11.7"\n',
    "home/rogue/.nvm/versions/node/v20.1.0/bin/node": "another one",
    "usr/lib/jvm/jdk-21/bin/java": "a third",
    "usr/lib/jvm/jdk-21/release": 'IMPLEMENTOR="X"\nJAVA_VERSION="21.0.4"\n',
    "usr/share/dotnet/shared/Microsoft.NETCore.App/8.0.3/a.dll": "a fourth",
    "lib/apk/db/installed": "C:Q1\nP:musl\nV:1.2.4-r2\nA:x86_64\n\nP:busybox\nV:1.36.1-r5\nA:x86_64\n",
    "proc/modules": "veth 36864 0 - Live 0x0\nzfs 4000000 2 - Live 0x0 (POE)\n",
    "proc/sys/kernel/osrelease": "6.1.0-18-amd64\n",
    "sys/module/zfs/version": "2.1.11-1\n",
    "sys/module/zfs/taint": "POE\n",
    "sys/module/zfs/parameters/key": "planted-module-parameter\n",
    "proc/mdstat": (
        "Personalities : [raid1]\nmd0 : active raid1 sdb1[1] sda1[0](F)\n"
        "      1046528 blocks super 1.2 [2/1] [_U]\n      [==>....]  recovery = 12.6%\n\n"
        "md1 : active (auto-read-only) raid1 sdc1[0]\n      9 blocks\nunused devices: <none>\n"
    ),
    "home/rogue/.ssh/id_ed25519": "-----BEGIN OPENSSH PRIVATE KEY-----\nPLANTEDPRIVATEKEYMATERIAL\n",
    "home/rogue/.ssh/authorized_keys": (
        f'# a remark\nfrom="10.0.0.0/8" ssh-ed25519 {KEY_BLOB} planted key comment\nssh-rsa AAAA!broken x\n'
    ),
    "etc/practice/app.conf": "dsn=postgres://app:planted-database-password@localhost/app\n",
    "etc/systemd/system/practice.service": "[Service]\nEnvironment=PASSWORD=planted-unit-password\n",
    "usr/lib/systemd/system/cron.service": "[Service]\nExecStart=/usr/sbin/cron\n",
    "usr/lib/systemd/system/apt-daily.timer": "[Timer]\nOnCalendar=daily\n",
    "etc/init.d/practice": "#!/bin/sh\n",
    "etc/crontab": (
        "SHELL=/bin/sh\n# m h dom mon dow user command\n"
        "17 *  * * *  root  mysqldump -pplanted-cron-password all\n@reboot root /opt/practice/start\n"
    ),
    "etc/cron.d/practice": "*/5 * * * * rogue /opt/practice/poll\n0 1 * * * rogue /opt/practice/poll --all\n",
    "etc/cron.daily/backup": "#!/bin/sh\nPASS=planted-script-password\n",
    "var/spool/cron/crontabs/rogue": "* * * * * curl -u x:planted-crontab-password https://h\n",
    "proc/mounts": (
        "/dev/sda1 / ext4 rw,relatime,nodev 0 0\nproc /proc proc rw 0 0\n"
        "//nas/data /mnt/nas\\040data cifs rw,username=svc,password=planted-mount-password 0 0\n"
    ),
    "proc/net/tcp": (
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
        "   0: 0100007F:1538 00000000:0000 0A 00000000:00000000 00:00000000 00000000   113        0 4711 1 x\n"
        "   1: 0100007F:1538 0100007F:9000 01 00000000:00000000 00:00000000 00000000   113        0 4712 1 x\n"
    ),
    "proc/net/tcp6": (
        "  sl  local_address\n"
        "   0: 00000000000000000000000001000000:0016 00000000000000000000000000000000:0000 0A 0:0 00:0 0 0 0 4713 1 x\n"
    ),
    "proc/net/udp": (
        "  sl  local_address\n"
        "   0: 00000000:0044 00000000:0000 07 0:0 00:0 0 0 0 4714 2 x\n"
        "   1: 00000000:D000 00000000:0000 07 0:0 00:0 0 0 0 4715 2 x\n"
    ),
    "sys/block/sda/size": "2048\n",
    "sys/block/sda/device/model": "SAMPLE DISK     \n",
    "sys/block/loop0/size": "8\n",
    "var/lib/dpkg/status": DPKG_STATUS,
    "var/lib/dpkg/info/adduser.list": "/.\n",
    "var/log/dpkg.log": "2026-03-05 10:02:11 install hello:amd64 <none> 2.10-3\n",
    "var/log/apt/history.log": (
        "\nStart-Date: 2026-03-05  10:02:10\nCommandline: apt-get install hello\nRequested-By: rogue (1001)\n"
        "Install: hello:amd64 (2.10-3)\nEnd-Date: 2026-03-05  10:02:12\n"
    ),
    "var/log/apt/term.log": "Password: planted-terminal-answer\n",
    "var/log/auth.log": "Mar  5 10:00:00 srv1 sshd[900]: Accepted publickey for rogue from 10.1.2.3 port 4000 ssh2\n",
    "var/log/btmp": "planted-mistyped-password",
    "var/log/audit/audit.log": (
        "type=LOGIN msg=audit(1772733600.000:10): pid=900 uid=0 old-auid=4294967295 auid=1001 "
        "old-ses=4294967295 ses=3 res=1\n"
        "type=TTY msg=audit(1772733601.000:11): tty pid=901 data=706C616E7465642D74797065642D70617373776F7264\n"
        'type=USER_TTY msg=audit(1772733602.000:12): pid=901 data="planted-typed-password"\n'
        'type=EXECVE msg=audit(1772733603.000:13): argc=2 a0="mysql" a1="-pplanted-argument-password"\n'
        'node=srv1 type=PROCTITLE msg=audit(1772733603.000:13): proctitle="mysql -pplanted-argument-password"\n'
    ),
}
OLD_DPKG_LOG = b"2026-02-01 09:00:00 startup archives unpack\n"


def login_record(kind: int, pid: int, line: str, user: str, host: str, at: int) -> bytes:
    """This function will write one 384 byte login record as x86-64 glibc does."""
    texts = (line.encode(), b"ts/0", user.encode(), host.encode())
    return struct.pack("<hxxi32s4s32s256shhiii16s20x", kind, pid, *texts, 0, 0, 0, at, 0, bytes(16))


def build(root: Path) -> Path:
    """This function will lay the host out below `root`."""
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (root / "var/log/dpkg.log.1.gz").write_bytes(gzip.compress(OLD_DPKG_LOG, mtime=0))
    (root / "var/log/wtmp").write_bytes(
        login_record(7, 900, "pts/0", "rogue", "10.1.2.3", 1772733600)
    )
    wants = root / "etc/systemd/system/multi-user.target.wants"
    wants.mkdir()
    (wants / "cron.service").symlink_to("/usr/lib/systemd/system/cron.service")
    (root / "etc/systemd/system/telnet.service").symlink_to("/dev/null")
    process = root / "proc/812/fd"
    process.mkdir(parents=True)
    (process / "3").symlink_to("socket:[4711]")
    (root / "proc/812/comm").write_text("postgres\n")
    return root
