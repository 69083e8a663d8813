"""A vendor's recorded terminal, read and played from the sealed archive."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from groundrules.core.vendors.recording import RecordingUnreadable
from groundrules.records import models as books
from groundrules.services.gate import UnknownRecording, UnknownWindow, play
from groundrules.services.gate.certificates import window_row
from groundrules.store.raw import RawEvidenceDamaged, RawEvidenceMissing
from groundrules.web.access import area
from groundrules.web.times import clock, span_words

_MILLISECONDS = 1000


@area("vendors")
@require_safe
def recording(request: HttpRequest, client: str, ref: str, name: str) -> HttpResponse:
    """One recorded session: what the terminal showed, with the time it took. What cannot be read says why."""
    owner = get_object_or_404(books.Client, code=client)
    try:
        row = window_row(owner, ref)
        found = play(owner, ref, name)
    except (UnknownWindow, UnknownRecording) as unknown:
        raise Http404(str(unknown)) from unknown
    except (RecordingUnreadable, RawEvidenceMissing, RawEvidenceDamaged) as problem:
        context = {"row": row, "client_code": client, "problem": str(problem)}
        return render(request, "web/vendors/recording.html", context, status=422)
    replay = found.replay
    context = {
        "row": row,
        "client_code": client,
        "name": name,
        "began": clock(found.recording.began_at, owner.zone),
        "lasts": span_words(round(replay.lasts / _MILLISECONDS)),
        "text": replay.text,
        "frames": [[frame.at, frame.keep, frame.add] for frame in replay.frames],
        "is_cut": found.is_cut,
        "evidence": found.evidence,
    }
    return render(request, "web/vendors/recording.html", context)
