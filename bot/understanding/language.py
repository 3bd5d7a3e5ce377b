"""Which language a text is in: English and Spanish by words that only one of them has, others only where there is no doubt.

Others: by their script, or by a profile of small words; a name ("Nguyen", "Jean-Baptiste") shows nothing. None where it does
not show.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_WORD: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_CLEAR: Final = 2
"""So many words more than the other language has; one is enough in a short text that has none of the other."""
_CERTAIN: Final = 3
"""With so many words more (a sign like ¿ counts as two) nobody would doubt the language."""
_COURTESY: Final = frozenset(
    "hola gracias muy bien por favor adiós adios buenos buenas días dias tardes noches hello hi thank thanks you please".split()
)
"""What people say in a language that they do not speak: no such word makes anybody certain."""
_SHORT: Final = 5
_MARKS: Final[Mapping[str, re.Pattern[str]]] = {"es": re.compile(r"[¿¡ñ]", re.IGNORECASE)}
_ACCENT: Final[Mapping[str, re.Pattern[str]]] = {"es": re.compile(r"\b[a-z]*[áéíóú]")}
"""An accent in a word without a capital, which is hardly a name, counts like one word where no word is known."""
_SHARED: Final = frozenset({"a", "he", "no", "vote", "me", "son", "y", "ya", "yo", "va"})
"""Words of both languages, or of English and of Spanish shorthand ("see ya", "yo!"): they show nothing."""
_WEAK: Final = frozenset("el la los las de del en san the of in".split())
"""What many names of places begin with: alone they do not make "Los Angeles" or "The Dalles" a language."""
_ONLY: Final[Mapping[str, frozenset[str]]] = {
    "en": frozenset(
        """
        the a an is are am was were be been do does did don't dont doesn't didn't can can't cant could would should will
        i i'm im i've ive i'd you your you're youre u ur my mine we our us they their them he she his her it it's its
        this that these those there here what whats what's where wheres where's when when's how hows how's why who whos
        which to for of in on at by from with about into out up down off over and or but if so not no yes yeah yep nope
        any some all just only still already again please thanks thank hello hi hey good morning bye okay need want got
        get have has had know tell find help send give go going vote voting register registered registration ballot poll
        polls polling place early mail text texting texts sign stop number day today tomorrow tonight lost line
        candidate campaign election donate volunteer wrong person talk somebody someone speak english y'all ain't gonna
        wanna lemme tryna one now say never people before name other every work ask ain't more home right two as let
        old after since show keep open same must call nobody thing something make first said leave think way hour nothing
        everything anything everybody anyone somewhere true long wait start then else both because very ever until enough
        better sure sorry also too much many without should've she's he's they're that's won't wouldn't isn't im ive id
        take later options next undecided yet tysm messages yup agent correct goodbye operator evening whens available kindly
        who's they've we're cannot wont didnt wasnt aint gotta finna yall thx pls plz ty cuz bout doing going today's
        """.split()
    )
    - _SHARED,
    "es": frozenset(
        """
        el los las un una unos unas es son soy eres estoy esta está estan están estamos era fue ser hay que qué q
        yo tu tú usted ustedes mi mis su sus me nos le les lo se te ella ellos ellas nosotros esto eso este estos
        como cómo cuando cuándo donde dónde dnd quien quién cual cuál cuales porque xq por para pa con sin del al
        en y o pero si sí ya muy más mas también tambien tb tampoco nada algo alguien aqui aquí ahi ahí alla hoy mañana
        manana gracias hola buenas buenos dias días tardes noches adios adiós favor porfa ayuda necesito quiero quisiera
        puedo puede pueden puedes tengo tiene tienen voy vas va vamos votar voto voté vote boto botar votacion votación
        casilla boleta registrarme registro registrar registrado elecciones eleccion candidata candidato campaña correo
        mensajes mensaje numero número persona hablar español ingles inglés dejen deje no ni soy casa calle señora
        señor ahorita tarjeta licencia horario abren cierran cierra abre lugar centro hacer hago ayudar ayudame sabe
        saber sé mucho mucha todo todos bien bueno mano guagua toy tas dale claro de entiendo comprendo hablo habla
        hablan dejan dejaron interesa creo fui fue ahora mejor nunca ahorita entonces pues votaré votare
        antes otro otra otros otras gente oficina vez veces trabajo uds ese esa esos esas mismo hace sobre dan nombre
        telefono teléfono nadie jaja semana mes meses año años dar hasta dice verdad puntos todavia todavía llevar llevo
        noche llego llegó llegue llegado quiere quieren queremos tan tiempo viene estar carro acá allá hacen hice direccion
        dirección tarde temprano después despues así asi aun aún apoyo apoyan mando manden mandan mandar mandame mándame
        mandaron denme hijo hija abuela abuelo esposo hermano hermana mamá papá vecino siempre gratis cuanto cuánto cuantos
        cuántos cuantas quienes quiénes llega llegar derecho toca dejenme déjenme dejeme déjeme escriban escribir borren
        borrar bórrenme quítenme nuevo nueva puse solo sólo sirve desde afuera adentro dios ay ola vayan vayanse váyanse
        cobraron cobro pagar donacion donación donativo letrero apoya piensa propone ganó gano ganando ganar perdió murio
        murió fallecio falleció morir vivir ayudan ayude llamar llame llamen llamo dile dígale digan diganle mande oiga
        disculpe perdone saludos bendiciones eventos voluntario voluntaria calle bache cheque impuestos aborto escuelas
        indeciso decido registrarse inscribirme votante votantes votado votando candidatos ciudadano ciudadana urna urnas
        boletas quién esta está aquel conmigo contigo ella él eres ustedes estas estás hablando recibir preguntas pregunta
        porque también nomás nomas entiende nesecito nesesito kiero kien ke pa pal mas luego ojalá ojala salio salió esperar
        textos mierda seguro xfa idioma vuelvan subir sacaron arriba algun lista grasias opciones operadora agente privacidad
        alertas pedi empieza partido precinto familia hora cerca feliz ninguna cancelar muchas papeleta resultados
        camiseta camisetas correr corriendo muchacho muchacha señorita mija mijo joven paren quiten sacar sáquenme maldito
        fila lista ando perdido perdida estoy voté andamos letreros cerca lejos quise pude boleto camión parada ubicación
        """.split()
    )
    - _SHARED,
}


_SCRIPTS: Final[Mapping[str, str]] = {
    "CJK": "zh",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "HANGUL": "ko",
    "ARABIC": "ar",
    "CYRILLIC": "ru",
    "DEVANAGARI": "hi",
    "THAI": "th",
    "HEBREW": "he",
    "ARMENIAN": "hy",
    "BENGALI": "bn",
    "GUJARATI": "gu",
    "GURMUKHI": "pa",
    "TAMIL": "ta",
    "TELUGU": "te",
    "ETHIOPIC": "am",
    "KHMER": "km",
    "LAO": "lo",
    "GREEK": "el",
    "MYANMAR": "my",
    "GEORGIAN": "ka",
}
"""What the name of a letter begins with -> the language that most voters with this script write."""
_VIETNAMESE: Final = re.compile(r"[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]")
_ELSEWHERE: Final[Mapping[str, frozenset[str]]] = {
    "vi": frozenset(
        "toi tôi khong không muon muốn dau đâu bo bỏ phieu phiếu bau bầu cu cử cam cảm on ơn ban bạn biet biết "
        "tieng tiếng anh nguoi "
        "người giup giúp duoc được lam làm sao the thế nao nào khi la là co có xin chao chào cần can o ở cho và va".split()
    ),
    "tl": frozenset(
        "ang ng mga sa ako ko mo po ba opo hindi saan paano kailan ano gusto bumoto boboto botohan pwede puwede "
        "lang naman yung "
        "salamat kung kayo namin natin ito iyon nasa wala meron maraming tulong kailangan pong magparehistro alam "
        "akong nang".split()
    ),
    "ht": frozenset(
        "mwen kote kijan pou nan ou yo li pa gen ap sa nou kapab vle bezwen bonjou mesi mèsi tanpri ale konnen moun "
        "lè ki pale "
        "èd ede angle kreyòl biwo vòt enskri anpil koman kisa poukisa fè m".split()
    ),
    "pt": frozenset(
        "não nao você voce vocês voces eu meu minha obrigado obrigada preciso posso isso muito tenho estou fazer "
        "eleitor são sim uma "
        "quero onde fica ajuda falar votação eleição às também à é seção cédula recebi faço fala falo "
        "português inglês com".split()
    ),
    "fr": frozenset(
        "je veux voudrais où est des pour dans avec mon ma comment puis voter bureau suis pas merci bonjour plaît "
        "quand quel quelle "
        "combien ici parle parlez français besoin peux dois et du cette avez ai j'ai c'est n'ai qu'il êtes inscrire "
        "m'inscrire "
        "électeur élection l'élection d'aide reçu bulletin ne anglais parler quelqu'un une s'il vous le la de à".split()
    ),
}
"""Small words by language. Words of English or Spanish among them count only beside others that are neither."""
_FEWEST: Final = 2
_PARTICLES: Final = frozenset("de del la las los y e da do dos van von der den bin al".split())


@dataclass(frozen=True, slots=True)
class Shown:
    """The language that a text clearly shows. `certain`: beyond doubt, so that one text is enough to go over to it."""

    language: str | None
    certain: bool = False


def language_of(text: str) -> Shown:
    """Return the language that `text` shows."""
    text = text.replace("\u2019", "'")
    if (language := _by_script(text) or _by_profile(text)) is not None:
        return Shown(language, certain=True)
    if _is_a_name(text):
        return Shown(None)
    words = [word.casefold() for word in _WORD.findall(text)]
    scores = {
        language: max(sum(word in only for word in words), _shows(_ACCENT, language, text))
        + 2 * _shows(_MARKS, language, text)
        for language, only in _ONLY.items()
    }
    best, second = sorted(scores, key=lambda language: scores[language], reverse=True)[:2]
    lead = scores[best] - scores[second]
    is_short = len(words) <= _SHORT and not scores[second]
    if is_short and lead == sum(word in _WEAK for word in words):
        return Shown(None)
    if lead < (1 if is_short else _CLEAR):
        return Shown(None)
    courtesy = sum(word in _COURTESY and word in _ONLY[best] for word in words)
    return Shown(best, lead - courtesy >= _CERTAIN)


def _is_a_name(text: str) -> bool:
    """Return whether a text is a few words with capitals and begins with one that no language here has: "Minh Do"."""
    words = _WORD.findall(text)
    if not 2 <= len(words) <= _SHORT or re.search(r"[?!¿¡]", text):
        return False
    capitals = all(word.istitle() or word in _PARTICLES for word in words)
    first = words[0].casefold()
    return capitals and first not in _SHARED and not any(first in only for only in _ONLY.values())


def _by_script(text: str) -> str | None:
    """Return the language of the script that most letters of `text` are in, unless it is the Latin one."""
    letters = [char for char in text if char.isalpha()]
    if len(letters) < _FEWEST:
        return None
    scripts = Counter(_SCRIPTS.get(unicodedata.name(char, "").split(" ", 1)[0]) for char in letters)
    if scripts["ja"]:
        scripts["ja"] += scripts.pop("zh", 0)
    language, count = scripts.most_common(1)[0]
    return language if 2 * count > len(letters) else None


def _by_profile(text: str) -> str | None:
    """Return the language in Latin letters, neither English nor Spanish, that most words of `text` belong to."""
    written = [
        word for word in _WORD.findall(text.replace("-", " ")) if word == word.casefold() or word == word.upper()
    ]
    said = [word.casefold() for word in _WORD.findall(text.replace("-", " "))]
    if sum(_VIETNAMESE.search(word.casefold()) is not None for word in written) >= _FEWEST:
        return "vi"
    best, most = None, 0
    for language, profile in _ELSEWHERE.items():
        hits = {word for word in said if word in profile}
        own = {word for word in hits if not any(word in only for only in _ONLY.values()) and word not in _SHARED}
        others = sum(word not in profile and any(word in only for only in _ONLY.values()) for word in said)
        count = sum(word in profile for word in said)
        if len(own) >= _FEWEST and count > others and 2 * count >= len(said) and len(own) > most:
            best, most = language, len(own)
    return best


def _shows(signs: Mapping[str, re.Pattern[str]], language: str, text: str) -> bool:
    return language in signs and signs[language].search(text) is not None
