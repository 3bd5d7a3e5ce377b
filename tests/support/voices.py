"""Texts with every trait that a voice has to mind, facts that say what they were asked for, and the voice itself."""

from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from support.staff import sound

from bot.channel import Capabilities
from bot.content.library import read_library
from bot.content.voice import Voice
from bot.engine.hours import Hours
from bot.official import Fact, LinkOnly
from bot.ports import Organisation

FRIDAY_NOON = datetime(2026, 10, 30, 16, tzinfo=UTC)
WEEK = {day: (time(9), time(21)) for day in ("mon", "tue", "wed", "thu", "fri")}
OPEN = Hours(ZoneInfo("America/New_York"), WEEK)
PLAIN, BUTTONS = Capabilities(max_chars=1600, segments=True), Capabilities(max_chars=4000, buttons=True)
ORGANISATION = Organisation("campaign", "Rivera", "Ana", "mayor", *[f"https://example.org/{at}" for at in range(12)])

TEXTS = """\
disclosure: {text: {en: "A machine of {{ org.name }}.", es: "Una máquina de {{ org.name }}."}}
wait_minutes: {text: {en: "within {{ slot.minutes }} minutes", es: "en {{ slot.minutes }} minutos"}}
wait_opening: {text: {en: "when we open: {{ slot.opening }}", es: "al abrir: {{ slot.opening }}"}}
wait_today: {text: {en: today, es: hoy}}
handed_off: {text: {en: "A person ({{ slot.wait }}).", es: "Una persona ({{ slot.wait }})."}}
back_to_form: {text: {en: "Back to {{ slot.label }}.", es: "Sigamos con {{ slot.label }}."}}
ask_resume: {text: {en: "Go on with {{ slot.label | default('it', true) }}?", es: "¿Sigo con {{ slot.label }}?"}}
desk_introduction: {text: {en: "Hi, this is {{ slot.name }}.", es: "Hola, soy {{ slot.name }}."}}
rephrase: {text: {en: "Again?", es: "¿Otra vez?"}}
did_you_mean: {text: {en: "Which?", es: "¿Cuál?"}}
crisis: {text: {en: "Call 988.", es: "Llame al 988."}, hand_off: {team: urgent}}
thanks: {text: {en: [One, Two, Three], es: [Uno, Dos]}}
voting:
  when:
    - if: {state: OH}
      text: {en: "Ohio only: {{ link.register }}", es: "Solo Ohio: {{ link.register }}"}
      sms: {en: "OH {{ link.register }}", es: "OH {{ link.register }}"}
    - if: {state: known}
      text: {en: "In {{ slot.state }}: {{ link.register }}", es: "En {{ slot.state }}: {{ link.register }}"}
  text: {en: "Everywhere: {{ link.register }}", es: "En todas partes: {{ link.register }}"}
  buttons:
    - {label: {en: Join, es: Unirse}, go: sign_up}
    - {label: {en: Site, es: Sitio}, url: "{{ link.polling_place }}"}
trouble:
  needs: [hotline.en]
  fallback: {en: "No number. {{ link.register }}", es: "Sin número."}
  text: {en: "Call {{ hotline.en }}.", es: "Llame {{ hotline.en }}."}
fact_checked: {text: {en: "A {{ slot.day }} {{ slot.link }}", es: "B {{ slot.day }} {{ slot.link }}"}}
fact_frozen: {text: {en: FROZEN, es: CONGELADO}}
page_language: {text: {en: "({{ slot.label }})", es: "({{ slot.label }})"}}
hours:
  when:
    - if: {state: known}
      needs: [poll_hours, election.day]
      text:
        en: "{{ fact.poll_hours.close | time }} on {{ election.day | date }}"
        es: "{{ fact.poll_hours.close | time }}, {{ election.day | date }}"
  text: {en: Ask., es: Pregunte.}
id:
  when:
    - {if: {state: known, fact: {voter_id.asked: "yes"}}, text: {en: ID., es: ID.}}
    - {if: {state: known, fact: {voter_id.asked: "no"}}, text: {en: No ID., es: Sin ID.}}
  text: {en: Some ID., es: Algún ID.}
rush:
  needs: [poll_hours]
  fallback: {en: Look., es: Mire.}
  text: {en: "Until {{ fact.poll_hours.close | time }}", es: "Hasta {{ fact.poll_hours.close | time }}"}
called: {text: {en: "{{ election.name | default('x') }}", es: "{{ election.name | default('x') }}"}}
dated:
  valid: {from: 2026-10-01, until: 2026-11-03 20:00, then: later}
  text: {en: Now., es: Ahora.}
later: {text: {en: Later., es: Luego.}}
mapped: {text: {en: Map., es: Mapa.}, files: [maps/precincts.pdf]}
brief:
  valid: {until: 2026-11-03}
  fallback: {en: Over., es: Listo.}
  text: {en: Soon., es: Pronto.}
  buttons: [{label: {en: Join, es: Unirse}, go: sign_up}]
give: {does: ask, fallback: {en: "{{ org.website }}", es: W}, text: {en: Please give., es: Por favor done.}}
asked:
  text: {en: Hello., es: Hola.}
  buttons: [{label: {en: Give, es: Done}, go: give}, {label: {en: Join, es: Unirse}, go: sign_up}]
placed:
  when:
    - {if: {day: election, hours: closed}, text: {en: Closed today., es: Cerrado hoy.}}
    - {if: {day: election}, text: {en: "Today in {{ slot.state }}, {{ election.day | date }}.", es: "Hoy en {{ slot.state }}."}}
    - {if: {channel: web, hours: closed}, text: {en: Web at night., es: Web de noche.}}
    - {if: {channel: web}, text: {en: Web., es: Web aquí.}}
    - {if: {hours: closed}, text: {en: At night., es: De noche.}}
  text: {en: Here., es: Aquí.}
named: {text: {en: "Thanks, {{ slot.name }} ({{ voter.first_name }}).", es: "Gracias, {{ slot.name }}."}}
"""
FORM = """\
visit:
  ask:
    - slot: address
      type: us_address
      label: {en: your address, es: su domicilio}
      prompt: {en: "Where?", es: "¿Dónde?"}
      retry: {en: "Sorry, where?", es: "Perdone, ¿dónde?"}
    - {slot: yes, type: yes_no, label: {en: a, es: b}, prompt: {en: "Really?", es: "¿De veras?"}}
    - slot: how
      type: choice
      label: {en: a, es: b}
      prompt: {en: "How?", es: "¿Cómo?"}
      options: [{name: doors, label: {en: Doors, es: Casas}}, {name: calls, label: {en: Calls, es: Llamadas}}]
  confirm: {en: "{{ slot.address }}?", es: "¿{{ slot.address }}?"}
  done: {reply: named}
"""


class Facts:
    """Facts that say which key and state they were asked for."""

    hotlines = True

    def link(self, key: str, state: str | None) -> Fact:
        return Fact(f"link:{state}.{key}", f"https://{(state or 'us').lower()}.gov/{key}", ("en", "es"))

    def say(self, state: str | None, key: str, at: datetime) -> Fact | LinkOnly:
        said = Fact(f"fact:US.{key}", "555", fields={"number": "555"})
        return said if self.hotlines and key.startswith("hotline.") else LinkOnly("unchecked")

    def election_today(self, state: str | None, at: datetime) -> Fact | LinkOnly:
        return LinkOnly("missing")

    def state_name(self, state: str) -> str:
        return {"OH": "Ohio", "TX": "Texas"}[state]


class Silence(Facts):
    hotlines = False


def voice(**settings: Any) -> Voice:
    files = sound()
    own = {line.split(":")[0] for line in TEXTS.splitlines()}
    system = files["responses/system.yml"].decode().splitlines()
    files["responses/system.yml"] = "\n".join(line for line in system if line.split(":")[0] not in own).encode()
    library, troubles = read_library(
        {**files, "responses/x.yml": TEXTS.encode(), "responses/forms/x.yml": FORM.encode()}
    )
    assert [str(trouble) for trouble in troubles] == []
    return Voice(library, ORGANISATION, ("en", "es"), **{"hours": OPEN, "version": 7, **settings})
