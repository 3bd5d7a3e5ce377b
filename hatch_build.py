"""Put the staff's files into the wheel as `bot/defaults/`, and never into an editable install."""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class StaffFiles(BuildHookInterface):  # type: ignore[type-arg]
    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        # An editable install would copy them into site-packages, where they go stale: there the checkout serves.
        if version != "editable":
            build_data["force_include"] |= {
                name: f"bot/defaults/{name}" for name in ("config.yaml", "intents", "responses")
            }
