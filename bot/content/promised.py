"""Check the conversation tests against the content: a test that expects what is gone can never be right again."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.content.files import CONVERSATIONS
from bot.content.library import Library
from bot.content.marked import Document, read_bytes
from bot.content.trouble import Trouble, did_you_mean, listed

Path = tuple[str | int, ...]
_CONFIRMATION = "confirmation"


def check_conversations(files: Mapping[str, bytes], library: Library, languages: tuple[str, ...]) -> Iterator[Trouble]:
    """Yield what the tests among `files` expect and the library has not; their other mistakes `bot test` names."""
    replies = {*library.entries, *library.forms, *library.broken}
    asked = {_CONFIRMATION} | {ask.slot for form in library.forms.values() for ask in form.spec.ask}
    for name, raw in files.items():
        if not name.startswith(CONVERSATIONS):
            continue
        document, troubles = read_bytes(raw, name)
        yield from troubles
        for path, expected in _expected(document):
            for key, known, code, what in (
                ("reply", replies, "T951", "no entry is called"),
                ("asks", asked, "T952", "no form asks for"),
            ):
                if isinstance(found := expected.get(key), str) and found not in known:
                    hint = did_you_mean(found, known)
                    yield Trouble(document.mark((*path, key)), code, f"{what} '{found}'.{hint}")
            if isinstance(found := expected.get("language"), str) and found not in languages:
                message = f"'{found}' is not among the languages offered; expected {listed(languages)}"
                yield Trouble(document.mark((*path, "language")), "T953", message)


def _expected(document: Document) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Yield each test, and each reply that it expects, with its path."""
    for number, test in enumerate(document.value if isinstance(document.value, list) else ()):
        if not isinstance(test, dict):
            continue
        yield (number,), {"language": test.get("language")}
        for at, step in enumerate(test["steps"] if isinstance(test.get("steps"), list) else ()):
            for key in ("bot", "voter_hears"):
                if isinstance(step, dict) and isinstance(step.get(key), dict):
                    yield (number, "steps", at, key), step[key]
