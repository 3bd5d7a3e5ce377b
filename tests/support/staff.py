"""The smallest files of staff that are sound, for tests that add one mistake to them."""

from bot.content.check import Checked, check
from bot.content.trouble import Trouble
from bot.engine.playbook import REPLIES

LANGUAGES = ("en", "es")
_WORDS = ("", "please ", "now ", "today ", "well ", "hello ", "listen ", "sorry ", "friend ", "again ")
PROMISED = {
    # replies in which the law wants something said
    "disclosure": ("A bot.", "Un bot."),
    "help": ("'{{ org.name }}, {{ org.phone }}, STOP'", "'{{ org.name }}: {{ org.phone }}, STOP'"),
    "stop_confirmed": ("'{{ org.name }}. A'", "'{{ org.name }}. B'"),
    "start_confirmed": ("A. STOP", "B. STOP"),
}


def sound() -> dict[str, bytes]:
    """Return files without any mistake: every reply of the program, one entry with an intent, one form."""
    replies = "".join(
        f"{name}: {{title: {{en: {name}, es: {name}}}, text: {{en: {en}, es: {es}}}}}\n"
        for name, (en, es) in {**dict.fromkeys(REPLIES, ("A", "B")), **PROMISED}.items()
    )
    sign_up = "sign_up: {title: {en: Join, es: Unirse}, form: joining}\nwelcome: {text: {en: A, es: B}}\n"
    sign_up += "payer: {keywords: [SPONSOR], text: {en: 'A {{ org.sponsor }}', es: 'B {{ org.sponsor }}'}}\n"
    joining = (
        "joining:\n"
        "  ask: [{slot: name, type: name, label: {en: a, es: b}, prompt: {en: A, es: B}}]\n"
        "  done: {reply: welcome}\n"
    )
    return {
        "responses/forms/joining.yml": joining.encode(),
        "responses/system.yml": replies.encode(),
        "responses/topics.yml": sign_up.encode(),
        "intents/en/all.yml": examples("sign_up", "count me in"),
        "intents/es/all.yml": examples("sign_up", "me apunto"),
    }


def examples(intent: str, text: str) -> bytes:
    """Return a file with enough examples of one intent."""
    lines = "".join(f"    - {word}{text}\n" for word in _WORDS)
    return f"nlu:\n- intent: {intent}\n  examples: |\n{lines}".encode()


def entry(body: str) -> str:
    """Return an entry called `x` that a keyword leads to, with the lines of `body` in it from its second line on."""
    lines = "".join(f"  {line}\n" for line in body.splitlines())
    return f"x:\n{lines}  keywords: [ZEBRA]\n"


def checked(files: dict[str, str | bytes | None], topics: tuple[str, ...] = ()) -> Checked:
    """Return what the check says of the sound files with `files` laid over them; None takes one away."""
    laid = sound() | {name: text.encode() if isinstance(text, str) else text for name, text in files.items()}
    return check({name: raw for name, raw in laid.items() if raw is not None}, LANGUAGES, topics)


def troubles(files: dict[str, str | bytes | None], topics: tuple[str, ...] = ()) -> list[Trouble]:
    return checked(files, topics).troubles


def told(found: list[Trouble]) -> list[str]:
    """Return troubles as `code line:column`, which is what most tests compare."""
    return [f"{trouble.code} {trouble.mark.line}:{trouble.mark.column}" for trouble in found]
