"""`bot doctor --online --fix`: what a provider holds of us is looked at, said in a line each, and set where it differs."""

import pytest
from providers.telegram import SECRET, TOKEN, FakeTelegram

PUBLIC = "https://bot.example.org"
URL = f"{PUBLIC}/webhooks/telegram"
KINDS = ["message", "edited_message", "channel_post", "callback_query", "my_chat_member"]


@pytest.fixture
def server():
    with FakeTelegram() as one:
        yield one


@pytest.fixture
def doctor(bot, server):
    """Return the doctor with one bot of the local Telegram; it returns the exit code and its lines about Telegram's side."""

    def run(*options, **environment):
        server.asked.clear()
        said = bot("doctor", "--online", *options, **{**server.environment(), "PUBLIC_BASE_URL": PUBLIC, **environment})
        lines = [line for line in said.out.splitlines() if "telegram: " in line or "telegram online" in line]
        return said.code, lines

    return run


def polling():
    return {"TELEGRAM_WEBHOOK_SECRET": "", "PUBLIC_BASE_URL": "", "BOT_TELEGRAM__POLLING": "yes"}


def changes(server):
    return [method for method, _ in server.asked if method.startswith(("set", "delete"))]


def test_without_fix_it_says_what_differs_and_changes_nothing(doctor, server):
    code, lines = doctor()
    assert (code, changes(server)) == (1, [])
    assert lines[0] == "ok     telegram online it is @rivera_desk_bot"
    assert [line[:5] for line in lines[1:]] == ["WRONG", *["note "] * 9]
    assert all(line.endswith("'bot doctor --online --fix' sets it") for line in lines[1:])
    assert "it is not set, wanted is https://bot.example.org/webhooks/telegram" in lines[1]


def test_with_fix_everything_is_set_once_and_said(doctor, server):
    code, lines = doctor("--fix")
    assert [line[:5] for line in lines] == ["ok   ", *["FIXED"] * 10]
    assert server.webhook == {
        "url": URL,
        "secret_token": SECRET,
        "allowed_updates": KINDS,
        "max_connections": 40,
    }
    kinds = ("Commands", "Description", "ShortDescription")
    assert sorted(server.profile) == [(kind, code) for kind in kinds for code in ("", "en", "es")]
    names = ["start", "help", "person", "language", "stop"]
    assert [one["command"] for one in server.profile["Commands", "es"]] == names
    assert server.profile["Commands", "es"][4]["description"] == "No recibir mensajes"
    assert "Rivera for Riverton" in server.profile["Description", "es"]
    assert server.profile["Description", ""] == server.profile["Description", "en"]
    again = doctor("--fix")
    assert ([line[:5] for line in again[1]], changes(server)) == (["ok   "] * 11, [])
    assert doctor()[1] == again[1]
    assert code == again[0]


def test_only_what_differs_is_set(doctor, server):
    doctor("--fix")
    server.profile["Description", "es"] = "Otra cosa"
    _, lines = doctor("--fix")
    assert [line for line in lines if line.startswith("FIXED")] == [
        "FIXED  telegram: description es set as in responses/system.yml"
    ]
    assert changes(server) == ["setMyDescription"]


def test_the_webhook_is_set_anew_after_a_refusal_because_the_secret_cannot_be_seen(doctor, server):
    doctor("--fix")
    server.webhook["last_error_message"] = "Wrong response from the webhook: 403 Forbidden"
    server.webhook["last_error_date"] = 1793376000
    _, lines = doctor()
    assert "last trouble: Wrong response from the webhook: 403 Forbidden" in lines[1]
    doctor("--fix")
    assert changes(server) == ["setWebhook"]


def test_a_bot_that_polls_has_its_webhook_taken_away(doctor, server):
    server.webhook["url"] = URL
    code, lines = doctor(**polling())
    assert (code, lines[1].split("  ")[0]) == (1, "WRONG")
    _, lines = doctor("--fix", **polling())
    assert (server.webhook["url"], changes(server)[0]) == ("", "deleteWebhook")
    _, lines = doctor(**polling())
    assert lines[1].startswith("ok     telegram: webhook none, as polling needs it")


def test_without_a_public_url_it_says_that_one_is_missing(doctor, server):
    code, lines = doctor("--fix", PUBLIC_BASE_URL="")
    assert code == 1
    assert "setWebhook" not in changes(server)
    assert lines[0].startswith("ok")


@pytest.mark.parametrize("trouble", ["401", "503", "429", "cut_before"])
@pytest.mark.parametrize("method", ["getWebhookInfo", "setWebhook", "setMyDescription"])
def test_a_provider_that_does_not_answer_is_a_line_and_no_fall(doctor, server, method, trouble):
    server.troubles[method].append(trouble)
    code, lines = doctor("--fix")
    assert code == 1
    assert lines[-1].startswith("WRONG  telegram online")
    doctor("--fix")
    assert [line[:5] for line in doctor()[1]] == ["ok   "] * 11


def test_fix_needs_online(bot):
    said = bot("doctor", "--fix")
    assert (said.code, "bot doctor --online --fix" in said.err) == (2, True)


def test_no_secret_is_shown(bot, server):
    said = bot("doctor", "--online", "--fix", **{**server.environment(), "PUBLIC_BASE_URL": PUBLIC})
    assert [secret for secret in (TOKEN, SECRET) if secret in said.out + said.err] == []
