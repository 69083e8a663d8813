"""Time on a phone in a real browser: a line in two taps, and entries that wait for the network and are sent once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
Keep = Callable[[Page, str], None]
_CONTROLLED = "async () => { await navigator.serviceWorker.ready; return true; }"


class TestTimeOnAPhone:
    def test_waits_for_the_network_and_is_sent_once(self, phone: Page, keep_picture: Keep) -> None:
        """Offline the kept page opens, holds the line, and back online the line is saved and the queue empty."""
        phone.goto("/time/?line=45m+SRV1+patching")
        expect(phone.get_by_text("Charged to the client")).to_be_visible()
        keep_picture(phone, "time-phone")
        phone.wait_for_function(_CONTROLLED)
        phone.goto("/time/")

        phone.context.set_offline(True)
        phone.get_by_label("What you did").fill("20m SRV1 checked without network")
        phone.get_by_role("button", name="Save time").click()
        expect(phone.get_by_text("1 entry waits on this phone")).to_be_visible()
        phone.context.set_offline(False)

        sent = phone.get_by_role("listitem").filter(has_text="checked without network")
        expect(sent).to_have_count(1)
        expect(phone.get_by_text("waits on this phone")).to_be_hidden()
