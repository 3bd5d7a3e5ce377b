"""The words on the chat's page itself, in each language. What the bot says is in `responses/`."""

from collections.abc import Mapping
from typing import Final

from flask import Request

PAGE: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "itself": "English",
        "title": "Chat with {name}",
        "intro": "An automated assistant answers; a person can join.",
        "welcome": "Hello! Ask about voting, the campaign or help from our team.",
        "field": "Your message",
        "send": "Send",
        "log": "Conversation",
        "news": "New messages",
        "you": "You",
        "bot": "Assistant",
        "person": "Team",
        "queued": "Sending",
        "waiting": "Waiting",
        "sent": "Sent",
        "failed": "Not sent",
        "again": "Try again",
        "old": "You wrote this more than an hour ago. Send it now?",
        "yes": "Send it",
        "no": "Discard",
        "left": "{n} characters left",
        "typing": "The assistant is writing",
        "offline": "No connection right now. Your messages wait here and are sent when it is back.",
        "online": "Connected again",
        "busy": "Many people are writing right now. Your message is sent in a moment.",
        "notsent": "A message was not sent.",
        "restarted": "The earlier chat has ended. A new one begins here.",
        "refresh": "Show new messages",
        "later": "Too many people are writing right now. Your message is kept below: wait a moment and send it again.",
        "privacy": "Privacy",
    },
    "es": {
        "itself": "Español",
        "title": "Chatee con {name}",
        "intro": "Responde un asistente automatizado; puede unirse una persona.",
        "welcome": "¡Hola! Pregunte sobre el voto, la campaña o la ayuda de nuestro equipo.",
        "field": "Su mensaje",
        "send": "Enviar",
        "log": "Conversación",
        "news": "Mensajes nuevos",
        "you": "Usted",
        "bot": "Asistente",
        "person": "Equipo",
        "queued": "Enviando",
        "waiting": "En espera",
        "sent": "Enviado",
        "failed": "No se envió",
        "again": "Intentar de nuevo",
        "old": "Escribió esto hace más de una hora. ¿Lo enviamos ahora?",
        "yes": "Enviar",
        "no": "Descartar",
        "left": "Quedan {n} caracteres",
        "typing": "El asistente está escribiendo",
        "offline": "No hay conexión en este momento. Sus mensajes esperan aquí y se envían cuando vuelva.",
        "online": "Hay conexión de nuevo",
        "busy": "Muchas personas escriben en este momento. Su mensaje se envía enseguida.",
        "notsent": "Un mensaje no se envió.",
        "restarted": "La conversación anterior terminó. Aquí empieza una nueva.",
        "refresh": "Ver mensajes nuevos",
        "later": "Muchas personas escriben en este momento. Su mensaje sigue abajo: espere un poco y envíelo otra vez.",
        "privacy": "Privacidad",
    },
}


def chosen_language(request: Request, offered: tuple[str, ...]) -> str:
    """Return the page's language: what the address says, else what the browser asks for, else the first offered."""
    known = [language for language in offered if language in PAGE] or ["en"]
    asked = request.args.get("lang", "")
    if asked in known:
        return asked
    return request.accept_languages.best_match(known) or known[0]
