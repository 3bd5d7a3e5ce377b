"""Check the staff's files for what should be in no file: secrets, people's numbers, links that carriers refuse."""

import re
from collections.abc import Iterator, Mapping

from bot.content.examples import Example
from bot.content.trouble import Mark, Trouble

_SECRETS = (
    # how it looks, what it is, and what must stand somewhere in the file for a look to be worth it
    (re.compile(r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}|\bxapp-[A-Za-z0-9-]{10,}"), "a Slack token", ("xox", "xapp-")),
    (re.compile(r"\b(?:AC|SK)[0-9a-f]{32}\b"), "a Twilio key", ("ac", "sk")),
    (re.compile(r"\b\d{8,10}:[A-Za-z0-9_-]{35}\b"), "a Telegram token", (":",)),
    (re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"), "an Amazon key", ("akia", "asia")),
    (re.compile(r"\bAIza[0-9A-Za-z_-]{35}\b"), "a Google key", ("aiza",)),
    (re.compile(r"\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bgithub_pat_[A-Za-z0-9_]{22,}"), "a GitHub token", ("gh", "github_")),
    (re.compile(r"\b[rs]k_(?:live|test)_[A-Za-z0-9]{10,}"), "a Stripe key", ("k_live", "k_test")),
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"), "a private key", ("private key",)),
    (
        re.compile(r"\b(?:password|passwd|api[_-]?key|secret|token)\s*[:=]\s*['\"]?[^\s'\"]{8,}", re.IGNORECASE),
        "a password",
        ("passw", "api", "secret", "token"),
    ),
    (re.compile(r"\b[a-z][a-z0-9+]*://[^\s:/@]+:[^\s/@]+@", re.IGNORECASE), "an address with a password", ("://",)),
)
_SOCIAL = re.compile(r"\b\d{3}-(?!00)\d{2}-(?!0000)\d{4}\b(?!-)")
_CARD = re.compile(r"(?<![\d-])\d(?:[ -]?\d){12,18}(?![\d-])")
_LONG_NUMBER = re.compile(r"\d{4}[ -]?\d{4}|\d{4}[ -]\d{6}")
_PHONE = re.compile(r"(?<!\d)(?:\+?1[-. ]?)?\(?[2-9]\d{2}\)?[-. ]?[2-9]\d{2}[-. ]?\d{4}(?!\d)")
_FICTION = re.compile(r"555\D?0?1\d{2}$|^\D*(?:\+?1\D?)?\(?(?:555|8(?:00|33|44|55|66|77|88))")
"""Numbers of nobody (555-0100 to 555-0199), and toll-free ones, which are no person's."""
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@([\w-]+(?:\.[\w-]+)+)")
_NOBODYS = re.compile(r"(?:^|\.)example\.(?:org|com|net)$|\.(?:test|invalid|example)$", re.IGNORECASE)
MAILBOXES = "gmail googlemail yahoo hotmail outlook live icloud aol proton protonmail gmx".split()
_PRIVATE = re.compile(rf"^(?:{'|'.join(MAILBOXES)})\.", re.IGNORECASE)
_PLAIN_HTTP = re.compile(r"\bhttp://(?!localhost|127\.)[^\s'\"<>)]+", re.IGNORECASE)
SHORTENERS = "bit.ly tinyurl.com t.co goo.gl ow.ly is.gd buff.ly rebrand.ly cutt.ly shorturl.at tiny.cc rb.gy".split()
_SHORTENER = re.compile(rf"(?<![\w.-])(?:{'|'.join(map(re.escape, SHORTENERS))})/[\w-]+", re.IGNORECASE)


def check_private(files: Mapping[str, bytes]) -> Iterator[Trouble]:
    """Yield what should be in no file, comments included; each with its exact column."""
    for name, raw in files.items():
        text = raw.decode("utf-8-sig", "replace")
        for code, at, end, message in _found(text):
            line = text.count("\n", 0, at) + 1
            column = at - text.rfind("\n", 0, at)
            yield Trouble(Mark(name, line, column), code, message.replace("{}", text[at:end][:60]))


def _found(text: str) -> Iterator[tuple[str, int, int, str]]:
    small = text.casefold()
    for pattern, what, hints in _SECRETS:
        for found in pattern.finditer(text) if any(hint in small for hint in hints) else ():
            message = (
                f"{what} stands here for everybody to read; take it out, make a new one, put it into the environment"
            )
            yield "X702", found.start(), found.end(), message
    for found in _SOCIAL.finditer(text):
        if found[0].startswith(("000", "666", "9")) or text[found.start() - 1 : found.start()] == "-":
            continue
        yield "X703", found.start(), found.end(), "a number like a Social Security number; nobody's belongs into a file"
    for found in _CARD.finditer(text) if _LONG_NUMBER.search(text) else ():
        if _is_card(found[0]):
            yield "X703", found.start(), found.end(), "a number like a card number; nobody's belongs into a file"
    for found in _PLAIN_HTTP.finditer(text) if "http://" in small else ():
        yield (
            "X705",
            found.start(),
            found.end(),
            "'{}' is a link without encryption; write https://, or ask who runs the page",
        )
    for found in _SHORTENER.finditer(text) if any(host in small for host in SHORTENERS) else ():
        message = "'{}' is a public short link, and carriers refuse texts with one; write the whole address"
        yield "X706", found.start(), found.end(), message
    for found in _EMAIL.finditer(text) if any(f"@{host}" in small for host in MAILBOXES) else ():
        if _PRIVATE.search(found[1]):
            message = "a private e-mail address; voters and colleagues need one of your organisation"
            yield "X707", found.start(), found.end(), message


def check_examples(examples: list[Example]) -> Iterator[Trouble]:
    """Yield examples that show how to reach a real person."""
    for example in examples:
        text = example.text
        for found in _PHONE.finditer(text) if sum(map(str.isdigit, text)) >= 10 else ():
            if not _FICTION.search(found[0]):
                message = f"'{found[0]}' may be somebody's phone number; write one of nobody's, like 419-555-0142"
                yield Trouble(example.mark, "X704", message)
        for found in _EMAIL.finditer(text) if "@" in text else ():
            if not _NOBODYS.search(found[1]) and not _PRIVATE.search(found[1]):
                message = f"'{found[0]}' may be somebody's e-mail address; write one like ana@example.org"
                yield Trouble(example.mark, "X704", message)


def _is_card(number: str) -> bool:
    """Return whether the last digit proves the others (Luhn), and the first is that of a bank card."""
    digits = [int(char) for char in number if char.isdigit()]
    odd, even = digits[-1::-2], digits[-2::-2]
    total = sum(odd) + sum(sum(divmod(2 * digit, 10)) for digit in even)
    return total % 10 == 0 and digits[0] in (3, 4, 5, 6)
