"""The running collector: looks at the host at its cadence and sends in a thread of its own, until told to stop.

The two share nothing but the spool, so an outage of the server never delays a look, and a slow look never a delivery.
"""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from groundrules_collector.agent import Agent, load_agent
from groundrules_collector.client import Server
from groundrules_collector.clock import host_clock
from groundrules_collector.collect import software
from groundrules_collector.cycle import Recorder, look
from groundrules_collector.host import HostView, identity, zone_of
from groundrules_collector.sender import Sender
from groundrules_collector.settings import Settings
from groundrules_collector.spool import Spool
from groundrules_collector.state import StateFolder
from groundrules_wire import Manifest

STOP_SECONDS = 10.0
SMALLEST = 1 << 16


@dataclass(frozen=True, slots=True)
class Job:
    """What one collector is to do: where it keeps its state, which tree it looks at, and how."""

    folder: StateFolder
    root: Path
    settings: Settings
    say: Callable[[str], None]


def run(job: Job) -> None:
    """This function will collect and send until SIGTERM or SIGINT; raises NotEnrolled and StateInUse."""
    agent = load_agent(job.folder)
    job.folder.prepare()
    stop, wake = threading.Event(), threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()
        wake.set()

    with job.folder.locked():
        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGINT, end)
        recorder = _recorder(job, agent)
        # Asked first: what the server has needs no file any more, and a lost state goes on where the stream stands.
        _sender(job, agent, recorder.spool).step()
        _start_clean(job, recorder)
        sending = threading.Thread(target=_send, args=(job, agent, stop, wake), daemon=True)
        sending.start()
        tell_systemd("READY=1")
        _collect(recorder, stop, wake)
        tell_systemd("STOPPING=1")
        sending.join(STOP_SECONDS)


def _recorder(job: Job, agent: Agent) -> Recorder:
    view = HostView(
        root=job.root,
        config_files=job.settings.config,
        auth_logs=job.settings.auth_logs,
        part_limit=job.settings.batch_limit,
        trees=job.settings.trees,
        tree_index=job.folder.tree_index,
        postgresql=job.settings.postgresql,
        mysql=job.settings.mysql,
    )
    spool = Spool(job.folder, job.folder.connect(), job.settings.spool_limit)
    clock = host_clock(identity(view).boot)
    return Recorder(view, spool, job.settings, clock, job.say, agent.zone)


def _start_clean(job: Job, recorder: Recorder) -> None:
    """Clears away what a kill left, and parts with batches the disk has damaged: their place says so."""
    recorder.spool.clear_unfinished()
    damaged = {batch.sequence for batch in recorder.spool.damaged()}
    if damaged:
        job.say(f"damaged on disk, given up and recorded as a gap: batches {sorted(damaged)}")
        recorder.spool.give_up(damaged, "damaged on the host's disk", plain_manifest(recorder.view))


def plain_manifest(view: HostView) -> Manifest:
    """This function will describe the host in a manifest without parts."""
    return Manifest(identity(view), zone_of(view), "", software())


def _send(job: Job, agent: Agent, stop: threading.Event, wake: threading.Event) -> None:
    spool = Spool(job.folder, job.folder.connect(), job.settings.spool_limit)
    _sender(job, agent, spool).run(stop, wake)


def _sender(job: Job, agent: Agent, spool: Spool) -> Sender:
    server = Server(agent.server, job.settings.ca_file)
    return Sender(spool, agent, server, job.say, plain_manifest(HostView(job.root)))


def _collect(recorder: Recorder, stop: threading.Event, wake: threading.Event) -> None:
    due = time.monotonic()
    while not stop.is_set():
        more = _look(recorder, wake)
        tell_systemd("WATCHDOG=1")
        now = time.monotonic()
        due = due if more else max(now, due + recorder.settings.cadence)
        stop.wait(max(0.0, due - now))


def _look(recorder: Recorder, wake: threading.Event) -> bool:
    try:
        looked = look(recorder)
    except (OSError, sqlite3.OperationalError) as error:
        if str(error) != recorder.trouble:
            recorder.say(f"nothing collected: {error}")
        recorder.trouble = str(error)
        # Where a large piece finds no room, a small one may.
        recorder.limit = max(SMALLEST, recorder.limit // 2)
        return False
    recorder.limit = min(recorder.settings.batch_limit, recorder.limit * 2)
    if looked.batch is not None:
        wake.set()
    return looked.more


def tell_systemd(state: str) -> None:
    """This function will tell the service manager how it goes, if there is one (see sd_notify(3))."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    name = "\0" + address[1:] if address.startswith("@") else address
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as manager:
        manager.connect(name)
        manager.sendall(state.encode("ascii"))
