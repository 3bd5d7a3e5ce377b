"""A folder of staff's files of its own, small and sound, for tests that change, break and publish them."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from support.processes import ROOT
from support.staff import examples, sound

GREETING = "welcome: {{title: {{en: Hi, es: Hola}}, keywords: [HOLA], text: {{en: '{}', es: Bienvenida}}}}\n"


@dataclass(frozen=True)
class Folder:
    """`config.yaml`, `responses/` and `intents/`; `settings` let the product read them."""

    home: Path

    @property
    def settings(self) -> dict[str, str]:
        return {"BOT_CONFIG": str(self.home / "config.yaml"), "BOT_CONVERSATION__TOPICS": "[]"}

    def write(self, name: str, text: str | bytes) -> None:
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)

    def greet(self, text: str) -> None:
        """Let the entry `welcome`, the answer to the intent of that name, say `text` in English."""
        self.write("responses/welcome.yml", GREETING.format(text))

    def spoil(self) -> None:
        """Leave a mistake in line 2 of the same file."""
        self.write("responses/welcome.yml", GREETING.format("Hello") + "wellcome: {txt: {en: A}}\n")


def folder_in(home: Path) -> Folder:
    """Return the smallest sound files, with an intent `welcome`, in `home`."""
    home.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "config.yaml", home)
    one = Folder(home)
    for name, raw in sound().items():
        one.write(name, raw)
    topics = sound()["responses/topics.yml"].decode().replace("welcome: {text: {en: A, es: B}}\n", "")
    one.write("responses/topics.yml", topics)
    one.write("intents/en/welcome.yml", examples("welcome", "good morning"))
    one.write("intents/es/welcome.yml", examples("welcome", "buenos dias"))
    one.greet("Hello")
    return one
