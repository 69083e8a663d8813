"""The exam of a visit: from the vendor's link to the visit report, in a browser and on real hosts, told step by step.

Run it with `scripts/exam-visit`; the same steps are tests. Nothing is played: the pages are served, the mails are
files, the host runs sshd, and Groundrules is killed as by a power cut.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page

from tests.hosts.lab import ROOT, Host, Lab, lab, run
from tests.hosts.logins import Engineer
from tests.hosts.office import OWNER, ExamFailed, Office, must, wait_until
from tests.hosts.screens import chromium, phone_of, wide_of

ZONE = ZoneInfo("America/Los_Angeles")
RAE = "rae@rogue.example"
_SECOND = timedelta(seconds=1)
_CONTROL = "Package: rogue-charts\nVersion: {version}\nArchitecture: all\nMaintainer: Rogue\nDescription: Charts\n"


@dataclass
class Exam:
    """Everything the steps share. `say` tells each step; `pace` is the seconds that filling in a page takes here."""

    folder: Path
    lab: Lab
    office: Office
    engineer: Engineer
    staff: Page
    vendor: Page
    say: Callable[[str], None]
    portal: str = ""
    pace: float = 2.0

    @property
    def host(self) -> Host:
        """The vendor's server."""
        return self.lab.hosts["SRV1"]

    @property
    def certificate(self) -> Path:
        """Where the engineer keeps the newest certificate."""
        return self.folder / "id-cert.pub"


@contextmanager
def prepared(folder: Path, browser: Browser, say: Callable[[str], None]) -> Iterator[Exam]:
    """This function will start the host and the installation, and set both up with the product's own commands."""
    with ExitStack() as undo:
        running = undo.enter_context(lab(folder, ("SRV1",)))
        office = undo.enter_context(_closed(Office(folder, running.network("msp"))))
        _begin(folder, office)
        _gate(office, running.hosts["SRV1"])
        link = office.start()
        staff, vendor = undo.enter_context(wide_of(browser)), undo.enter_context(phone_of(browser))
        staff.goto(f"{office.address}{link}")
        staff.get_by_role("button", name="Sign in").click()
        staff.wait_for_url(f"{office.address}/")
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / "id"))
        say(
            f"SRV1 runs sshd at {running.hosts['SRV1'].address}; Groundrules is served at {office.address}."
        )
        engineer = Engineer(running, folder / "id")
        yield Exam(folder, running, office, engineer, staff, vendor, say)


@contextmanager
def _closed(office: Office) -> Iterator[Office]:
    with office.undo:
        yield office


def _begin(folder: Path, office: Office) -> None:
    for name in ("tests/cases/harbor.yaml", "tests/hosts/visit.yaml"):
        shutil.copy(ROOT / name, folder)
    office.command("init", "--email", OWNER, "--name", "Olga Owner")
    office.command("import", str(folder / "visit.yaml"))
    office.command("gate", "authority")


def _gate(office: Office, host: Host) -> None:
    """The host gets its gate by the printed script, and the vendor the rights an administrator would give."""
    where = ("--client", "HARBOR", "--asset", "SRV1")
    host.run("sh", "-s", sent=office.command("gate", "setup-script", *where))
    rights = "rae ALL=(root) NOPASSWD: /usr/bin/apt-get"
    host.run("sh", "-c", f"echo '{rights}' >/etc/sudoers.d/rae; chmod 440 /etc/sudoers.d/rae")
    key = host.says("/etc/ssh/ssh_host_ed25519_key.pub").strip()
    told = ("--address", host.address, "--host-key", key, "--record-sessions")
    office.command("gate", "add-host", *where, *told)
    shutil.copytree(ROOT / "collector" / "src", host.root / "opt" / "collector")
    for version in ("12.3", "12.4"):
        _package(host, version)
    host.run("apt-get", "install", "-y", "-q", "/srv/rogue-charts_12.3.deb")


def _package(host: Host, version: str) -> None:
    """A real Debian package, as a vendor brings one."""
    tree = f"/srv/tree-{version}"
    host.run("mkdir", "-p", f"{tree}/DEBIAN", f"{tree}/opt/charts")
    host.run("tee", f"{tree}/DEBIAN/control", sent=_CONTROL.format(version=version))
    host.run("tee", f"{tree}/opt/charts/version", sent=f"{version}\n")
    host.run("dpkg-deb", "--root-owner-group", "-b", tree, f"/srv/rogue-charts_{version}.deb")


def collected(exam: Exam, name: str) -> None:
    """This function will collect evidence on the host and hand it in."""
    words = ("python3", "-m", "groundrules_collector", "--once", "--output", f"/root/{name}.grev")
    exam.host.run("env", "PYTHONPATH=/opt/collector", *words, check=False)
    exam.office.command("evidence", "receive", str(exam.host.root / "root" / f"{name}.grev"))


def invited(exam: Exam) -> None:
    """This function will mail the engineer a personal link from the vendor's page, and open it."""
    page, began = exam.staff, time.monotonic()
    page.goto(f"{exam.office.address}/vendors/HARBOR/V1/")
    page.get_by_label("Person").fill("Rae Rogue")
    page.get_by_label("Mail address").fill(RAE)
    page.get_by_label("Server").select_option("SRV1")
    page.get_by_role("button", name="Mail a personal link").click()
    page.get_by_text("A personal link to SRV1 was mailed").wait_for()
    exam.portal = exam.office.found_in_mail(RAE, "Access to SRV1", r"(http\S+)")
    exam.vendor.goto(exam.portal)
    exam.pace = max(1.0, time.monotonic() - began)
    exam.say("Olga mails Rae a personal link; Rae opens it on a phone, without an account.")


def asked(exam: Exam, starts: datetime, lasts: timedelta, *, again: bool) -> str:
    """This function will ask for a window by the link, with the code from the mail, and return its reference."""
    page = exam.vendor
    page.goto(exam.portal)
    if not again:
        page.get_by_label("What will you do?").fill("Update charts to 12.4")
        page.get_by_label("the application and its files").check()
        page.get_by_label("The way back").fill("Install 12.3 again")
        page.get_by_label("Your public SSH key").fill((exam.folder / "id.pub").read_text())
    page.get_by_role("button", name="Mail me a code").click()
    page.get_by_text("We mailed six digits").wait_for()
    page.get_by_label("Code", exact=True).fill(
        exam.office.found_in_mail(RAE, "Your code", r"code is (\d{6})")
    )
    _choose(page, "starts", starts)
    _choose(page, "ends", starts + lasts)
    page.get_by_role("button", name="Send request").click()
    page.get_by_role("heading", name="requested").wait_for()
    window = page.url.rstrip("/").rsplit("/", 1)[-1]
    how = "again, with everything filled in from before" if again else "with a typed code"
    exam.say(f"Rae asks for {window} {how}.")
    return window


def _choose(page: Page, name: str, at: datetime) -> None:
    """Types a time to the second, which a browser sends when its field takes seconds."""
    wall = at.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M:%S")
    said = "(field, wall) => { field.step = 1; field.value = wall }"
    page.locator(f"input[name={name}]").evaluate(said, wall)


def approved(exam: Exam, window: str) -> None:
    """This function will approve a window on its page, and lay the certificate from Rae's page beside the key."""
    page = exam.staff
    page.goto(f"{exam.office.address}/vendors/windows/HARBOR/{window}/")
    page.get_by_label("A backup is confirmed").check()
    page.get_by_role("button", name="Approve").click()
    page.get_by_text("Approved, and both are told.").wait_for()
    exam.vendor.goto(f"{exam.portal}{window}/")
    with exam.vendor.expect_download() as download:
        exam.vendor.get_by_role("link", name="Download the certificate").click()
    shutil.copy(download.value.path(), exam.certificate)
    exam.say(f"Olga approves {window}; Rae downloads the certificate.")


def refused(exam: Exam, when: str, network: str = "vendor") -> None:
    """This function will try to log in, and demand that it is refused."""
    tried = exam.engineer.log_in(exam.certificate, "SRV1", "true", network=network)
    must(tried.returncode == 255, f"login {when} ended with {tried.returncode}, not refused")
    exam.say(f"Login {when}: refused by sshd.")


def opened(exam: Exam, window: str) -> None:
    """This function will wait until the host itself has let the window in."""
    listed = ("cat", "/etc/groundrules-gate/principals/rae")
    wait_until(lambda: f"{window}:rae" in exam.host.run(*listed), f"{window} was not opened")
    exam.say(f"{window} is open, by the host's own word.")


def state_of(exam: Exam, window: str) -> str:
    """This function will return how a window stands, or an empty text when it is settled."""
    told = exam.office.told("gate", "list")["windows"]
    return next((str(one["state"]) for one in told if one["window"] == window), "")


def worked(exam: Exam) -> None:
    """This function will log in with the certificate and change a package for real."""
    command = "sudo apt-get install -y -q /srv/rogue-charts_12.4.deb && echo $GROUNDRULES_WINDOW"
    done = exam.engineer.log_in(exam.certificate, "SRV1", command)
    must(done.returncode == 0, f"the update failed: {done.stdout}{done.stderr}")
    version = exam.host.run("dpkg-query", "-W", "-f", "${Version}", "rogue-charts")
    must(version == "12.4", f"rogue-charts is {version}")
    exam.say("Rae logs in with the certificate and updates rogue-charts 12.3 to 12.4 by apt.")


def ended(exam: Exam, window: str) -> None:
    """This function will end a window on its page, and wait until the host has confirmed that it is closed."""
    page = exam.staff
    page.goto(f"{exam.office.address}/vendors/windows/HARBOR/{window}/")
    page.get_by_role("button", name="End now").click()
    page.get_by_text("Ended. Closing is due at once").wait_for()
    closed_on_page(exam, window)
    exam.say(f"Olga ends {window}; the host confirms: certificate out, account locked, no session.")


def closed_on_page(exam: Exam, window: str) -> None:
    """This function will wait until the window's page shows that its closing was verified."""

    def shown() -> bool:
        exam.staff.goto(f"{exam.office.address}/vendors/windows/HARBOR/{window}/")
        return exam.staff.get_by_text("closed and verified").count() > 0

    wait_until(shown, f"{window} was not closed", every=0.5)


def recorded(exam: Exam, window: str) -> None:
    """This function will demand that what the terminal showed was taken over from the host, and can be played."""
    page = exam.staff
    name = re.compile(r"\d\d:\d\d:\d\d P[DS]T")

    def shown() -> bool:
        page.goto(f"{exam.office.address}/vendors/windows/HARBOR/{window}/")
        return page.get_by_role("link", name=name).count() == 1

    wait_until(shown, f"no recording of {window} was taken over", every=0.5)
    page.get_by_role("link", name=name).click()
    terminal = page.get_by_role("region", name="Terminal")
    must("Setting up rogue-charts (12.4)" in terminal.inner_text(), terminal.inner_text())
    page.get_by_role("button", name="To the start").press("Enter")
    must(terminal.inner_text().strip() == "", "the replay does not begin empty")
    page.get_by_role("button", name="Play").press("Enter")
    page.get_by_role("button", name="Pause").wait_for()
    terminal.get_by_text("Setting up rogue-charts (12.4)").wait_for()
    kept = exam.host.run("ls", "/var/lib/groundrules-gate/recordings").split()
    must(window not in kept, "the host still keeps what we have sealed")
    exam.say(
        "What Rae's terminal showed is sealed here, deleted there, and plays on the page by keyboard."
    )


def reported(exam: Exam, window: str) -> str:
    """This function will demand a visit report that names the change as recorded, alike for vendor and provider."""

    def shown() -> bool:
        exam.staff.goto(f"{exam.office.address}/vendors/windows/HARBOR/{window}/visit/")
        return "1 in plan" in exam.staff.locator(".verdict").inner_text()

    wait_until(shown, f"the report of {window} shows no change in plan", every=0.5)
    told = exam.office.told("visit", window, "--client", "HARBOR")["changes"]
    change = next(one for one in told if "rogue-charts" in one["says"])
    must(change["place"] == "in plan", f"the update is {change['place']}")
    must(change["strength"] == "recorded", f"the update is {change['strength']}, not recorded")
    exam.vendor.goto(f"{exam.portal}{window}/visit/")
    verdicts = [page.locator(".verdict").inner_text() for page in (exam.vendor, exam.staff)]
    must(verdicts[0] == verdicts[1], f"vendor and provider read different reports: {verdicts}")
    must("1 in plan" in verdicts[0], verdicts[0])
    exam.say(f"Both read the same visit report: {verdicts[0]}")
    exam.say(f"The change is Rae's by record: {change['says']} ({change['strength']}).")
    return verdicts[0]


def visited(exam: Exam) -> str:
    """This function will walk the first visit: asked, approved, opened, worked, ended, reported."""
    collected(exam, "before")
    invited(exam)
    lead = timedelta(seconds=round(max(8, 4 * exam.pace)))
    start = now() + lead
    window = asked(exam, start, timedelta(hours=1), again=False)
    approved(exam, window)
    refused(exam, "before the window")
    must(now() < start, "this machine is too slow: the window began before the first login")
    opened(exam, window)
    refused(exam, "from a network that was not declared", network="stranger")
    worked(exam)
    ended(exam, window)
    refused(exam, "after the window")
    recorded(exam, window)
    collected(exam, "after")
    reported(exam, window)
    return window


def killed(exam: Exam) -> str:
    """This function will kill Groundrules in the middle of a second window, and demand that access ends anyway."""
    lasts = timedelta(seconds=round(max(12, 5 * exam.pace)))
    start = now()
    window = asked(exam, start, lasts, again=True)
    approved(exam, window)
    opened(exam, window)
    words = exam.engineer.words(exam.certificate, "SRV1", "exec sleep 3000")
    with subprocess.Popen(words, stdin=subprocess.DEVNULL) as session:
        try:
            inside = ("pgrep", "-u", "rae", "-x", "sleep")
            wait_until(lambda: exam.host.run(*inside, check=False), "Rae did not get in")
            exam.office.kill()
            must(now() < start + lasts, "this machine is too slow: the window was over already")
            exam.say(f"Rae is inside {window}. Groundrules is killed, pages and keeper alike.")
            wait_until(lambda: session.poll() is not None, "the session outlived its window")
        finally:
            session.kill()
    must(now() >= start + lasts - _SECOND, "the session ended before its window")
    gone = ("pgrep", "-u", "rae")
    wait_until(lambda: not exam.host.run(*gone, check=False), "something of Rae's still runs")
    exam.say(f"{window} is over: the host has ended the session by itself.")
    refused(exam, "after the window, while Groundrules is dead")
    must(state_of(exam, window) == "closing", "closing is not due")
    exam.office.start()
    closed_on_page(exam, window)
    must(state_of(exam, window) == "", f"{window} is not settled")
    exam.say(f"Groundrules is started again: {window} is closed and verified.")
    return window


def now() -> datetime:
    """This function will return the time, as a host's clock shows it."""
    return datetime.now().astimezone().replace(microsecond=0)


def main() -> int:
    """This function will run the exam and tell each step; returns the exit number."""
    began = time.monotonic()

    def say(step: str) -> None:
        sys.stdout.write(f"{time.monotonic() - began:6.1f} s  {step}\n")
        sys.stdout.flush()

    folder = Path(tempfile.mkdtemp(prefix="groundrules-exam-"))
    try:
        with chromium() as browser, prepared(folder, browser, say) as exam:
            visited(exam)
            killed(exam)
    except (ExamFailed, pytest.fail.Exception, pytest.skip.Exception) as problem:
        sys.stderr.write(f"\nThe exam failed: {problem}\n(what it left: {folder})\n")
        return 1
    shutil.rmtree(folder)
    sys.stdout.write("\nPassed.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
