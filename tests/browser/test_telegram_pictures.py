"""The pictures of docs/setup: drawn chats. BotFather's words are as he usually puts them, ours the product's real answers."""

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from providers.telegram import BOT, FakeTelegram
from support.processes import ROOT, Desk

PICTURES = ROOT / "docs" / "setup" / "pictures"
MOST_BYTES = 150_000
VOTER = 5550100601
FATHER = {"name": "BotFather", "below": "bot"}
Lines = list[dict[str, Any]]


def theirs(text: str, rows: list[list[str]] | None = None) -> dict[str, Any]:
    return {"who": "theirs", "text": text, "rows": rows or []}


def ours(text: str) -> dict[str, Any]:
    return {"who": "ours", "text": text}


NEW_BOT: Lines = [
    ours("/newbot"),
    theirs("Alright, a new bot. How are we going to call it? Please choose a name for your bot."),
    ours("Rivera for Riverton"),
    theirs(
        "Good. Now let's choose a username for your bot. It must end in `bot`. Like this, for example: TetrisBot or tetris_bot."
    ),
    ours("rivera_desk_bot"),
    theirs(
        "Done! Congratulations on your new bot. You will find it at t.me/rivera_desk_bot.\n\n"
        "Use this token to access the HTTP API:\n`123456:EXAMPLE`\n"
        "Keep your token secure and store it safely, it can be used by anyone to control your bot."
    ),
]
NO_GROUPS: Lines = [
    ours("/setjoingroups"),
    theirs("Choose a bot to change group membership settings."),
    ours("@rivera_desk_bot"),
    theirs(
        "'Enable' - bot can be added to groups.\n'Disable' - block group invitations, the bot can't be added to groups.\n"
        "Current status is: ENABLED"
    ),
    ours("Disable"),
    theirs("Success! The new status is: DISABLED."),
]


@pytest.mark.parametrize(("name", "lines"), [("telegram-new-bot", NEW_BOT), ("telegram-no-groups", NO_GROUPS)])
def test_botfather_is_drawn(chromium: Browser, tmp_path: Path, name: str, lines: Lines) -> None:
    drawn(chromium, tmp_path, name, {**FATHER, "lines": lines})


def test_a_chat_with_the_bot_is_drawn_with_its_own_answers(chromium: Browser, tmp_path: Path, model: Path) -> None:
    with FakeTelegram() as telegram:
        desk = Desk(tmp_path / "var", model, env=telegram.environment())
        telegram.product = desk.url
        desk.start()
        lines: Lines = []
        for number, text in enumerate(("/start", "what time do polls close", "/language"), 1):
            telegram.text(VOTER, text)
            answer = telegram.wait_for(number, VOTER)[-1]
            keyboard = answer.get("reply_markup", {}).get("inline_keyboard", [])
            lines += [ours(text), theirs(answer["text"], [[one["text"] for one in row] for row in keyboard])]
        desk.kill()
    assert lines[1]["rows"]
    assert lines[-1]["rows"] == [["English", "Español"]]
    drawn(chromium, tmp_path, "telegram-works", {"name": BOT["first_name"], "below": "bot", "lines": lines})


def drawn(chromium: Browser, tmp_path: Path, name: str, chat: dict[str, Any]) -> None:
    """Draw one chat; SCREENSHOTS=1 puts it into docs/."""
    page = chromium.new_page(viewport={"width": 440, "height": 300}, device_scale_factor=1.5)
    page.goto((PICTURES / "chat.html").as_uri())
    page.evaluate("chat => window.draw(chat)", chat)
    folder = PICTURES if os.environ.get("SCREENSHOTS") else tmp_path
    page.screenshot(path=folder / f"{name}.png", full_page=True)
    page.close()
    assert (folder / f"{name}.png").stat().st_size < MOST_BYTES
    assert (PICTURES / f"{name}.png").exists(), "SCREENSHOTS=1 draws it"
