"""Whether a message that opens a form tells the matter already: "you charged me twice" does, "I have a complaint" does not."""

import re
import unicodedata
from typing import Final

from bot.engine.words import plain

_LEAST_WORDS: Final = 2
"""So many words of its own make a matter: what costs more is to ask again for what was said."""
_BARE: Final = frozenset(
    """
    a about again all also am an and any anybody anyone are as ask at be but by can could did do does for from get give
    go got had has have hello help here hey hi him her how i id if ill im in is it its ive just know let like make me my
    need of ok on one or our out person please pls put say see send she some somebody someone something talk tell that
    thats the their them there they this to u us want wanna was way we what whats where who whom will with would wish
    yall you your yr thing things stuff speak somewhere wondering trying able number email phone guys yes good morning
    complain complaint complaints opinion opinions share sharing feedback comment comments input voice heard thoughts
    view views issue issues problem problems trouble question questions concern concerns file filing submit register
    report formal official something matter case donation donations gift contribution donated gave money assistance
    government office campaign team candidate senator mayor congressman congresswoman representative staff rep
    a al algo alguien asi ayuda ayudar ayudarme ayudan buenas buenos como con cual cuando da dar de decir decirle del
    dias donde e el ella ellos en es esta este esto favor fue hablar hacer hay hola la las le les lo los manda mandar
    me mi mis mucho necesito no o para pero poner por porque puede pueden puedo que quejarme quejas quiero quien
    quisiera sabe se si sobre soy su sus tengo tarde tardes todo tu un una uno usted ustedes y ya yo queja opinar
    opinion expresar compartir comentario comentarios problema problemas asunto duda pregunta reclamo reclamar caso
    donativo donacion donaciones aportacion dinero oficina gobierno equipo campana gestion tramite senadora alcaldesa
    alcalde diputada congresista levantar presentar dejar meter reportar formal
    """.split()
)
"""Words in which a wish to speak is put, in the languages that are offered; any other word is about a matter."""


def tells_the_matter(text: str) -> bool:
    """Return whether `text` holds more than the wish to say something."""
    letters = unicodedata.normalize("NFKD", re.sub(r"['\u2019]", "", text))
    said = plain("".join(char for char in letters if not unicodedata.combining(char)))
    return len(set(said.split()) - _BARE) >= _LEAST_WORDS
