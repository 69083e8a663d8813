"""Sentences on a page: a date never breaks at its hyphens, and no word of anybody becomes markup."""

from __future__ import annotations

from groundrules.web.templatetags.groundrules import unbroken


class TestUnbroken:
    def test_keeps_each_date_on_one_line(self) -> None:
        """And leaves every other character where it was."""
        said = "Last good check Wed 2007-02-21 19:56 PST, first failing 2007-02-22."

        assert unbroken(said) == (
            'Last good check Wed <span class="nowrap">2007-02-21</span> 19:56 PST, first failing '
            '<span class="nowrap">2007-02-22</span>.'
        )

    def test_escapes_what_others_wrote(self) -> None:
        """An error message of a host is text."""
        assert unbroken("It failed with: <b>x</b> & y") == (
            "It failed with: &lt;b&gt;x&lt;/b&gt; &amp; y"
        )
