"""Look-ups of polling places. The default knows none: every voter gets the state's own look-up page."""

from collections.abc import Mapping

from bot.ports import LookedUp


class LinkOnlyLookup:
    """No service is set up: the reply is the official link."""

    def look_up(self, slots: Mapping[str, str]) -> LookedUp:
        """Return that nothing was looked up; the state stays with the voter for the link."""
        return LookedUp("missing", slots)
