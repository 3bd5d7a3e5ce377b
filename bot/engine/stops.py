"""The wish for no more messages, in free words: sure enough to obey, or worth one question. English and Spanish."""

import re
from typing import Final, Literal

from bot.engine.words import clauses

Wish = Literal["stop", "maybe"]

_TEXTS: Final = r"(?:text(?:s|ing)?|messages?|spam(?:ming)?|sms)"
_OURS: Final = (
    r"(?:the|these|those|this|your|you|all|any|more|further|future|such|damn|stupid|dang|political|of"
    r"|with|it|me|us|out|unwanted)"
)
_END: Final = (
    r"(?= \||$| (?:please|now|thanks|thank|already|asap|immediately|favor|por favor|ya|im|i|this|or|and"
    r"|today)\b)"
)
_WHOLE: Final = r"(?:^|\| )"
_NUMBER: Final = r"(?:my|this|our|me|the) (?:\w+ ){0,2}?(?:number|phone|cell|celly|digits|contact info\w*|contact)"
_ME: Final = r"(?:me|us|my number|this number|my name|our number|my phone|my cell|my phone number|this phone|number)"
_NOT_YOUR_LIST: Final = (
    r"(?!(?: \w+){0,5} (?:vot\w+|rolls?|regist\w+|volunteer\w*|donor\w*|speaker\w*|jury|hold|padron|votantes|ballot)\b)"
)
_STOP: Final = r"(?:stop|quit|cease|discontinue|knock off|enough|refrain from|no more|halt)"
_AT_TIMES: Final = (
    r"(?! (?:\w+ )?(?:so (?:much|many|often|early|late)\b|(?:before|b4|after|past|at) (?:\d|noon\b|midnight|nine"
    r"|ten\b|work\b|dark\b|night)"
    r"|(?:until|till) (?:\d|noon\b|after\b)|during\b|while\b|on (?:the )?(?:mon|tues|wed|thurs|fri|sat|sun|week)"
    r"|(?:tan|muy) (?:temprano|tarde|seguido)|tant[oa]s?\b|(?:antes|despues) de las?\b|(?:de|en la|por la) noche"
    r"|(?:en |los )?(?:sabado|domingo|fin(?:es)? de semana)|mientras\b|al trabajo\b|a las? \d))"
)
"""What makes "don't text me" a wish for other hours or fewer messages, and no stop."""
_ABOUT: Final = r"(?! (?:about|from (?!you|your|this|these|ya)|to (?!me|my|this|us|our)|sobre|acerca))"
_MENSAJES: Final = r"(?:mensajes|textos?|texteos|avisos|notificaciones|propaganda)"
_ESCRIBIR: Final = (
    r"(?:escri[bv]\w*|mand\w*|envi\w*|contact\w*|molest\w*|text[e]?\w*|mensaj\w*|fastidi\w*|busqu\w*"
    r"|acos\w*|escribi\w*)"
)
_ESCRIBAN: Final = (
    r"(?:escri[bv](?:an?|as|ir(?:me|nos)?)|mand(?:en?|es|ar(?:me|nos)?)|envi(?:en?|es|ar(?:me|nos)?)|contact(?:en?"
    r"|es|ar(?:me)?)"
    r"|molest(?:en?|es|ar(?:me|nos)?)|text(?:ee?n?|ees|ear(?:me)?)|mensaje(?:en?|es|ar(?:me)?)|fastidien?|fastidies)"
)

_SURE: Final = re.compile(
    r"(?<!\w)(?:"
    + "|".join(
        (
            # stop texting me
            (
                rf"(?<!dont )(?<!never )(?<!not ){_STOP} (?:\w+ ){{0,2}}?(?:texting|messaging)\b(?! (?:my|her|him"
                rf"|his) (?!phone|number|cell|line))"
                rf"{_AT_TIMES}"
            ),
            (
                rf"(?<!dont )(?<!never )(?<!not ){_STOP} (?:{_OURS} )*(?:contacting|bothering|botherin|spamming"
                rf"|harassing|writing|pestering|bugging|hounding"
                rf"|annoying|blowing up|blowin up|hitting|hittin|reaching out to|bombarding)(?: (?:me|us|my|this)\b"
                rf"|{_END}){_AT_TIMES}"
            ),
            (
                rf"(?<!dont )(?<!never )(?<!not )(?:stop|quit) (?:\w+ ){{0,2}}?sendin[g]?(?: (?:me|us|this|these|that"
                rf"|any|all|your|out|more))* ?"
                rf"(?:{_TEXTS}|crap|garbage|stuff|shit|junk|this|these|things|bs|bullshit|nonsense|trash){_END}"
            ),
            (
                rf"(?<!dont )(?<!never )(?<!not )(?:stop|quit) sendin[g]? me (?:these|this|texts|messages|any"
                rf"|anything){_ABOUT}"
            ),
            rf"(?<!dont )(?<!never )(?<!not ){_STOP} (?:{_OURS} )*{_TEXTS}\b{_ABOUT}{_AT_TIMES}(?! and )",
            rf"enough (?:{_OURS} )*{_TEXTS}",
            (
                rf"(?:cease|end|cancel|discontinue|terminate) (?:all |these |this |my |the |your |sending )*(?:{_TEXTS}"
                rf"|communications?|subscription|contact)\b"
            ),
            r"(?:make|get) (?:the|these|those|it|this|them|your) ?(?:texts |messages )?stop\b",
            r"\bcease and desist\b",
            rf"\bstop (?:using|contacting|calling|dialing) {_NUMBER}",
            # the word itself, alone in its clause
            (
                rf"{_WHOLE}(?:(?:please|ok|okay|yes|no|just|i|said|say|told|you|to|so|hey|for|the|last|time|again|omg"
                rf"|and|now|all|alright|ya|favor|por|fuck"
                r"|god|jesus|ugh|seriously) )*(?:stop|unsubscribe|un subscribe|opt out|optout|opting out|remove"
                r"|remove me|take me off|alto|paren|"
                r"delete me|cancelar suscripcion|un suscribe|desuscribir\w*)"
                r"(?: (?:please|now|it|this|asap|forever|all|already|thanks|thank|you|immediately|stop|right|ya|por"
                r"|favor|everything|right now|ok|man|dude|bro|lady))*"
                r"(?= \||$)"
            ),
            (
                r"\b(?:not interested|no thanks|no thank you|harassment|wrong number"
                r"|wrong person)(?: \|)?(?: please)? stop\b(?! by)"
            ),
            rf"{_WHOLE}(?:stop|alto) (?:i|im|ya|please|now|no|enough|leave|we|this is|you)\b(?! (?:by|at))",
            (
                r"(?<!dont )(?<!didnt )(?<!not )\b(?:said|say|told (?:you|u)(?: guys)? to|asked (?:you )?to|texted"
                r"|replied|typed|sent|wrote|saying|already said|text|reply) (?:you )?stop\b(?! mean)"
            ),
            # lists and numbers
            (
                rf"(?<!they )(?<!county )(?<!will )\b(?:take|get|remove|drop|strike|pull|scratch|keep|cut|kick|scrub"
                rf"|delete|unsubscribe|tak) (?:{_ME}|{_NUMBER}) (?:off|from|out of|of|outta|out)\b"
                rf"{_NOT_YOUR_LIST}(?= (?:\w+ ){{0,4}}?(?:lists?|system|database|contacts|campaign|thread|group|chat"
                rf"|this|here|texts?|messages|texting|number)\b)"
            ),
            rf"(?<!they )(?<!county )(?<!will )\b(?:take|get) (?:{_ME}|{_NUMBER}) off{_NOT_YOUR_LIST}{_END}",
            (
                rf"\b(?:want|wanna|get|want to be|want to get|like to be|to get) (?:to )?(?:off|out|removed|taken off"
                rf"|out of|off of|removed from) (?:of |from )?(?:this|your|the|these|that|ur)"
                rf"{_NOT_YOUR_LIST} (?:\w+ )?(?:lists?|texts?|thread|chat|messages|group)\b"
            ),
            (
                rf"\b(?<!i )(?<!i have )(?:lose|loose|delete|erase|remove|forget|scrub|drop|delet|block|clear"
                rf"|throw away) {_NUMBER}\b(?! (?:from|for) the (?:vot|volunteer))"
            ),
            (
                rf"\b(?:remove|delete|unsubscribe) me\b{_NOT_YOUR_LIST}(?! from (?:the )?(?:emails?|newsletter|vot|roll"
                rf"|regist))(?! from email)"
            ),
            r"^(?:please )?remove(?: please)?$",
            (
                rf"\bunsubscribe\b(?: (?:from )?(?:this|these|your|the|all|me|us|my number|please|now|number|texts"
                rf"|messages|list|it))+{_END}(?! (?:emails?|newsletter))"
            ),
            (
                r"\b(?:how (?:do|can) i|want to|like to|need to|trying to|please|wanna) (?:un ?subscribe|opt out"
                r"|stop all|be removed)\b"
                r"(?! (?:of|from) (?!this|these|that|your|texts?|messages|all|the texts|the messages|here|receiving"
                r"|getting|ur))"
            ),
            rf"\bopt (?:me|us|{_NUMBER}) out\b",
            rf"\bopt(?:ing)? out{_END}",
            (
                r"\b(?:put|add|place) (?:me|us|my number|this number) (?:on|to) (?:\w+ ){0,2}(?:do not|dont|dnc"
                r"|no) ?(?:call|contact|text|disturb)?\b"
            ),
            # no, don't, never
            rf"\b(?:no|zero) more (?:of )?(?:{_OURS} )*(?:texts|messages){_ABOUT}{_AT_TIMES}",
            r"\bno (?:texts|messages)(?= \||$)(?! \| (?:before|after|at))",
            (
                rf"(?<!did )(?<!why do you )(?<!you )\b(?:do not|dont|never|not|quit|no longer) (?:ever |you |please "
                rf"|fucking |even |guys |yall |you dare )*(?:text|texting|message|contact|write|reach out to|hit)"
                rf" (?:(?:to )?(?:me|us|this|here|my (?:phone|number|cell))\b(?! (?:old|wife|husband))|again|anymore"
                rf"|ever){_AT_TIMES}"
            ),
            (
                rf"\b(?:do not|dont|didnt|never|no longer|not) (?:want|wish|care|need|like|ask(?:ed)?|agree(?:d)?"
                rf"|consent(?:ed)?|wanted|appreciate|sign(?:ed)? up)"
                rf" (?:(?:to|for|any|more|get|getting|receive|receiving|be getting|hear|see|these|your|those|the"
                rf"|further|political|the damn|keep|have|damn|stupid|this|be|no|of|campaign) )*"
                rf"{_TEXTS}\b(?! (?:my|him|her|them)){_ABOUT}{_AT_TIMES}"
            ),
            (
                r"\b(?:dont|do not|no longer|never) (?:want|wish|care|need) (?:to )?(?:ever )?(?:hear|hearing) (?:from"
                r"|nothing from|anything from|anything)\b(?! (?:the|my|your opponent|him|her))"
            ),
            r"\b(?:dont|do not) want (?:them|this|these|it|anything from you)(?: anymore| any more| no more)(?= \||$)",
            r"\b(?:revoke|withdraw|rescind)(?:ing)? (?:my |all |any )?(?:consent|permission)\b",
            r"\b(?:dont|do not|never|didnt|not) (?:have|had|give|gave|given) (?:you )?(?:my )?(?:permission|consent)\b",
            (
                r"\bif (?:you )?(?:text|message|contact) me (?:again|one more time|once more)\b|\b(?:text"
                r"|message) me (?:again|one more time|once more) (?:and|n) (?:i|im|ill|you|see)\b"
            ),
            (
                r"(?<!to )\b(?:cut it out|knock it off|desist|(?:cross|scratch) me off|no contact|get me off (?:it|this"
                r"|here)|i want out|want out of (?:this|it))\b"
                r"(?! the (?:volunteer|donor|vot)| of the)"
            ),
            r"\b(?:let|make) (?:this|that) be (?:the|your) last (?:one|text|message)\b",
            r"\bnot (?:one|another) (?:more|text|message|word)(?= \||$| (?:of these|text|message|please))",
            rf"\b(?:take|get) (?:it|me|this|that) off (?:of )?(?:your|this|ur|that) (?:\w+ )?lists?\b{_NOT_YOUR_LIST}",
            r"\b(?:dont|never) (?:hit|blow up|ring) my (?:line|phone|cell)\b",
            r"\btexts? no\b(?= \||$)",
            # leave me alone
            (
                r"(?<!they )(?<!that )\b(?:leave|let) (?:me|us|my phone|my number|my family)(?: (?:the|tf|fuck|hell|f"
                r"|fuk|in))* (?:alone|be|peace)\b"
            ),
            (
                rf"{_WHOLE}(?:please |just )?(?:go away|block me|get lost|f off|fuck off|buzz off|piss off)(?= \||$"
                rf"| and\b)"
            ),
            (
                rf"\b(?:dont|stop|quit|never) (?:hit|hitting|hittin|blow|blowing|blowin) (?:me|my phone"
                rf"|us) up\b{_AT_TIMES}"
            ),
            # Spanish
            (
                rf"\bno (?:quiero|deseo|kiero|autorizo|permito|acepto|quisiera|les doy permiso)(?: de)? que (?:me|nos"
                rf"|le|lo) (?:sigan |estan |esten |vuelvan a )?\w+{_AT_TIMES}"
            ),
            (
                rf"\b(?:no|nunca|jamas) (?:me |nos |le )?(?:vuelv[ae][ns]? a |sigan? |esten |este )?(?:(?:me"
                rf"|nos) )?{_ESCRIBAN}\b(?! a (?:los|las|la|nadie)){_AT_TIMES}"
            ),
            (
                rf"(?<!no )\b(?:dej[ae][ns]?|par[ae][ns]?|basta|bast[ae]n?) (?:ya )?(?:de|con"
                rf"|por favor de) (?:estar )?(?:me )?(?:tantos? )?(?:los |esos |estos |sus |mandar )?(?:{_ESCRIBIR}"
                rf"|{_MENSAJES}|llamar(?:me|le)|fregar|chingar|joder|spam)"
            ),
            (
                rf"\b(?:no|sin|ya no) (?:quiero|deseo|necesito|quisiera|recibir|pedi|ocupo|acepto)(?: (?:recibir"
                rf"|seguir recibiendo|mas|sus|estos|ver|ningun|esos|que|de|los|tener|tus"
                rf"|otro))* {_MENSAJES}\b(?! (?:de (?!ustedes|uds|esta|la campana|campana|texto|este|su)"
                rf"|sobre)){_AT_TIMES}"
            ),
            r"\bya no quiero recibir\b(?! (?:la boleta|boleta|correo|cartas))",
            rf"\bno mas (?:de )?(?:sus |estos )?{_MENSAJES}\b(?! (?:de (?!ustedes|uds)|sobre))",
            (
                r"\b(?:quit|sa[cq]u?|borr|elimin|remuev|remov|sak)(?:en|e|a|an|ar)(?:me|nos)(?= (?:de (?!los votantes"
                r"|la lista de votantes|el padron|padron)|ya|por|favor|porfa|aqui|ahi|del (?!padron)|\|)|$)"
            ),
            (
                r"\b(?:quit|sa[cq]u?|borr|elimin|cancel|tach)(?:en|e|a|ar) (?:mi|este|el) (?:numero|telefono|celular"
                r"|cel|contacto)\b"
            ),
            r"\b(?:quit|sa[cq]u?|borr)(?:en|e) (?:mi nombre) de (?:su|la|esta) lista\b(?! de vot)",
            (
                r"\b(?:darme|denme|deme|dar|doy|dame|darnos|me den|me de) de baja\b(?!(?: \w+){0,4} (?:registro|padron"
                r"|votante|seguro|medicaid))"
            ),
            rf"\b(?:anul|cancel)(?:en|e|ar|o|a) (?:(?:mi|la|mis|los|estos|sus) )?(?:suscripcion|{_MENSAJES})\b",
            r"\bdej[ae]n?(?:me|nos) (?:ya )?(?:en paz|tranquil|de )",
            (
                rf"\b(?:no|dejen de|ya no) (?:me )?(?:lleg(?:uen|ue|ar)|entren)(?:me)?(?: (?:mas|estos|esos|sus|los"
                rf"|tantos?))* {_MENSAJES}\b(?<!tantos mensajes)"
            ),
            r"\bno me lleg(?:uen|ue) (?:mas|otr[oa]|ningun|nada)\b",
            r"\bno me lleguen\b",
            r"\bdej[ae]n?(?:me|nos) (?:ya )?quiet[oa]s?\b",
            r"\bno (?:me |nos )?(?:jod[ae][ns]?|chingu?en?|frieguen|estorben)\b",
            r"\bolvid[ae]n?(?:se|te) (?:ya )?de (?:este numero|mi|mi numero)\b",
            rf"\b{_MENSAJES} ya no\b",
            rf"\bpar[ae]n?le (?:ya )?(?:a|con) (?:los |sus |esos )?{_MENSAJES}\b",
            r"\bno (?:autorice|pedi|di permiso para|solicite) (?:estos|recibir|los|sus)\b",
            r"\bno quiero (?:recibir|resibir) (?:esto|nada|mas)\b",
            rf"\bni (?:llamadas|textos|correos) ni {_MENSAJES}\b",
            rf"\b(?:alto|stop|fin|basta) (?:a|con|de) (?:los|estos|sus|tantos|esos|tus)? ?{_MENSAJES}\b",
            (
                rf"{_WHOLE}(?:(?:ya|por|favor|que) )*(?:basta|paren|parenle|parele|dejenme|dejame|no molesten"
                rf"|no molesten mas|no jodan|no chinguen)(?: (?:ya|por|favor))*(?= \||$)"
            ),
            r"\bya (?:no )?(?:manden|mande|mandes|molesten|escriban|escriba)(?: nada| mas|$)(?! a )",
        )
    )
    + ")"
)
_MAYBE: Final = re.compile(
    "|".join(
        (
            rf"\b(?:stop|quit) (?:calling|emailing|mailing) (?:me|us|my|this)\b{_AT_TIMES}",
            r"\b(?:stop|quit) (?:texting|messaging|contacting|bothering) (?:my|our)\b",
            r"\bun ?subscribe (?:my|him|her|them)\b",
            (
                r"\b(?:take|get|remove|saquen|quiten|borren) (?:my|me|him|her|a mi) (?:\w+ )?(?:off|from|de) (?:the"
                r"|your|this|ur|la|su) (?!vot)(?:\w+ )?list[as]?\b"
            ),
            r"\b(?:not|never|no) interested (?:in (?:these|this|your texts|your messages|any of this))\b",
            (
                r"\bwhy (?:do|are) you (?:guys |people )?(?:keep|still|always|constantly) (?:texting|messaging"
                r"|contacting|bothering)\b"
            ),
            r"^(?:im |i am |sorry |no )*not interested(?: (?:thanks?|thank you|sorry|please))*$",
            r"^(?:gracias |pero |no )*no me interesa(?:n)?(?: (?:gracias|nada|nada de esto|por favor))*$",
            r"\b(?:no more|stop) (?:please|thanks)?(?= \||$)",
            r"\bstop (?:send\w*|this|that|these|it)\b(?= \||$)",
            r"\b(?:sick|tired|fed up|done) (?:of|with) (?:\w+ ){0,3}(?:texts|texting|messages)\b",
            r"\b(?:estoy )?(?:hart[oa]|cansad[oa]) de (?:\w+ ){0,3}(?:mensajes|textos)\b",
        )
    )
)


_TAKEN_BACK: Final = re.compile(
    r"\b(?:by (?:accident|mistake)|scratch that|change(?:d)? my mind|take (?:it|that) back|not mad|(?:go"
    r"|gone) (?:a)?head (?:and|n)"
    r"|(?:em|them|messages|texts) again|start(?: \w+)? again|(?:want|like) (?:it|to receive|them|to get \w+) again"
    r"|again please|before because"
    r"|me arrepenti|cambie de (?:opinion|idea)|por (?:error|accidente)|sin querer|otra vez (?:si|quiero)|keep (?:me"
    r"|them|sending|em)|sigan asi|sigan mandando)\b"
)
"""Who tells of an earlier stop and wants the messages again."""
_ONLY_THEN: Final = re.compile(
    r"\b(?:en |los |el |por la |de )(?:fin(?:es)? de semana|sabados?|domingos?|noches?|dia) no me\b|\b(?:once|one"
    r"|two|uno|una|dos)(?: or two)? (?:a|each|every|per|al|a la|por) (?:week|month|day|mes|semana)\b"
    r"|\b(?:just|only|solo|nomas|nada mas) (?:text|message|write|send|escrib\w+|mand\w+)(?: me)? (?:on|in|at|after"
    r"|before|when|about|en|los|por|cuando)\b"
)
"""Who names the hours or the number of messages that are welcome."""
_TEXTS_ARE_WELCOME: Final = re.compile(
    r"\b(?:texts?|texting|messages) (?:is |are |im |its )?(?:still )?(?:cool|fine|ok|okay|good|great|better|welcome|only)\b"
    r"|\b(?:just|only|rather you|id rather|instead) text(?: me)?\b(?! (?:stop|no\b|her|him))|\btext(?: me)? instead\b"
    r"|\bkeep (?:the |your |those )?texts\b|\bthese texts i (?:like|want)\b|\btexts? (?:i|we) (?:like|want|need)\b"
    r"|\b(?:los |el |con el |por )?(?:textos?|mensajes) (?:si|me gustan|tengo|estan? bien|basta|dejenlos|sigan)\b"
    r"|\b(?:mejor|solo|nomas|solamente) (?:por |los |con )?(?:textos?|mensajes?|texteenme|textee?me|escribanme)\b"
    r"|(?:\||\bmejor|\bnomas) (?:texteenme|teksteenme|textenme|escribanme|mandenme texto)\b"
)
"""Who wants no calls, letters or e-mails, and says that texts are right."""
_ELSE: Final = re.compile(
    r"\b(?:less|fewer|menos|tant[oa]s?|unblock|voicemail|keep (?:the |my |sending )?texts|instead of|newsletter"
    r"|back on|put me (?:on|down)|add me|al tanto"
    r"|text(?:s|ing)? (?:is |are )?(?:ok|fine|good)|from emails?|donations?|donacion|ballot|boleta|volunteers?"
    r"|volunteering|registration|rolls|padron|votantes|votar|vote"
    r"|appointment|cita|sign|letrero|voter|shift|recurring|monthly|mensual|otra vez|new one|cambio|accident)\b"
)
"""Words of other wishes: beside them even a sure reading is only asked about, and an unsure one is left alone."""


def stop_wish(text: str) -> Wish | None:
    """Return whether `text` asks us to stop: surely, perhaps, or not at all."""
    said = clauses(text)
    if _TAKEN_BACK.search(said) or _ONLY_THEN.search(said) or _TEXTS_ARE_WELCOME.search(said):
        return None
    if _SURE.search(said):
        return "stop"
    return "maybe" if _MAYBE.search(said) else None


def wants_something_else(text: str) -> bool:
    """Return whether words of another wish stand in `text`, so that a reading alone does not stop anybody."""
    said = clauses(text)
    return any(words.search(said) for words in (_ELSE, _TAKEN_BACK, _ONLY_THEN, _TEXTS_ARE_WELCOME))
