"""Carrier words: whole messages that mean stop, start or help before anything else is asked.

The English stop words are those of 47 CFR 64.1200(a)(10), in force since 11 April 2025, and of the CTIA Messaging
Principles (read November 2026); the other languages say the same. A word counts only when it is the whole message.
"""

import re
import unicodedata

from bot.message import Word

_NOT_A_LETTER = re.compile(r"[^\w\s]|_", re.UNICODE)
_SPACES = re.compile(r"\s+")
_LONGEST = 80
"""No carrier word is longer, however often it is repeated."""


def plain(text: str) -> str:
    """Return `text` in one case, without punctuation, marks of emphasis and doubled spaces."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _SPACES.sub(" ", _NOT_A_LETTER.sub(" ", folded)).strip()


def whole(text: str) -> str:
    """Return a whole message as keywords are looked up: plain, or as it stands where it has no letter at all ("*")."""
    return plain(text) or text.strip().casefold()


def _words(*lines: str) -> frozenset[str]:
    return frozenset(plain(word) for line in lines for word in line.split(","))


STOP = _words(
    "stop, quit, end, revoke, opt out, optout, opt-out, cancel, unsubscribe, stopall, stop all",
    "stop it, stop please, please stop, remove, remove me, stop texting, stop texting me, no more texts",
    "alto, parar, pare, paren, para, basta, cancelar, baja, darme de baja, no más mensajes, no mas mensajes",
    "no más textos, no mas textos, alto por favor",
    "dừng, dừng lại, ngừng, hủy, dung lai",
    "停止, 停, 退订, 取消订阅, 退訂, 取消訂閱",
    "중지, 그만, 수신거부",
    "ihinto, itigil, tigil",
    "kanpe, sispann",
    "توقف, قف, الغاء, إلغاء",
    "sair, arrêter, arreter, arrêt",
)
START = _words(
    "start, unstop, join, resume",
    "empezar, iniciar, comenzar, alta, reanudar",
    "bắt đầu, 开始, 開始, 시작, simulan, kòmanse, ابدأ, começar, comecar, commencer",
)
HELP = _words("help, info, ayuda", "trợ giúp, 帮助, 幫助, 도움말, tulong, èd, مساعدة, ajuda, aide")


def carrier_word(text: str) -> Word | None:
    """Return what the whole of `text` says to the carrier, or None. "STOP!", "Opt-Out" and "stop stop" are STOP."""
    if len(text) > _LONGEST:
        return None
    said = plain(text)
    words = said.split(" ")
    if len(words) > 1 and len(set(words)) == 1:
        said = words[0]
    if said in STOP:
        return Word.STOP
    if said in START:
        return Word.START
    if said in HELP:
        return Word.HELP
    return None
