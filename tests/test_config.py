"""Settings: defaults from the shipped file, mistakes with their place, the environment over the file, secrets only from it."""

import json
from collections.abc import Callable
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from support.processes import ROOT

from bot.config import (
    EXAMPLE_NAME,
    Config,
    ConfigError,
    PollingService,
    RasaSecrets,
    SlackSecrets,
    TelegramSecrets,
    TwilioSecrets,
    load,
)

SHIPPED: dict[str, Any] = yaml.load((ROOT / "config.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
EVERY = [(section, key) for section, keys in SHIPPED.items() if isinstance(keys, dict) for key in keys]
SLACK = {
    "SLACK_BOT_TOKEN": "xoxb-sesame",
    "SLACK_SIGNING_SECRET": "sesame",
    "SLACK_HANDOFF_CHANNEL": "C012AB3CD",
}
TELEGRAM = {
    "TELEGRAM_BOT_TOKEN": "123456789:AAsesame_of_the_bot",
    "TELEGRAM_WEBHOOK_SECRET": "sesame-of_the-hook",
}
RASA = {"RASA_URL": "http://127.0.0.1:5005/", "RASA_TOKEN": "sesame"}
TWILIO = {
    "TWILIO_ACCOUNT_SID": "AC1",
    "TWILIO_AUTH_TOKEN": "sesame",
    "TWILIO_FROM": "+15550100",
    "PUBLIC_BASE_URL": "https://bot.example.org/",
}

Loaded = Callable[..., Config]


@pytest.fixture
def loaded(tmp_path: Path) -> Loaded:
    """Return what loads a `config.yaml` with this text, or none, and these variables."""

    def loaded(text: str | None = None, **environment: str) -> Config:
        if text is not None:
            (tmp_path / "config.yaml").write_text(text, encoding="utf-8")
        return load(environment, tmp_path)

    return loaded


def as_written(value: Any) -> Any:
    """Return a setting as it stands in the file, every scalar a text."""
    match value:
        case dict():
            return {key: as_written(one) for key, one in value.items()}
        case list():
            return [as_written(one) for one in value]
        case bool():
            return "yes" if value else "no"
        case timedelta():
            seconds = int(value.total_seconds())
            return f"{seconds // 60}m" if seconds % 60 == 0 else f"{seconds}s"
        case time():
            return value.strftime("%H:%M")
        case float():
            return f"{value:.3f}".removesuffix("0")
    return str(value)


# --- defaults ---------------------------------------------------------------------------------------------------------


def test_every_setting_is_what_the_shipped_file_says(loaded: Loaded) -> None:
    assert as_written(loaded().settings.model_dump()) == SHIPPED


def test_without_a_file_of_ones_own_the_shipped_one_is_in_force(loaded: Loaded) -> None:
    config = loaded()
    assert (config.is_practice, config.staff, config.is_embedded, config.twilio) == (True, ROOT, True, None)


@pytest.mark.parametrize("section, key", EVERY, ids=[f"{section}.{key}" for section, key in EVERY])
def test_what_a_file_leaves_empty_is_filled_in_except_who_answers(loaded: Loaded, section: str, key: str) -> None:
    text = json.dumps({section: {**SHIPPED[section], key: None}}).replace("null", "")
    if section == "organisation":
        with pytest.raises(ConfigError, match=f"'{key}' is empty"):
            loaded(text)
    else:
        assert as_written(loaded(text).settings.model_dump()) == SHIPPED


def test_a_file_s_own_settings_and_folder_come_first(loaded: Loaded, tmp_path: Path) -> None:
    about = {**SHIPPED["organisation"], "name": "Lee for Lakeside"}
    config = loaded(json.dumps({"organisation": about, "web": {"port": 9000}, "desk": {"closed": ["2026-12-25"]}}))
    assert (config.port, config.settings.web.host, config.is_practice) == (9000, "127.0.0.1", False)
    assert (config.home, config.folder) == (tmp_path, tmp_path / "var")
    assert (config.database_url, config.hours.closed) == (
        f"sqlite:///{tmp_path / 'var' / 'desk.sqlite3'}",
        {date(2026, 12, 25)},
    )


def test_the_parts_are_handed_the_settings_that_they_need(loaded: Loaded) -> None:
    config = loaded()
    assert (config.languages, config.thresholds.answer, config.thresholds.offer) == (("en", "es"), 0.6, 0.35)
    assert (config.organisation.name, config.hold) == (EXAMPLE_NAME, timedelta(seconds=5))
    assert (str(config.hours.zone), config.hours.week["sun"]) == ("America/New_York", (time(12), time(18)))


# --- mistakes ---------------------------------------------------------------------------------------------------------

MISTAKES = [
    ("webb: {port: 1}", "1:1: error K201  unknown key 'webb'. Did you mean 'web'?"),
    ("web: {prot: 1}", "1:7: error K201  unknown key 'prot'. Did you mean 'port'?"),
    ("\nweb:\n  port: many", "3:9: error K205  'port' is 'many'; a whole number is expected, like 2"),
    ("web: {port: 70000}", "1:13: error K205  'port' is '70000'; a port is a number up to 65535"),
    ("web: {threads: 0}", "1:16: error K205  'threads' is '0'; at least 1 is expected"),
    ("web: [port]", "1:6: error K209  'web' is a list; expected keys below it"),
    (
        "desk: {zone: Mars/Base}",
        "1:14: error K205  'zone' is 'Mars/Base'; a time zone is written like America/New_York",
    ),
    ("desk: {zone: ../passwd}", "1:14: error K205  'zone' is '../passwd'; a time zone is written like America/New"),
    (
        "languages: [english]",
        "1:13: error K205  number 1 of 'languages' is 'english'; a language is written like en or",
    ),
    ("languages: []", "1:12: error K208  'languages' is empty"),
    ("logs: {level: loud}", "1:15: error K204  'level' is 'loud'; expected debug, info, warning or error."),
    ("understanding: {backend: raza}", "1:26: error K204  'backend' is 'raza'; expected builtin or rasa."),
    (
        "desk: {hours: {mon: [9, '21:00']}}",
        "1:22: error K205  number 1 of 'mon' is '9'; a time of day is written like 09:00",
    ),
    ("desk: {hours: {mon: ['21:00', '09:00']}}", "1:21: error K205  'mon' is a list; opening hours are written like ["),
    ("desk: {hours: {monday: ['09:00', '21:00']}}", "1:16: error K204  'monday' is 'monday'; expected mon, tue, wed"),
    (
        "desk: {closed: [christmas]}",
        "1:17: error K205  number 1 of 'closed' is 'christmas'; a day is written like 2026",
    ),
    ("desk: {hold: soon}", "1:14: error K205  'hold' is 'soon'; a span of time is written like 30m, 24h or 7d"),
    ("desk: {fallback_team: The Team}", "1:23: error K206  'fallback_team' is 'The Team'; a name has small letters"),
    ("sms: {holds_stops: maybe}", "1:20: error K205  'holds_stops' is 'maybe'; yes or no is expected"),
    (
        "understanding: {answer_from: 0.3, offer_from: 0.5}",
        "1:16: error K205  'understanding' is keys and values; offer_from is at most answer_from",
    ),
    ("understanding: {answer_from: 2}", "1:30: error K205  'answer_from' is '2'; a number from 0 to 1 is expected"),
    ("metrics: {token: abc}", "1:18: error X701  a secret does not belong into a file; set BOT_METRICS__TOKEN"),
    ("", "1:1: error K202  holds no settings"),
    ("- web", "1:1: error K202  holds no settings"),
    ("web:\n\tport: 1", "2:1: error Y105  a tab indents this line; YAML takes spaces only"),
    ("web: {port: 1, port: 2}", "1:16: error Y106  'port' stands here a second time (first in line 1)"),
]


@pytest.mark.parametrize("text, told", MISTAKES, ids=[text for text, _ in MISTAKES])
def test_a_mistake_is_named_with_file_line_and_way_out(loaded: Loaded, text: str, told: str) -> None:
    with pytest.raises(ConfigError) as error:
        loaded(text)
    (line,) = str(error.value).splitlines()
    assert line[: len(told) + 12] == f"config.yaml:{told}"


def test_all_mistakes_are_named_at_once_in_the_order_of_the_file(loaded: Loaded) -> None:
    with pytest.raises(ConfigError) as error:
        loaded("web: {port: x}\nlogs: {format: y}\nsms: {z: 1}", BOT_WEB__THREADS="no")
    assert [line.split(":")[:2] for line in str(error.value).splitlines()] == [
        ["BOT_WEB__THREADS", " error K205  'threads' is 'no'; a whole number is expected, like 2"],
        *(["config.yaml", line] for line in "123"),
    ]


# --- the environment --------------------------------------------------------------------------------------------------

OVERRIDES = [
    ("BOT_WEB__PORT", "9001", ("web", "port"), 9001),
    ("BOT_WEB__HOST", "0.0.0.0", ("web", "host"), "0.0.0.0"),
    ("BOT_LANGUAGES", '["es"]', ("languages",), ["es"]),
    ("BOT_LANGUAGES", "[es, en]", ("languages",), ["es", "en"]),
    ("BOT_DESK__VOLUNTEERS", '["U012AB3CD"]', ("desk", "volunteers"), ["U012AB3CD"]),
    ("BOT_DESK__HOURS", '{"mon": ["09:00", "10:00"]}', ("desk", "hours"), {"mon": [time(9), time(10)]}),
    ("BOT_DESK__HOURS__SUN", '["09:00", "10:00"]', ("desk", "hours", "sun"), [time(9), time(10)]),
    ("BOT_DESK__HOLD", "9s", ("desk", "hold"), timedelta(seconds=9)),
    ("BOT_TEST_ADDRESSES", '["+15550100"]', ("test_addresses",), ["+15550100"]),
    ("BOT_ORGANISATION__NAME", "[Lee]", ("organisation", "name"), "[Lee]"),
    ("BOT_SMS__HOLDS_STOPS", "no", ("sms", "holds_stops"), False),
    ("BOT_METRICS__TOKEN", "sesame", ("metrics", "token"), "sesame"),
]


@pytest.mark.parametrize("variable, text, path, value", OVERRIDES, ids=[f"{row[0]}={row[1]}" for row in OVERRIDES])
def test_a_variable_comes_before_the_file(
    loaded: Loaded, variable: str, text: str, path: tuple[str, ...], value: Any
) -> None:
    found: Any = loaded("web: {port: 9}", **{variable: text}).settings.model_dump()
    for key in path:
        found = found[key]
    assert found == value


WRONG_VARIABLES = [
    ("BOT_WEB__PROT", "1", "BOT_WEB__PROT: error K201  no setting is called 'web.prot'. Did you mean 'BOT_WEB__PORT'?"),
    ("BOT_WEB__PORT__X", "1", "BOT_WEB__PORT__X: error K201  no setting is called 'web.port.x'. Did you mean 'BOT_WEB"),
    ("BOT_WEB__PORT", "x", "BOT_WEB__PORT: error K205  'port' is 'x'; a whole number is expected, like 2"),
    ("BOT_LANGUAGES", "english", "BOT_LANGUAGES: error K209  'languages' is 'english'; expected a list"),
    ("BOT_DESK__ZONEE", "x", "BOT_DESK__ZONEE: error K201  unknown key 'zonee'. Did you mean 'zone'?"),
    ("PORT", "99999", "PORT is '99999'; a port is a number up to 65535"),
    ("PORT", "\u0661", "PORT is '\u0661'; a port is a number"),
    ("DATABASE_URL", "mysql://x/y", "DATABASE_URL begins with 'mysql'; postgresql://USER:PASSWORD@HOST/NAME is exp"),
    ("DATABASE_URL", "postgresql://u:p@h:x/n", "DATABASE_URL has no number for its port; postgresql://USER"),
    ("REDIS_URL", "http://localhost", "REDIS_URL is no address of a Redis server; redis://HOST:6379/0 is expected"),
    ("BOT_CONFIG", "nowhere.yaml", "BOT_CONFIG names nowhere.yaml, and there is no such file"),
]


@pytest.mark.parametrize("variable, text, told", WRONG_VARIABLES, ids=[f"{row[0]}={row[1]}" for row in WRONG_VARIABLES])
def test_a_wrong_variable_is_named_with_the_way_out(loaded: Loaded, variable: str, text: str, told: str) -> None:
    with pytest.raises(ConfigError) as error:
        loaded(**{variable: text})
    assert str(error.value)[: len(told)] == told


def test_a_bad_database_url_never_shows_its_password(loaded: Loaded) -> None:
    for url in ("user:sesame@host/name", "mysql://user:sesame@host/name", "postgresql://user:sesame@host:x/name"):
        with pytest.raises(ConfigError) as error:
            loaded(DATABASE_URL=url)
        assert "sesame" not in str(error.value)


@pytest.mark.parametrize(
    "environment, port",
    [({}, 8000), ({"BOT_WEB__PORT": "1"}, 1), ({"PORT": "2", "BOT_WEB__PORT": "1"}, 2), ({"PORT": ""}, 8000)],
)
def test_the_port_of_the_host_comes_first(loaded: Loaded, environment: dict[str, str], port: int) -> None:
    assert loaded(**environment).port == port


@pytest.mark.parametrize(
    "given, url",
    [
        ("postgres://u:p@h/n", "postgresql://u:p@h/n"),
        ("postgresql+psycopg://u:p@h:1/n", "postgresql://u:p@h:1/n"),
        ("sqlite:///x.sqlite3", "sqlite:///x.sqlite3"),
    ],
)
def test_a_database_url_is_taken_as_hosts_write_it(loaded: Loaded, given: str, url: str) -> None:
    assert loaded(DATABASE_URL=f" {given} ").database_url == url


def test_a_file_may_lie_elsewhere(tmp_path: Path, loaded: Loaded) -> None:
    elsewhere = tmp_path / "other.yaml"
    elsewhere.write_text("web: {port: 77}")
    assert loaded("web: {port: 1}", BOT_CONFIG=str(elsewhere)).port == 77


# --- secrets ----------------------------------------------------------------------------------------------------------


def test_a_provider_is_on_when_its_secrets_are_set(loaded: Loaded) -> None:
    config = loaded(**TWILIO)
    assert config.twilio == TwilioSecrets("AC1", "sesame", "+15550100", "", "")
    assert (config.public_base_url, "sesame" in repr(config)) == ("https://bot.example.org", False)


@pytest.mark.parametrize("missing", TWILIO)
def test_half_set_secrets_stop_the_start_and_name_what_is_missing(loaded: Loaded, missing: str) -> None:
    with pytest.raises(ConfigError) as error:
        loaded(**{name: value for name, value in TWILIO.items() if name != missing})
    told = str(error.value)
    assert (told.startswith("Twilio is half set up: "), missing in told.split("but missing: ")[1]) == (True, True)
    assert "sesame" not in told


def test_a_messaging_service_stands_for_a_number(loaded: Loaded) -> None:
    config = loaded(**{**TWILIO, "TWILIO_FROM": " ", "TWILIO_MESSAGING_SERVICE_SID": "MG1"})
    assert config.twilio == TwilioSecrets("AC1", "sesame", "", "MG1", "")


def test_the_public_address_is_one(loaded: Loaded) -> None:
    with pytest.raises(ConfigError, match=r"PUBLIC_BASE_URL is 'bot\.example\.org'; an address like https://"):
        loaded(**{**TWILIO, "PUBLIC_BASE_URL": "bot.example.org"})


def test_slack_is_on_with_its_token_its_secret_and_its_channel(loaded: Loaded) -> None:
    config = loaded(**SLACK)
    assert config.slack == SlackSecrets("xoxb-sesame", "sesame", "C012AB3CD", "")
    assert ("sesame" in repr(config), loaded().slack) == (False, None)


@pytest.mark.parametrize("missing", SLACK)
def test_half_a_slack_stops_the_start_and_names_what_is_missing(loaded: Loaded, missing: str) -> None:
    with pytest.raises(ConfigError, match=f"Slack is half set up: .* given, but missing: {missing}") as error:
        loaded(**{name: value for name, value in SLACK.items() if name != missing})
    assert "sesame" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SLACK_BOT_TOKEN", "xapp-sesame"),
        ("SLACK_HANDOFF_CHANNEL", "#voter-desk"),
        ("SLACK_HANDOFF_CHANNEL", "c012ab3cd"),
        ("SLACK_HANDOFF_CHANNEL", "D012AB3CD"),
    ],
)
def test_a_slack_value_that_cannot_be_one_is_named(loaded: Loaded, name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=name) as error:
        loaded(**{**SLACK, name: value})
    assert "sesame" not in str(error.value)


def test_telegram_is_on_with_a_token_and_a_secret(loaded: Loaded) -> None:
    config = loaded(**TELEGRAM)
    assert config.telegram == TelegramSecrets("123456789:AAsesame_of_the_bot", "sesame-of_the-hook", "")
    assert (config.telegram.bot_id, "sesame" in repr(config), loaded().telegram) == ("123456789", False, None)


def test_telegram_that_polls_needs_no_secret_and_no_public_url(loaded: Loaded) -> None:
    config = loaded(TELEGRAM_BOT_TOKEN=TELEGRAM["TELEGRAM_BOT_TOKEN"], BOT_TELEGRAM__POLLING="yes")
    assert config.telegram == TelegramSecrets("123456789:AAsesame_of_the_bot", "", "")
    assert (config.settings.telegram.polling, config.public_base_url) == (True, "")


def test_polling_comes_before_a_secret(loaded: Loaded) -> None:
    assert loaded(**TELEGRAM, BOT_TELEGRAM__POLLING="yes").settings.telegram.polling is True


def test_a_telegram_that_polls_needs_its_token(loaded: Loaded) -> None:
    with pytest.raises(ConfigError, match="missing: TELEGRAM_BOT_TOKEN"):
        loaded(TELEGRAM_WEBHOOK_SECRET=TELEGRAM["TELEGRAM_WEBHOOK_SECRET"], BOT_TELEGRAM__POLLING="yes")


@pytest.mark.parametrize("missing", TELEGRAM)
def test_half_a_telegram_stops_the_start_and_names_what_is_missing(loaded: Loaded, missing: str) -> None:
    with pytest.raises(ConfigError, match=f"Telegram is half set up: .* given, but missing: {missing}") as error:
        loaded(**{name: value for name, value in TELEGRAM.items() if name != missing})
    assert "sesame" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TELEGRAM_BOT_TOKEN", "sesame"),
        ("TELEGRAM_BOT_TOKEN", "bot123456789:AAsesame_of_the_bot"),
        ("TELEGRAM_WEBHOOK_SECRET", "sesame of the hook"),
        ("TELEGRAM_WEBHOOK_SECRET", "s\u00e9same"),
        ("TELEGRAM_WEBHOOK_SECRET", "sesame" * 50),
    ],
)
def test_a_secret_that_telegram_would_not_take_is_refused_and_not_shown(loaded: Loaded, name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=name) as error:
        loaded(**TELEGRAM | {name: value})
    assert value not in str(error.value)


def test_rasa_reads_where_it_is_asked_for_and_may_be_set_without(loaded: Loaded) -> None:
    asked, only_set = loaded(**RASA, BOT_UNDERSTANDING__BACKEND="rasa"), loaded(**RASA)
    assert asked.rasa == only_set.rasa == RasaSecrets("http://127.0.0.1:5005", "sesame")
    assert (asked.reads_with_rasa, only_set.reads_with_rasa, loaded().rasa) == (True, False, None)
    assert ("sesame" in repr(asked), asked.rasa and asked.rasa.host) == (False, "127.0.0.1:5005")


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"RASA_URL": RASA["RASA_URL"]}, "RASA_TOKEN"),
        ({"RASA_TOKEN": "sesame"}, "RASA_URL"),
        ({"BOT_UNDERSTANDING__BACKEND": "rasa"}, "RASA_URL, RASA_TOKEN"),
        ({"BOT_UNDERSTANDING__BACKEND": "rasa", "RASA_TOKEN": "sesame", "RASA_URL": " "}, "RASA_URL"),
    ],
)
def test_half_a_rasa_stops_the_start_and_names_what_is_missing(
    loaded: Loaded, given: dict[str, str], missing: str
) -> None:
    with pytest.raises(ConfigError, match=rf"Rasa is half set up: .*, but missing: {missing}\.") as error:
        loaded(**given)
    assert "sesame" not in str(error.value)


@pytest.mark.parametrize(
    "url",
    [
        "127.0.0.1:5005",
        "ftp://rasa",
        "http://",
        "http://rasa:port",
        "http://user:sesame@rasa",
        "http://rasa?token=sesame",
        "http://rasa#sesame",
        "http://rasa:0x1",
    ],
)
def test_an_address_that_is_none_of_a_rasa_server_is_refused_and_not_shown(loaded: Loaded, url: str) -> None:
    with pytest.raises(ConfigError, match="RASA_URL is no address of a server") as error:
        loaded(RASA_URL=url, RASA_TOKEN="sesame")
    assert "sesame" not in str(error.value)


# --- services of polling places ---------------------------------------------------------------------------------------


def test_a_service_of_polling_places_is_on_when_its_key_is_set(loaded: Loaded) -> None:
    both = loaded(GOOGLE_CIVIC_KEY="sesame", DEMOCRACY_WORKS_KEY=" dw ", DEMOCRACY_WORKS_BASE_URL="http://127.0.0.1:9/")
    assert both.polling == (
        PollingService("google", "sesame", ""),
        PollingService("democracy_works", "dw", "http://127.0.0.1:9"),
    )
    assert "sesame" not in repr(both)
    assert (loaded().polling, loaded(GOOGLE_CIVIC_BASE_URL="http://127.0.0.1:9").polling) == ((), ())


@pytest.mark.parametrize(
    "environment, name",
    [
        ({"GOOGLE_CIVIC_KEY": "two words"}, "GOOGLE_CIVIC_KEY"),
        ({"DEMOCRACY_WORKS_KEY": "clé"}, "DEMOCRACY_WORKS_KEY"),
        ({"GOOGLE_CIVIC_KEY": "a", "GOOGLE_CIVIC_BASE_URL": "example.org"}, "GOOGLE_CIVIC_BASE_URL"),
        ({"DEMOCRACY_WORKS_KEY": "a", "DEMOCRACY_WORKS_BASE_URL": "https://a@example.org"}, "DEMOCRACY_WORKS_BASE_URL"),
    ],
)
def test_a_key_or_an_origin_that_is_none_stops_the_start(
    loaded: Loaded, environment: dict[str, str], name: str
) -> None:
    with pytest.raises(ConfigError, match=f"^{name} is no "):
        loaded(**environment)
