"""Carrier words: whole messages that mean stop, start or help before anything else is asked.

The English stop words are those of 47 CFR 64.1200(a)(10), in force since 11 April 2025, and of the CTIA Messaging
Principles (read November 2026); the other languages say the same. A word counts only when it is the whole message, and
none of them is an ordinary answer in a language that is offered: French "fin" is Spanish too, and "Huy" is a name.
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
    "stop now, stop this, unsubscribe me, opt me out, end it, leave me alone, no more messages, stop messages, stop "
    "texts",
    "alto, parar, pare, paren, para, basta, cancelar, baja, darme de baja, no más mensajes, no mas mensajes",
    "no más textos, no mas textos, alto por favor, alto ya, ya basta, no más, no mas, dar de baja, denme de baja",
    "dừng, dừng lại, ngừng, ngừng lại, ngưng, hủy, huỷ, dung lai, hủy đăng ký, đừng nhắn nữa",
    "停止, 停, 退订, 取消订阅, 退訂, 取消訂閱, 取消, 停止发送, 停止發送, 别发了, 別發了, 不要再发, 不要再發, 拒收",
    "중지, 그만, 수신거부, 수신 거부, 정지, 중단, 해지, 그만하세요",
    "ihinto, itigil, tigil, itigil na, tigil na, tama na, huwag na",
    "kanpe, sispann, anile, sispann ekri m",
    "توقف, قف, الغاء, إلغاء, أوقف, اوقف, إيقاف, ايقاف, إلغاء الاشتراك, الغاء الاشتراك",
    "sair, parem, remover, descadastrar, cancelar inscrição",
    "arrêter, arreter, arrêt, arrêtez, arretez, désabonner, desabonner, se désabonner, annuler",
    "стоп, отписаться",
)
START = _words(
    "start, unstop, join, resume",
    "empezar, iniciar, comenzar, alta, reanudar",
    "bắt đầu, 开始, 開始, 시작, simulan, magsimula, kòmanse, komanse, ابدأ, ابدا, começar, comecar, commencer, démarrer, "
    "reprendre",
)
HELP = _words("help, info, ayuda")
ELSEWHERE = {
    "vi": _words(
        "trợ giúp, giúp, giúp tôi, giúp đỡ, tro giup, giup toi, người thật, gặp người, nói chuyện với người, nhân viên",
        "tiếng việt, tieng viet, việt ngữ, nói tiếng việt, xin chào",
    ),
    "zh": _words(
        "帮助, 幫助, 帮忙, 幫忙, 求助, 人工, 真人, 客服, 转人工, 轉人工, 人工服务, 人工服務",
        "中文, 汉语, 漢語, 华语, 華語, 普通话, 普通話, 国语, 國語, 广东话, 廣東話, 粤语, 粵語, 说中文, 說中文, 你好, 您好",
    ),
    "ko": _words("도움말, 도움, 도와주세요, 사람, 상담원, 한국어, 한국말, 한국어로, 안녕하세요"),
    "tl": _words(
        "tulong, tulungan mo ako, patulong, totoong tao, kausapin ang tao, tagalog, filipino, sa tagalog, kumusta po"
    ),
    "ht": _words(
        "èd, ede m, ede mwen, moun, yon moun, pale ak yon moun, kreyòl, kreyol, kreyòl ayisyen, kreyol ayisyen, bonjou"
    ),
    "ar": _words(
        "مساعدة, المساعدة, ساعدني, ساعدوني, شخص, موظف, إنسان, عربي, العربية, بالعربية, بالعربي, مرحبا, السلام عليكم"
    ),
    "pt": _words(
        "ajuda, me ajuda, atendente, pessoa, falar com alguém, português, portugues",
        "em português, em portugues, bom dia, boa tarde",
    ),
    "fr": _words(
        "aide, aidez moi, à l'aide, une personne, humain, conseiller, parler à quelqu'un, français, francais, en français"
    ),
    "ru": _words("помощь, помогите, человек, оператор, русский, по-русски, здравствуйте, привет"),
    "hi": _words("मदद, हिंदी, हिन्दी, नमस्ते, व्यक्ति"),
}
"""By language: help, a person, the language's own name, a greeting that no one else uses. None is a word of English or
Spanish, or a name ("Huy", "Dung" and "Tao" are): where the language is not offered, a person is called."""


def spoken_elsewhere(text: str) -> str | None:
    """Return the language in which the whole of `text` asks for help, a person or itself; None for English, Spanish."""
    said = plain(text) if len(text) <= _LONGEST else ""
    return next((language for language, words in ELSEWHERE.items() if said in words), None)


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


_CASE = re.compile(r"(?:case|caso)(?: (?:number|no|nr|num|núm|numero|número|n))? ?([0-9]{1,18})")


def case_asked(text: str) -> int | None:
    """Return the number of the case that the whole of `text` asks about: "CASE 4821", "caso #4821", "Case no. 4821"."""
    found = _CASE.fullmatch(plain(text)) if len(text) <= _LONGEST else None
    return int(found[1]) if found else None


_LONGEST_READ = 4000
"""Of a longer text the beginning and the end are read."""
_CLAUSE_ENDS = re.compile(r"[.!?;:,\n()\u2026\u00a1\u00bf\u3002\uff0c]+|\s[-\u2013\u2014]+\s")
_APOSTROPHES = re.compile(r"(?<=\w)['\u2018\u2019\u02bc`\u00b4](?=\w)")
_WORDS = re.compile(r"[^\W_]+|\|")
_DROPPED_G = re.compile(
    r"\b(text|messag|bother|pester|spamm|blow|hitt|send|writ|call|harass|bugg|contact|stopp|kill|dy|cutt|shoot|beat|chok)in\b"
)
_SHORTHAND = {
    **dict.fromkeys(("stp", "stpo", "sotp", "stopp", "stoppp", "stawp", "stahp"), "stop"),
    **dict.fromkeys(("textin", "txting", "texing", "texitng", "textting", "txtin"), "texting"),
    **dict.fromkeys(("txts", "textes", "texst", "text's"), "texts"),
    **dict.fromkeys(("msg", "mesage", "messege", "sms"), "message"),
    **dict.fromkeys(("msgs", "mesages", "messeges", "messgaes"), "messages"),
    **dict.fromkeys(("u", "yall", "ya'll"), "you"),
    **dict.fromkeys(("ur", "yer"), "your"),
    **dict.fromkeys(("pls", "plz", "plse", "pleas", "pleae", "kindly"), "please"),
    **dict.fromkeys(("num", "nmbr", "numbr", "#"), "number"),
    **dict.fromkeys(("dnt", "donot", "doesnt"), "dont"),
    **dict.fromkeys(("q", "ke", "k", "qe"), "que"),
    **dict.fromkeys(("kiero", "qiero", "quero"), "quiero"),
    **dict.fromkeys(("xfavor", "porfa", "porfis", "porfavor"), "favor"),
    **dict.fromkeys(("mensages", "mensajitos", "msj", "msjs", "mensajes", "mensaje"), "mensajes"),
    **dict.fromkeys(
        ("unsubcribe", "unsuscribe", "unsubscibe", "unsubscrib", "unsubsribe", "unsubscribed"), "unsubscribe"
    ),
    "txt": "text",
    "bc": "because",
    "cnt": "cant",
    "cannot": "cant",
    "wanna": "want to",
    "gonna": "going to",
}
"""Shorthand and slips of the thumb, each brought to the form that the rules know."""


def clauses(text: str) -> str:
    """Return `text` as the rules of danger and stops read it: no capitals, accents or shorthand, and " | " between clauses."""
    if len(text) > _LONGEST_READ:
        text = f"{text[: _LONGEST_READ // 2]}\n{text[-_LONGEST_READ // 2 :]}"
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    bare = "".join(char for char in folded if not unicodedata.combining(char))
    bare = _CLAUSE_ENDS.sub(" | ", _APOSTROPHES.sub("", bare).replace("#", " number "))
    words = _DROPPED_G.sub(r"\1ing", " ".join(_WORDS.findall(bare))).split(" ")
    return " ".join(_SHORTHAND.get(word, word) for word in words).strip(" |")
