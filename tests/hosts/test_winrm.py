"""Jobs on Windows servers: Ansible speaks WinRM with servers that write down what it says; none of them is Windows."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID
from django.apps import apps
from django.conf import settings
from django.utils import timezone

from groundrules.cli.main import main
from groundrules.core.ids import AssetId
from groundrules.core.parties import PartyKind
from groundrules.core.remote import HostState
from groundrules.records import models as books
from groundrules.services import remote
from groundrules.services.storage import raw_store
from tests.cast import OLGA
from tests.hosts.estate import client_in
from tests.hosts.winrm_host import MUTUAL, WinrmHost, serving

GOOD, LOCKED, STRANGE, BY_CERTIFICATE = map(AssetId, ("SRV1", "SRV2", "SRV3", "SRV4"))
USER, PASSWORD = "castle-it", "Wind0ws-and-s3a"
BASIC = f"Basic {base64.b64encode(f'{USER}:{PASSWORD}'.encode()).decode()}"
PRINTS = {
    "Restart-Service": "\r\nName   : Spooler\r\nStatus : Running\r\n",
    "Get-Service": "\r\nName   : Spooler\r\nStatus : Stopped\r\n",
}


def _signed(
    name: str, by: tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None = None
) -> bytes:
    """A certificate for a name with its key, as one PEM text; without a signer it is an authority's own."""
    key, at = ec.generate_private_key(ec.SECP256R1()), timezone.now()
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    built = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by[0].subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(hours=1))
        .not_valid_after(at + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=by is None, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(by[1] if by else key, hashes.SHA256())
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return built.public_bytes(Encoding.PEM) + secret


def _authority(pem: bytes) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = load_pem_private_key(pem, None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return x509.load_pem_x509_certificate(pem), key


def _laid(folder: Path, name: str, content: bytes) -> Path:
    place = folder / name
    place.touch(mode=0o600)
    place.write_bytes(content)
    return place


@pytest.fixture
def hosts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[AssetId, WinrmHost]]:
    """This fixture will serve four servers, and write the accounts for them."""
    folder = tmp_path / "accounts"
    folder.mkdir(mode=0o700)
    ours, theirs = _signed("The client's authority"), _signed("Somebody's authority")
    ca = _laid(folder, "ca.pem", x509.load_pem_x509_certificate(ours).public_bytes(Encoding.PEM))
    server = _laid(folder, "server.pem", _signed("localhost", _authority(ours)))
    strange = _laid(folder, "strange.pem", _signed("localhost", _authority(theirs)))
    _laid(folder, "client.pem", _signed(USER, _authority(ours)))
    _laid(folder, "password", f"{PASSWORD}\n".encode())
    made = {name: WinrmHost(BASIC, PASSWORD.encode(), PRINTS) for name in (GOOD, STRANGE)}
    made[LOCKED] = WinrmHost("Basic of somebody else", PASSWORD.encode())
    made[BY_CERTIFICATE] = WinrmHost(MUTUAL, PASSWORD.encode(), PRINTS)
    with ExitStack() as stack:
        for name, host in made.items():
            shown = strange if name == STRANGE else server
            stack.enter_context(serving(host, shown, ca if name == BY_CERTIFICATE else None))
        ports = "".join(f"[servers.{n}]\nport = {h.port}\n" for n, h in sorted(made.items()))
        by_certificate = (
            'transport = "certificate"\ncertificate = "client.pem"\nkey = "client.pem"\n'
        )
        written = (
            f'user = "{USER}"\ntransport = "basic"\npassword_file = "password"\nca = "ca.pem"\n'
            f'address = "localhost"\n{ports}{by_certificate}'
        )
        _laid(folder, "HARBOR.toml", written.encode())
        monkeypatch.setattr(settings, "GROUNDRULES_WINRM_ACCOUNTS", str(folder))
        yield made


@pytest.fixture
def client(tmp_path: Path, data: Path, db: None) -> books.Client:  # noqa: ARG001 - pytest opens the database by this name
    """This fixture will give a test the client with four Windows servers."""
    (tmp_path / "case").mkdir()
    made = client_in(tmp_path / "case")
    for name in (GOOD, LOCKED, STRANGE, BY_CERTIFICATE):
        asset = books.Asset.objects.get(client=made, code=name)
        gate = books.Gate.objects.create(asset=asset, added_at=timezone.now())
        books.ActionHost.objects.create(gate=gate, token_digest=name.ljust(64, "0"))
    return made


@pytest.mark.django_db
class TestJobOnWindows:
    """One job over four servers, from its dry run to the timeline."""

    def test_is_tried_done_and_ours_and_what_is_not_reached_says_why(
        self,
        client: books.Client,
        hosts: dict[AssetId, WinrmHost],
        capsys: pytest.CaptureFixture[str],
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        """Two are reached, by password and by certificate; one refuses the account, one is not to be trusted."""
        asked = remote.JobAsked("restart-service", {"service": "Spooler"}, tuple(sorted(hosts)))
        engine = remote.AnsibleEngine()

        plan = remote.plan_job(client, asked, actor=OLGA, at=timezone.now(), engine=engine)

        told = {host.asset: host for host in plan.hosts}
        assert "Status : Stopped" in told[GOOD].shown, told[GOOD].problem
        assert "Status : Stopped" in told[BY_CERTIFICATE].shown, told[BY_CERTIFICATE].problem
        assert "it refuses the account it was offered" in told[LOCKED].problem
        assert (
            "its certificate is not to be trusted, so it was told nothing" in told[STRANGE].problem
        )
        row = remote.plan_called(plan.id)
        remote.approve(row, actor=OLGA, at=timezone.now())
        how = remote.run(row, actor=OLGA, clock=timezone.now, engine=engine)

        assert {asset: step.state for asset, step in how.hosts.items()} == {
            GOOD: HostState.DONE,
            BY_CERTIFICATE: HostState.DONE,
        }
        assert "Status : Running" in how.hosts[GOOD].says
        _was_spoken_to_as_meant(hosts)
        _is_ours(client, plan.id)
        assert main(["inventory", "--client", "HARBOR"]) == 0
        assert main(["job", "show", plan.id]) == 0
        printed = "".join(capsys.readouterr()) + caplog.text
        assert json.dumps(USER) in printed
        _is_kept_nowhere(printed)


def _was_spoken_to_as_meant(hosts: dict[AssetId, WinrmHost]) -> None:
    once = ["Create", "Command", "Receive", "Signal", "Delete"]
    for name in (GOOD, BY_CERTIFICATE):
        host = hosts[name]
        assert [deed for deed, _ in host.asked] == once * 2
        assert {command for deed, command in host.asked if deed == "Command"} == {"PowerShell"}
        tried, done = host.scripts
        assert "Restart-Service" not in tried
        assert "Restart-Service -Name 'Spooler' -ErrorAction Stop" in done
        assert host.seen_elsewhere == []
    assert set(hosts[GOOD].offered) == {BASIC}
    assert (set(hosts[BY_CERTIFICATE].offered), set(hosts[BY_CERTIFICATE].shown)) == (
        {MUTUAL},
        {USER},
    )
    assert hosts[LOCKED].asked == []
    assert (hosts[STRANGE].offered, hosts[STRANGE].asked) == ([], [])


def _is_ours(client: books.Client, plan: str) -> None:
    runs = [run.to_core() for run in books.OwnRun.objects.of_client(client).current()]
    assert sorted((run.asset, run.id, run.kind) for run in runs) == [
        (GOOD, f"{plan}.1.1", "job"),
        (BY_CERTIFICATE, f"{plan}.1.2", "job"),
    ]
    assert {run.accounts for run in runs} == {frozenset({USER})}
    assert all(run.period.end for run in runs)
    accounts = books.Account.objects.filter(name=USER, host__client=client)
    assert {row.to_core().party.kind for row in accounts} == {PartyKind.PROVIDER}


def _is_kept_nowhere(printed: str) -> None:
    """The password, as it is and as it is offered: not printed, in no row and in no evidence."""
    rows = [
        repr(row)
        for model in apps.get_app_config("records").get_models()
        for row in model._base_manager.values()  # noqa: SLF001 - every row
    ]
    kept = [raw_store().get(row.digest) for row in books.RawEvidence.objects.all()]
    assert len([raw for raw in kept if b"Status : Running" in raw]) == 2
    whole = "\n".join((printed, *rows, *(raw.decode(errors="replace") for raw in kept)))
    for secret in (PASSWORD, BASIC.removeprefix("Basic ")):
        assert secret not in whole
