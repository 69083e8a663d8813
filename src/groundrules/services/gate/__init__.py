"""The gate: windows that open and close access for real, by certificates or signed actions, and the host's word."""

from groundrules.core.vendors.actions import ActionUnsayable
from groundrules.core.vendors.gate import CertificateRefused
from groundrules.gateways.signing import KeyMissing, KeyUnusable
from groundrules.gateways.ssh_certificates import RevocationListFailed, UserKeyUnusable
from groundrules.renderers.gate_setup import AccountNotPlain
from groundrules.services.gate.action_hosts import HostNotKnown, Told, add_windows_host, turn
from groundrules.services.gate.action_windows import check_account
from groundrules.services.gate.authority import (
    AuthorityAlreadyRetired,
    NoAuthority,
    authority_folder,
    make_authority,
    retire_authority,
)
from groundrules.services.gate.certificates import (
    CertificateAlreadyRevoked,
    NoGate,
    UnknownAccount,
    UnknownCertificate,
    UnknownWindow,
    issue,
    revoke,
)
from groundrules.services.gate.hosts import (
    GateTerms,
    HostKeyUnusable,
    NoAccounts,
    OtherGate,
    add_gate,
    setup_text,
    ssh_door,
)
from groundrules.services.gate.keeping import GateReport, Keeper, keep_gates, standings
from groundrules.services.gate.lists import sync_lists
from groundrules.services.gate.log_words import told_by_log
from groundrules.services.gate.recordings import UnknownRecording, fetch_recordings, play
from groundrules.services.gate.windows import WindowOver, end_now, extend

__all__ = [
    "AccountNotPlain",
    "ActionUnsayable",
    "AuthorityAlreadyRetired",
    "CertificateAlreadyRevoked",
    "CertificateRefused",
    "GateReport",
    "GateTerms",
    "HostKeyUnusable",
    "HostNotKnown",
    "Keeper",
    "KeyMissing",
    "KeyUnusable",
    "NoAccounts",
    "NoAuthority",
    "NoGate",
    "OtherGate",
    "RevocationListFailed",
    "Told",
    "UnknownAccount",
    "UnknownCertificate",
    "UnknownRecording",
    "UnknownWindow",
    "UserKeyUnusable",
    "WindowOver",
    "add_gate",
    "add_windows_host",
    "authority_folder",
    "check_account",
    "end_now",
    "extend",
    "fetch_recordings",
    "issue",
    "keep_gates",
    "make_authority",
    "play",
    "retire_authority",
    "revoke",
    "setup_text",
    "ssh_door",
    "standings",
    "sync_lists",
    "told_by_log",
    "turn",
]
