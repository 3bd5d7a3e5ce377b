"""Settings: `config.yaml` for everything, the environment over it, secrets from the environment only."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from bot.content.marked import Document, read_file, read_text
from bot.content.schema import parsed
from bot.content.trouble import Mark, Trouble, did_you_mean, listed
from bot.content.types import Count, Day, Language, LocalTime, Name, Positive, Share, Span, Spec, Text, YesNo
from bot.engine.hours import WEEKDAYS, Hours
from bot.engine.playbook import Thresholds
from bot.ports import Organisation

EXAMPLE_NAME = "Rivera for Riverton"
"""The organisation that is shipped: as long as it is this one, the product is in practice mode."""
PREFIX = "BOT_"
_MAX_PORT = 65535
_BOT_TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{10,80}")
_SLACK_CHANNEL = re.compile(r"[CG][A-Z0-9]{2,40}")
_WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_POLLING: tuple[tuple[Literal["google", "democracy_works"], str, str], ...] = (
    ("google", "GOOGLE_CIVIC_KEY", "GOOGLE_CIVIC_BASE_URL"),
    ("democracy_works", "DEMOCRACY_WORKS_KEY", "DEMOCRACY_WORKS_BASE_URL"),
)
_RESERVED = frozenset({"BOT_CONFIG", "BOT_DIE_AT"})


class ConfigError(Exception):
    """The settings do not make sense; each line of the message says where, what, and the way out."""


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise PydanticCustomError("expected", "a time zone is written like America/New_York") from None
    return name


def _span_of_day(pair: list[time]) -> list[time]:
    if len(pair) != 2 or pair[0] >= pair[1]:
        raise PydanticCustomError("expected", "opening hours are written like [09:00, 21:00]")
    return pair


def _https(url: str) -> str:
    if url and urlsplit(url).scheme != "https":
        raise PydanticCustomError("expected", "a link begins with https://")
    return url


def _port_number(number: int) -> int:
    if number > _MAX_PORT:
        raise PydanticCustomError("expected", "a port is a number up to 65535")
    return number


Zone = Annotated[str, AfterValidator(_zone)]
Opening = Annotated[list[LocalTime], AfterValidator(_span_of_day)]
Link = Annotated[str, AfterValidator(_https)]
Port = Annotated[Count, AfterValidator(_port_number)]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
assert Weekday.__args__ == WEEKDAYS  # type: ignore[attr-defined]


class OrganisationSettings(Spec):
    """Who answers."""

    kind: Literal["campaign", "office", "party", "nonprofit"]
    name: Text
    candidate: str
    seat: str
    signature: Text
    sponsor: Text
    phone: str
    email: str
    address: str
    office_hours: str
    website: Link
    donate: Link
    volunteer: Link
    events: Link
    issues: Link
    privacy: Link


class WebSettings(Spec):
    """Where the product listens."""

    host: Text
    port: Port
    threads: Positive
    trusted_proxies: Count
    chat_sessions_per_minute: Count
    chat_messages_per_minute: Count


class StoreSettings(Spec):
    """Where things are kept."""

    folder: Text
    pool_size: Positive
    redis_prefix: Text


class DeskSettings(Spec):
    """When and how people answer."""

    zone: Zone
    hours: dict[Weekday, Opening]
    closed: list[Day]
    usual_wait_minutes: Count
    hold: Span
    lease: Span
    fallback_team: Name
    volunteers: list[Text]


class ConversationSettings(Spec):
    """How the bot behaves."""

    answer_stopped: YesNo
    topics: list[Name]


class ContentSettings(Spec):
    """How the staff's files get into service."""

    approval: YesNo


class UnderstandingSettings(Spec):
    """How sure is sure."""

    backend: Literal["builtin", "rasa"]
    answer_from: Share
    offer_from: Share

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.offer_from > self.answer_from:
            raise PydanticCustomError("expected", "offer_from is at most answer_from")
        return self


class SmsSettings(Spec):
    """How text messages leave."""

    segments_per_second: Positive
    price_per_segment: Share
    holds_stops: YesNo
    ask_after: Span


class TelegramSettings(Spec):
    """How messages come in and leave through the bot."""

    messages_per_second: Positive
    polling: YesNo


class SlackSettings(Spec):
    """How cards and words reach the desk in Slack."""

    messages_per_second: Positive


class LimitSettings(Spec):
    """Bounds that keep the machine alive."""

    backlog: Positive
    send_threads: Positive


class MetricSettings(Spec):
    """How `/metrics` is read."""

    port: Port
    token: str


class LogSettings(Spec):
    """What is written down."""

    level: Literal["debug", "info", "warning", "error"]
    format: Literal["auto", "text", "json"]


class Settings(Spec):
    """All of `config.yaml`."""

    organisation: OrganisationSettings
    languages: list[Language] = Field(min_length=1)
    test_addresses: list[Text]
    web: WebSettings
    store: StoreSettings
    desk: DeskSettings
    conversation: ConversationSettings
    content: ContentSettings
    understanding: UnderstandingSettings
    sms: SmsSettings
    telegram: TelegramSettings
    slack: SlackSettings
    limits: LimitSettings
    metrics: MetricSettings
    logs: LogSettings


@dataclass(frozen=True, slots=True)
class TwilioSecrets:
    """One Twilio account."""

    account_sid: str
    auth_token: str = field(repr=False)
    sender: str
    service_sid: str
    base_url: str


@dataclass(frozen=True, slots=True)
class TelegramSecrets:
    """One bot."""

    token: str = field(repr=False)
    secret: str = field(repr=False)
    base_url: str

    @property
    def bot_id(self) -> str:
        return self.token.partition(":")[0]


@dataclass(frozen=True, slots=True)
class SlackSecrets:
    """One app in one workspace, and the channel in which its cards stand."""

    token: str = field(repr=False)
    secret: str = field(repr=False)
    channel: str
    base_url: str


@dataclass(frozen=True, slots=True)
class RasaSecrets:
    """One Rasa server."""

    url: str
    token: str = field(repr=False)

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc


@dataclass(frozen=True, slots=True)
class PollingService:
    """One service of polling places, by the name of its adapter."""

    name: Literal["google", "democracy_works"]
    key: str = field(repr=False)
    base_url: str


@dataclass(frozen=True)
class Config:
    """Settings, secrets, and where the staff's files lie."""

    settings: Settings
    home: Path
    """The folder with `config.yaml`; relative paths are meant from here."""
    staff: Path
    """The folder with `intents/` and `responses/`."""
    port: int
    public_base_url: str
    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    twilio: TwilioSecrets | None
    telegram: TelegramSecrets | None
    slack: SlackSecrets | None
    rasa: RasaSecrets | None
    polling: tuple[PollingService, ...]
    """Asked in this order; none: voters get the official link."""

    @cached_property
    def folder(self) -> Path:
        """Return the folder of the embedded database and the trained model."""
        return self.home / self.settings.store.folder

    @property
    def is_embedded(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def is_practice(self) -> bool:
        """Whether the organisation is still the shipped example."""
        return self.settings.organisation.name == EXAMPLE_NAME

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self.settings.languages)

    @cached_property
    def hours(self) -> Hours:
        desk = self.settings.desk
        week: dict[str, tuple[time, time]] = {day: (span[0], span[1]) for day, span in desk.hours.items()}
        return Hours(ZoneInfo(desk.zone), week, frozenset[date](desk.closed))

    @cached_property
    def organisation(self) -> Organisation:
        return Organisation(**self.settings.organisation.model_dump())

    @cached_property
    def thresholds(self) -> Thresholds:
        set_to = self.settings.understanding
        return Thresholds(answer=set_to.answer_from, offer=set_to.offer_from)

    @property
    def reads_with_rasa(self) -> bool:
        """Whether a Rasa server reads what voters write; one may also be set only to be compared with."""
        return self.settings.understanding.backend == "rasa"

    @property
    def hold(self) -> timedelta:
        return self.settings.desk.hold


def load(environment: Mapping[str, str] | None = None, start: Path | None = None) -> Config:
    """Return the settings in force; raise `ConfigError` with every mistake at once."""
    env = os.environ if environment is None else environment
    path = _config_file(env, start or Path.cwd())
    document, troubles = read_file(path, path.name)
    if not troubles and not isinstance(document.value, dict):
        troubles = [Trouble(Mark(path.name), "K202", "holds no settings")]
    if troubles:
        raise ConfigError("\n".join(map(str, troubles)))
    troubles = _secrets_in_file(document)
    _fill_in(document)
    troubles += _overlay(document, env)
    settings, more = parsed(Settings, document, (), document.value)
    if settings is None or troubles:
        raise ConfigError("\n".join(map(str, sorted([*troubles, *more]))))
    home = path.parent
    return Config(
        settings=settings,
        home=Path.cwd() if _is_packaged(home) else home,
        staff=_staff_folder(home),
        port=_port(env, settings),
        public_base_url=env.get("PUBLIC_BASE_URL", "").rstrip("/"),
        database_url=_database_url(env, home if not _is_packaged(home) else Path.cwd(), settings),
        redis_url=_redis_url(env),
        twilio=_twilio(env),
        telegram=_telegram(env, polling=settings.telegram.polling),
        slack=_slack(env),
        rasa=_rasa(env, is_wanted=settings.understanding.backend == "rasa"),
        polling=_polling(env),
    )


def packaged_files() -> Path:
    """Return the folder with the files that are shipped: the checkout where there is one, else inside the wheel."""
    checkout = Path(str(files("bot"))).parent
    return checkout if (checkout / "config.yaml").is_file() else Path(str(files("bot"))) / "defaults"


def _is_packaged(home: Path) -> bool:
    return home == Path(str(files("bot"))) / "defaults"


def _config_file(env: Mapping[str, str], start: Path) -> Path:
    if chosen := env.get("BOT_CONFIG"):
        path = Path(chosen)
        if not path.is_file():
            raise ConfigError(f"BOT_CONFIG names {chosen}, and there is no such file")
        return path.resolve()
    here = start / "config.yaml"
    return here if here.is_file() else packaged_files() / "config.yaml"


def _staff_folder(home: Path) -> Path:
    return home if (home / "responses").is_dir() and (home / "intents").is_dir() else packaged_files()


def _fill_in(document: Document) -> None:
    """Fill in from the shipped file what `document` leaves out or leaves empty."""
    shipped, _ = read_file(packaged_files() / "config.yaml", "config.yaml")
    for key, value in shipped.value.items():
        given = document.value.get(key)
        if given is None:
            document.value[key] = value
        elif isinstance(value, dict) and isinstance(given, dict) and key != "organisation":
            document.value[key] = given | {name: default for name, default in value.items() if given.get(name) is None}


def _secrets_in_file(document: Document) -> list[Trouble]:
    metrics = document.value.get("metrics")
    if isinstance(metrics, dict) and metrics.get("token"):
        message = "a secret does not belong into a file; set BOT_METRICS__TOKEN in the environment"
        return [Trouble(document.mark(("metrics", "token")), "X701", message)]
    return []


def _overlay(document: Document, env: Mapping[str, str]) -> list[Trouble]:
    """Lay variables like BOT_WEB__PORT over the file's values."""
    troubles = []
    for variable in sorted(env):
        if not variable.startswith(PREFIX) or variable in _RESERVED:
            continue
        keys = variable.removeprefix(PREFIX).lower().split("__")
        where = document.value
        for key in keys[:-1]:
            where = where.get(key) if isinstance(where, dict) else None
        if not isinstance(where, dict) or (keys[-1] not in where and keys[0] != "desk"):
            known = [f"{PREFIX}{section.upper()}__{name.upper()}" for section, name in _known(document)]
            hint = did_you_mean(variable, known)
            troubles.append(Trouble(Mark(variable, 0, 0), "K201", f"no setting is called '{'.'.join(keys)}'.{hint}"))
            continue
        value, mistakes = _value(env[variable], variable, is_text=isinstance(where.get(keys[-1]), str))
        troubles += mistakes
        if not mistakes:
            where[keys[-1]] = value
            _place(document, tuple(keys), Mark(variable, 0, 0))
    return troubles


def _place(document: Document, path: tuple[str, ...], mark: Mark) -> None:
    """Let `path` and all below it stand at `mark`."""
    for places in (document.marks, document.keys):
        for below in [known for known in places if known[: len(path)] == path]:
            del places[below]
    document.marks[path] = mark


def _known(document: Document) -> list[tuple[str, str]]:
    return [
        (section, name) for section, values in document.value.items() if isinstance(values, dict) for name in values
    ]


def _value(text: str, variable: str, *, is_text: bool) -> tuple[Any, list[Trouble]]:
    """Return the value of a variable: lists and maps are JSON, or written as in the file."""
    if is_text or not text.lstrip().startswith(("[", "{")):
        return text, []
    try:
        return json.loads(text), []
    except (ValueError, RecursionError):
        nested, troubles = read_text(text, variable)
        return nested.value, troubles


def _port(env: Mapping[str, str], settings: Settings) -> int:
    text = env.get("PORT", "")
    if text and not (text.isascii() and text.isdigit() and int(text) <= _MAX_PORT):
        raise ConfigError(f"PORT is '{text}'; a port is a number up to 65535")
    return int(text) if text else settings.web.port


def _database_url(env: Mapping[str, str], home: Path, settings: Settings) -> str:
    if url := env.get("DATABASE_URL", "").strip():
        scheme, _, rest = url.partition("://")
        kind = scheme.lower().partition("+")[0]
        if not rest or kind not in ("postgres", "postgresql", "sqlite"):
            begins = f"begins with '{kind}'" if rest else "is no address"  # without "://" it might show the password
            raise ConfigError(f"DATABASE_URL {begins}; postgresql://USER:PASSWORD@HOST/NAME is expected")
        if kind != "sqlite" and not _has_port(url):
            raise ConfigError(
                "DATABASE_URL has no number for its port; postgresql://USER:PASSWORD@HOST/NAME is expected"
            )
        return url if kind == "sqlite" else f"postgresql://{rest}"
    return f"sqlite:///{home / settings.store.folder / 'desk.sqlite3'}"


def _has_port(url: str) -> bool:
    """Return whether the port in `url` is one, or left out."""
    try:
        urlsplit(url).port  # noqa: B018 -- it is read when asked for
    except ValueError:
        return False
    return True


def _redis_url(env: Mapping[str, str]) -> str:
    url = env.get("REDIS_URL", "").strip()
    if url and (urlsplit(url).scheme not in ("redis", "rediss", "unix") or not _has_port(url)):
        raise ConfigError("REDIS_URL is no address of a Redis server; redis://HOST:6379/0 is expected")
    return url


def _twilio(env: Mapping[str, str]) -> TwilioSecrets | None:
    names = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_FROM", "TWILIO_MESSAGING_SERVICE_SID")
    sid, token, sender, service = (env.get(name, "").strip() for name in names)
    if not (sid or token or sender or service):
        return None
    missing = [name for name, value in zip(names[:2], (sid, token), strict=True) if not value]
    if not sender and not service:
        missing.append("TWILIO_FROM (or TWILIO_MESSAGING_SERVICE_SID)")
    public = env.get("PUBLIC_BASE_URL", "")
    if not public:
        missing.append("PUBLIC_BASE_URL (the address that Twilio was given; Twilio signs it)")
    if missing:
        given = [name for name in names if env.get(name, "").strip()]
        raise ConfigError(
            f"Twilio is half set up: {listed(given).replace(' or ', ' and ')} given, but missing: {', '.join(missing)}. "
            "Set them all, or none to go without SMS."
        )
    if urlsplit(public).scheme not in ("http", "https") or not urlsplit(public).netloc:
        raise ConfigError(f"PUBLIC_BASE_URL is '{public}'; an address like https://bot.example.org is expected")
    return TwilioSecrets(sid, token, sender, service, env.get("TWILIO_API_BASE_URL", ""))


def _telegram(env: Mapping[str, str], *, polling: bool) -> TelegramSecrets | None:
    names = ("TELEGRAM_BOT_TOKEN", "TELEGRAM_WEBHOOK_SECRET")
    token, secret = (env.get(name, "").strip() for name in names)
    if not (token or secret):
        return None
    if not token:
        raise ConfigError(
            "Telegram is half set up: TELEGRAM_WEBHOOK_SECRET given, but missing: TELEGRAM_BOT_TOKEN. "
            "Set both, or none to go without Telegram."
        )
    if not secret and not polling:
        raise ConfigError(
            "Telegram is half set up: TELEGRAM_BOT_TOKEN given, but missing: TELEGRAM_WEBHOOK_SECRET. "
            "Set both, or none to go without Telegram; without a public URL set telegram.polling (BOT_TELEGRAM__POLLING=yes)."
        )
    if not _BOT_TOKEN.fullmatch(token):
        raise ConfigError(
            "TELEGRAM_BOT_TOKEN is no token of a bot; one like 123456789:AAE... is expected, as BotFather says it"
        )
    if secret and not _WEBHOOK_SECRET.fullmatch(secret):
        raise ConfigError("TELEGRAM_WEBHOOK_SECRET is 1 to 256 letters, digits, _ and -; Telegram takes no other")
    return TelegramSecrets(token, secret, env.get("TELEGRAM_API_BASE_URL", "").strip())


def _slack(env: Mapping[str, str]) -> SlackSecrets | None:
    names = ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_HANDOFF_CHANNEL")
    token, secret, channel = (env.get(name, "").strip() for name in names)
    if not (token or secret or channel):
        return None
    if missing := [name for name, value in zip(names, (token, secret, channel), strict=True) if not value]:
        given = [name for name in names if name not in missing]
        raise ConfigError(
            f"Slack is half set up: {listed(given).replace(' or ', ' and ')} given, but missing: {', '.join(missing)}. "
            "Set them all, or none to go without Slack; docs/setup/slack.md says where each one stands."
        )
    if not token.startswith("xoxb-"):
        raise ConfigError("SLACK_BOT_TOKEN is no token of a bot; one like xoxb-... is expected (OAuth & Permissions)")
    if not _SLACK_CHANNEL.fullmatch(channel):
        raise ConfigError(
            f"SLACK_HANDOFF_CHANNEL is '{channel}'; the channel's id is expected, like C012AB3CD (its name may change)"
        )
    base_url = env.get("SLACK_API_BASE_URL", "").strip()
    return SlackSecrets(token, secret, channel, base_url)


def _rasa(env: Mapping[str, str], *, is_wanted: bool) -> RasaSecrets | None:
    names = ("RASA_URL", "RASA_TOKEN")
    url, token = (env.get(name, "").strip() for name in names)
    missing = [name for name, value in zip(names, (url, token), strict=True) if not value]
    if missing and (is_wanted or len(missing) == 1):
        why = "understanding.backend is rasa" if is_wanted else "one of RASA_URL and RASA_TOKEN is given"
        raise ConfigError(
            f"Rasa is half set up: {why}, but missing: {', '.join(missing)}. Set both, or none and "
            "understanding.backend: builtin; docs/understanding.md says how Rasa is started with its token."
        )
    if missing:
        return None
    if not _is_server(url):
        raise ConfigError("RASA_URL is no address of a server; http://127.0.0.1:5005 is expected, without the token")
    return RasaSecrets(url.rstrip("/"), token)


def _polling(env: Mapping[str, str]) -> tuple[PollingService, ...]:
    """Return the services whose keys are set; another origin alone switches nothing on."""
    found = []
    for name, variable, origin in _POLLING:
        key, url = env.get(variable, "").strip(), env.get(origin, "").strip()
        if not key:
            continue
        if not (key.isascii() and key.isprintable()) or " " in key:
            raise ConfigError(f"{variable} is no key: there are spaces or other signs in it that no key has")
        if url and not _is_server(url):
            raise ConfigError(f"{origin} is no address of a server; https://HOST is expected, without the key")
        found.append(PollingService(name, key, url.rstrip("/")))
    return tuple(found)


def _is_server(url: str) -> bool:
    """Return whether `url` is a scheme, a host and at most a port and a path: nothing in it is a secret."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https")
        and bool(host)
        and "@" not in parts.netloc
        and not (parts.query or parts.fragment)
    )
