"""Danger to a life in free words: self-harm, violence now, a medical emergency. English and Spanish; rather once too often.

What merely sounds so ("this election is killing me", "suicide prevention policy?") stays out by what stands around it.
"""

import re
from typing import Final

from bot.engine.words import clauses

_END: Final = r"(?= \||$)"
_NO_MORE: Final = r"(?: anymore| any more| no more| any longer| like this)"
_DONE: Final = rf"(?:{_NO_MORE}|{_END}| (?:im|i am|i|please|help|and i|so)\b)"
_FAMILY: Final = (
    r"(?:mom|mother|mama|dad|father|son|daughter|kids?|baby|child|children|wife|husband|sister|brother|grandma"
    r"|grandmother|grandpa|grandfather|friend|girlfriend"
    r"|boyfriend|neighbor|roommate|partner|uncle|aunt|cousin|nephew|niece|family|coworker|classmate|granddaughter"
    r"|grandson|fiance|stepdad|ex|nana|papa|abuela)"
)
_SOMEBODY: Final = (
    rf"(?:he|she|hes|shes|they|theyre|someone|somebody|(?:a|an|some|this|the|my|our|her"
    rf"|his) (?:\w+ )?(?:{_FAMILY}|man|woman|lady|guy|person|voter|kid|girl|boy|teen|cop|worker)"
    rf"|{_FAMILY})"
)
_SELF: Final = r"(?:my|him|her|them|your|our)sel(?:f|ves)"
_ABOUT_POLICY: Final = re.compile(
    r"\b(?:prevention|polic(?:y|ies)|hotlines?|assisted|political|career|rates?|stances?|positions?|bills?|laws?"
    r"|funding|funds?|awareness|candidates?|stands? on"
    r"|plan (?:for|on|to)|plans? on|veterans?|budget|epidemic|asistido|prevencion|politica|propuestas?|ley(?:es)?"
    r"|opina|piensa|linea de|campana de)\b"
)
_JOKE: Final = re.compile(
    r"\b(?:lo+l|lmf?ao+|rofl|haha\w*|ja(?:ja)+\w*|jk|laughing|risa)\b|[\U0001f602\U0001f923\U0001f480\U0001f606]"
)

_ALWAYS: Final = re.compile(
    "|".join(
        (
            # self-harm
            r"\b(?:want|like|wish i could|trying|going|ready) (?:to )?(?:just )?(?:stop|quit) existing\b",
            (
                r"\b(?:cartas?|notas?) de despedida\b|\b(?:goodbye|good bye|farewell) (?:letters?|notes?)\b"
                r"|\brepart\w+ (?:ya )?(?:todas )?mis cosas\b|\b(?:gave|giving|given) away (?:all )?my (?:stuff|things"
                r"|belongings)\b"
            ),
            rf"\bkill(?:ing|s|ed)? {_SELF}\b(?<!yourself)",
            r"\bkms\b|\bunaliv\w+|\bkill me now please\b",
            (
                r"\b(?:shoot|shot|hang|hanging|cut|cutting|hurt|hurting|harm|harming|drown|stab|burn|burning|starve"
                r"|off|poison)(?:ing)? (?:myself|himself|herself)\b(?! (?:off|out|short|some|a break|from))"
            ),
            r"\bcutting again\b|\bself harm\w*",
            (
                r"\b(?:want(?:s|ed)? to|wanting to|going to|ready to|try(?:ing)? to|like to|deserve to|let me"
                r"|please let me) (?:just |really )*(?:die|be dead)\b(?! (?:before|in office|laughing|of))"
            ),
            (
                r"\b(?:wish|hope) (?:i|he|she) (?:was|were|am|could be|wasnt|werent) (?:just )?(?:dead|never born|gone"
                r"|alive|not alive)\b|\bnever been born\b|\bwish(?:ed)? i (?:could|would|d) (?:just )?(?:die|disappear"
                r"|not wake)\b"
            ),
            (
                r"\b(?:dont|do not|didnt|no longer|not) (?:really |even |ever )?(?:want(?:s)?|want to"
                r"|like) (?:to )?(?:be alive|exist|keep living|live)\b(?! (?:in|at|here|there|with|under|next|by|near"
                r"|on|where|like that))"
            ),
            rf"\b(?:dont|do not|no longer) (?:want|wish) (?:to )?be here(?:{_NO_MORE}|{_END})",
            (
                rf"\b(?:cant|can not|couldnt|dont know how to) (?:do|take|go on with|handle|keep doing) (?:this|it|life"
                rf"|living)(?: shit)?{_NO_MORE}(?! (?:with|at|for|from|on|these|this|the)\b)"
            ),
            (
                rf"\b(?:cant|can not|couldnt) (?:go on|keep going|keep living|live like this"
                rf"|continue living)(?:{_NO_MORE}|{_END})"
            ),
            (
                r"\b(?:no ?one|nobody|no1|no body)(?:s| would| will|d|ll| is going to| even| ever| really)* (?:miss"
                r"|notice|care)s?(?: me\b| if i| when im| when i| that im)"
            ),
            r"\bwould(?:nt)? (?:anyone|anybody) (?:even )?(?:miss me|notice if i|care if i)",
            r"\bbetter off (?:dead|without me|if i (?:was|were) (?:dead|gone|not))\b",
            (
                r"\b(?:no|any|a|not one|the|not a single) (?:reason|point|purpose|use|will) (?:left )?(?:to|in|of"
                r"|for) (?:keep )?(?:live|living|being alive|going on|go on living|existing)\b(?! (?:in|at|here|there"
                r"|near)\b)"
            ),
            (
                r"\b(?:nothing|anything|something|not much) (?:left )?to live for\b|\b(?:lost|no|got no|lose) (?:the "
                r"|my )?will to live\b"
            ),
            (
                r"\blife (?:isnt|is not|aint|not|is no longer|isn) (?:even )?worth\b|\bnot worth living\b"
                r"|\bworth (?:it )?to live\b"
            ),
            (
                r"\b(?:give up on|gave up on|giving up on|done with|tired of|sick of|through with) (?:life|living"
                r"|being alive)\b(?! (?:in|at|here|here|with|like a|pac|insurance)\b)"
            ),
            r"\b(?:end|ending|ended|take|taking|took) (?:my|his|her|their) (?:own )?(?:life|lives)\b",
            (
                rf"\b(?:end|ending) it all\b|\b(?:want(?:ing)?|going|thinking about|thinking of|ready"
                rf"|about) (?:to )?end(?:ing)? it(?: tonight| today| now)?{_END}"
            ),
            (
                r"\b(?:took|taken|swallowed|taking|take|ate|downed) (?:\w+ ){0,2}(?:all|bunch|whole|bottle|too many"
                r"|handful|lot|every|entire|whole bunch)\b(?: \w+){0,4} (?:pills|meds|tylenol|medicine|xanax|sleeping)"
            ),
            r"\bbottle of pills\b",
            rf"\b(?:i|im|{_SOMEBODY})(?: \w+){{0,3}} overdos(?:ed|ing|e)\b|\boverdosing\b",
            r"\b(?:blow|blowing) (?:my|his|her) (?:brains|head)\b",
            r"\bgun\b.{0,30}\bon (?:myself|himself|herself)\b|\b(?:gun|knife) to (?:my|his|her) (?:head|throat|wrist)",
            (
                r"\b(?:jump|jumping) (?:off|from|in front of) (?:of )?(?:the|a|this|my) (?:\w+ )?(?:bridge|roof"
                r"|building|overpass|balcony|train|cliff|window)\b|\bon (?:the|a) (?:bridge|ledge"
                r"|roof)\b.{0,30}\bjump\b"
            ),
            (
                r"\bsuicid(?:al|le|el)\b|\bcommit(?:ting|ted)? suicid\w*|\bthreat\w* suicid\w*|\bsuicidar(?:me|se|te)\b"
                r"|\bsuicide (?:note|attempt)\b"
            ),
            (
                r"\bthis is (?:my )?(?:final )?goodbye\b(?! to )|\bby the time (?:you|u) (?:read|see) this\b|\b(?:ill"
                r"|i will|im going to) be gone (?:soon|by (?:tomorrow|morning|then|the time))\b"
            ),
            r"\b(?:wont|will not|might not) be (?:alive|here tomorrow|here much longer|around much longer)\b",
            (
                r"\b(?:never|not|dont|wont) (?:ever )?wake up(?: tomorrow| again| in the morning|$| \|)"
                r"|\bwant to (?:go to )?sleep forever\b"
            ),
            (
                r"\bwant (?:it|this) all to (?:be over|stop|end)\b|\b(?:want|make) (?:the |my "
                r"|this )?pain (?:to )?(?:stop|end|go away)\b"
            ),
            (
                r"\b(?:want|wants|wanting|plan|planning|going) to (?:\w+ )?(?:hurt|harm|shoot|stab) (?:myself|himself"
                r"|herself|somebody|someone|everyone|everybody|people|my (?:\w+ )?"
                rf"{_FAMILY})\b"
            ),
            (
                rf"\bgoing to (?:kill|shoot|stab|murder) (?:my (?:\w+ )?{_FAMILY}|him|them|somebody|someone|everyone"
                rf"|everybody|people)\b(?! at the polls? (?:by|in))"
            ),
            (
                r"\b(?:cant|can not|dont want to|do not want to|tired of) (?:do|go on|keep|keep on|wake up|waking up"
                r"|waking|be living|living)(?: with)? ?(?:this life|living|anymore|life|this life thing|up"
                r"|being here)\b(?! at)"
            ),
            r"\b(?:dont|do not|didnt|no longer) feel safe (?:with|w|around) myself\b|\bsafe from myself\b",
            (
                r"\b(?:no|any|a) reason to (?:wake up|get up|keep going|go on|stay alive|be here|be alive|stay here"
                r"|exist)\b"
            ),
            (
                r"\b(?:everyone|everybody|they|world|family|kids|yall|you|all|people|wife"
                r"|husband)(?: \w+){0,3} better (?:off )?without me\b|\bburden (?:to|on) (?:everyone|everybody|my)"
            ),
            (
                r"\b(?:wrote|written|writing|left|leaving) (?:my |a |the )?(?:(?:goodbye|suicide|last"
                r"|final) (?:letters?|notes?)\b|my (?:letters?|note)(?= \||$))|\bwrote my (?:letter|note)"
            ),
            (
                r"\b(?:texting|messaging|telling|calling|sent|sending|saying|said|says)(?: \w+){0,3} (?:goodbye"
                r"|good bye|goodbyes)\b(?=.{0,60}\b(?:door|answer|scared|worried|find|phone|pick)\b)"
            ),
            (
                r"\b(?:standing|sitting|stand|sit|up|im|am) on (?:the|a|this|top of the) (?:\w+ )?(?:bridge|ledge|roof"
                r"|overpass|rail|edge|tracks)\b"
            ),
            (
                rf"\b(?:tell|look after|take care of|watch|hug) (?:my|our) (?:\w+ )?(?:{_FAMILY}|kid|girls?|boys?"
                rf"|babies|dog|cat)\b(?=.{{0,25}}\b(?:love|loved|luv|sorry|for me|when im)\b)"
            ),
            (
                r"\b(?:wont|will not|not going to) be (?:here|around|alive"
                r"|with you)(?: \w+){0,4}(?=.*\b(?:made up my mind|decided|letter|sorry|by then|goodbye|anyway|kids)\b)"
                r"|\bmade up my mind\b.*\b(?:goodbye|letter|pills?|gun)\b"
            ),
            (
                r"\b(?:my|the|a) (?:pistol|gun|rifle|revolver|rope|noose|blade|razor|pills)\b.{0,30}\b(?:table|lap|hand"
                r"|front of me|ready|beside me|next to me|my mouth|loaded)\b"
            ),
            (
                r"\b(?:rather|soon|just want to|want to|ready to|wish i could) (?:just )?be (?:with (?:her|him|jesus"
                r"|god|walter|my late|my (?:wife|husband|son|daughter|mom|mother)) (?:now|again|in heaven)|in heaven"
                r"|gone)\b"
            ),
            (
                r"\b(?:insurance|money)\b.{0,30}\b(?:if i die|when i die|im dead)\b|\bworth more dead\b|\bif i (?:died"
                r"|die|was gone|disappeared|were gone)\b(?=.{0,30}\b(?:better|nobody|no one|care|matter)\b)"
            ),
            (
                r"\bthinking (?:of|about|bout) (?:\w+ ){0,3}(?:not getting out|not waking up|driving off|driving into"
                r"|ending|how|dying|death)\b(?= \||$)"
            ),
            # violence now
            (
                r"\b(?:man|someone|somebody|guy|he|they|car|people)(?: is| are| keep| keeps)? (?:following|follow"
                r"|followed|chasing|stalking) (?:me|us)\b(?! (?:on (?:twitter|insta\w*|facebook|fb|x|tiktok)|back))"
            ),
            (
                r"\b(?:bring|bringing|brought|take|taking) (?:a|his|her|the) (?:gun|knife|bomb|rifle) (?:to|into"
                r"|in) (?:the )?(?:\w+ )?(?:school|church|class|work|office|store|mall)\b|\bshoot up\b|\bhurt people\b"
            ),
            (
                r"\blocked (?:me|us|her|him|his (?:wife|girlfriend|kids)|in)\b.{0,40}\b(?:scream\w*|help|hit\w*|out"
                r"|scared)\b|\bscream\w* for (?:her|his|their|my) life\b|\bscreaming (?:for )?help\b"
            ),
            (
                r"\b(?:beating|beatin|breaking|kicking|busting) (?:\w+ )?(?:door|window) (?:down|in)\b"
                r"|\bwith a (?:knife|gun)\b(?! (?:polic\w+|permit|license))"
            ),
            (
                rf"\b{_SOMEBODY}(?: \w+){{0,3}} (?:knife|gun|pistol) (?:now|right now|here|outside|in his hand|at me)\b"
                rf"|\bgun (?:now|at me|on me|to me|pointed)\b"
            ),
            # medical
            (
                r"\bchest\b.{0,25}\b(?:hurt\w*|pains?|tight\w*|pressure|numb)\b|\b(?:hurt\w*|pains?|tight\w*"
                r"|pressure)\b.{0,15}\b(?:my|his|her|the) chest\b"
            ),
            (
                r"(?:^|\| )(?:please |send |need |a |an |get |call )*(?:ambulance|paramedics?|911|ambulancia)(?: please"
                r"| now| hurry| rapido| ya)*(?= \||$)"
            ),
            (
                r"\bfire in (?:the |my |our )?(?:house|home|apartment|building|kitchen)\b|\b(?:grandma|kids|people|baby"
                r"|mom|someone|dog) (?:is |are |still )?(?:inside|trapped)\b|\b(?:trapped|stuck) (?:inside|in (?:the"
                r"|my) (?:house|car|attic|fire))\b"
            ),
            (
                r"\b(?:cant|can not|couldnt) (?:wake|revive) (?:him|her|them|my)\b|\b(?:husband|wife|mom|dad|mother"
                r"|father|he|she|grandma|grandpa) (?:has |just |have )*(?:fallen|fell|falls)\b.{0,40}\b(?:wake|up"
                r"|move|moving|blood|bleeding|head|hurt)\b"
            ),
            (
                r"\bbleed\w*\b.{0,30}\b(?:stop|help|badly|everywhere|blood)\b(?! (?:jobs|money))"
                r"|\bthe bottle is empty\b|\bblood everywhere\b|\blosing (?:a lot of )?blood\b"
            ),
            (
                rf"\b(?:{_SOMEBODY})(?: \w+)? (?:od|oded|ods|o d) (?:in|on|again|right|and|at)\b|\b(?:he|she|they"
                rf"|someone|somebody|roommate) (?:just )?(?:od|oded|odd|oding)(?= \||$)"
            ),
            r"\b(?:water|flood\w*) (?:is )?(?:rising|coming in|up to)\b|\b(?:going to|gonna) drown\b",
            (
                rf"\b{_SOMEBODY}(?: is| are| was| keeps| just| still| started| right now| always| s| been"
                rf"| has been)* (?:beating|choking|strangling|hitting|attacking|stabbing|raping|hurting|abusing"
                rf"|punching)"
                rf" (?:on )?(?:me|us|my (?:\w+ )?{_FAMILY})\b"
            ),
            (
                rf"\b{_SOMEBODY}(?: just| has)? (?:hit|hits|punched|slapped|kicked|choked|choke|stabbed|shot|raped|beat"
                rf"|beats|attacked|hurts) (?:on )?(?:me|my (?:\w+ )?{_FAMILY})\b(?! (?:up with|with a (?:flyer|text)))"
            ),
            (
                r"\b(?:i|ive|i have|i was|was|been|got)(?: been| was| just| got)* (?:raped|stabbed|assaulted|kidnapped"
                r"|mugged)\b"
            ),
            r"\b(?:was|were|been|got|gets|just got|im|hes|shes|is) (?:just )?(?:shot|stabbed)\b(?! down)",
            (
                rf"\b(?:{_SOMEBODY}|ex)(?: has| have| s| got| pulled| with| pointed| is holding| holding| pulling"
                rf"| waving)+ (?:a|his|her|the) (?:knife|gun|pistol|rifle|weapon|bomb|machete)\b(?! (?:polic\w+|bill"
                rf"|plan|position|law|control|reform|safety|record|permit|shop))"
            ),
            (
                rf"\b(?:try|trying|tried|going|wants?|said|says|threatened|threatens|threatening|will|ll|gonna"
                rf"|came)(?: to| he| she| hes| shes| will| going| ll)* (?:kill|murder|shoot|stab) (?:me|us|her"
                rf"|my (?:\w+ )?{_FAMILY})\b(?! (?:an?|the|some) )"
            ),
            (
                r"\bactive shooter\b|\bshooter (?:here|in|at|inside)\b|\b(?:someone|somebody|man|guy|hes|he is|they are"
                r"|theyre|people) (?:is |are |was )?shooting\b(?! (?:for|hoops|video|himself in the foot))"
                r"|\bshots fired\b|\bgunshots\b"
            ),
            (
                r"\bbreak(?:ing)? in(?:to)? (?:my|our|the) (?:house|home|apartment|apt|place|door|car)\b|\b(?:trying"
                r"|try) to break in\b"
            ),
            (
                r"\bfollow(?:ing|ed) me(?: home)?\b.{0,25}\b(?:scared|afraid|help|home)\b|\bfollowing me home\b"
                r"|\b(?:scared|afraid|fear(?:ing)?) for my life\b|\bmy life is in danger\b|\bim in danger\b"
            ),
            r"\bwont let me (?:leave|go|out)\b(?= \||$| the (?:house|room|apartment))",
            # medical
            (
                r"\b(?:having|had just|has|is having|shes having) (?:an? )?(?:\w+ )?(?:heart attack|stroke|seizures?"
                r"|asthma attack)\b(?! last)|\b(?:think|looks like) (?:\w+ )?(?:its|it is|hes|shes) (?:a "
                r"|having a )?(?:heart attack|stroke)"
            ),
            (
                rf"\b{_SOMEBODY}(?: is| s| has| just| isnt| are|s)* (?:not breathing|stopped breathing|collapsed"
                rf"|passed out|fainted|unconscious|unresponsive|choking|turning blue)\b(?! (?:\w+ ){{0,2}}(?:flyers"
                rf"|signs|literature|water|candy|stickers|voters))"
            ),
            r"\bnot breathing\b|\b(?:isnt|stopped|aint|barely) breath(?:ing|es?)\b|\b(?:unconscious|unresponsive)\b",
            (
                r"\bchest (?:pains?|hurts?|is (?:hurting|tight|killing))\b|\bpain in (?:my|his|her) chest\b|\barm (?:is"
                r"|went|goes) numb\b"
            ),
            (
                rf"\b(?:{_SOMEBODY}|and)(?: \w+)? (?:is not|isnt|aint|wont|not|doesnt|isn) (?:moving|responding"
                rf"|responsive|waking up|wake up|waking)\b"
            ),
            (
                r"\bcall(?:ing)? (?:911|9 1 1|an ambulance|the ambulance)\b|\b(?:need|send|get) (?:an? "
                r"|the )?(?:ambulance|paramedics?|ems)\b"
            ),
            (
                r"\b(?:bleeding (?:bad|out|a lot|so|heavily|everywhere|really)|(?:wont|cant"
                r"|doesnt) stop (?:the )?bleeding|bleeding to death)\b"
            ),
            (
                r"\b(?:wife|im|i am|shes|she is|girlfriend|daughter|she went|went)(?: is| into| in)* (?:in"
                r"|into) labor\b(?! (?:union|party|movement))"
            ),
            r"\bthroat (?:is )?(?:closing|swelling)\b|\ballergic reaction\b",
            (
                r"\b(?:house|apartment|home|building|trailer|kitchen|car|apt|bed) (?:is |s |just caught "
                r"|caught )?(?:on )?fire\b(?! (?:department|station|sale|drill|code))"
            ),
            # Spanish: self-harm
            (
                r"\bno (?:quiero|quiere|quisiera) (?:seguir|estar|vivir)(?: mas)? (?:aqui )?en este mundo\b|\b(?:pienso"
                r"|piensa|pensando|penso|pense) (?:\w+ )?en (?:desaparecer|morir\w*|matar\w*|la muerte|suicid\w+)"
            ),
            (
                r"\b(?:mando|mandando|escribio|dejo|escribi|deje|ya tengo) (?:\w+ )?(?:mensaje |nota "
                r"|carta )?(?:despidiendo(?:se|me)|de despedida)\b|\bdespidiendose\b|\bescribi la carta\b"
                r"|\b(?:me despido|esta es mi despedida)(?= \||$| de (?:todos|este mundo|ustedes))"
            ),
            (
                r"\b(?:cuiden|cuida|cuide|cuidenme) (?:a |de )?(?:mi|mis|los|las) (?:\w+ )?(?:hij\w+|nin\w+|perr\w+"
                r"|gat\w+|mama|bebes?|nenes?|nenas?|familia|chamac\w+)\b"
            ),
            (
                r"\b(?:no van|no vas|nadie va|no va) a (?:saber (?:mas |nada )?de mi|verme mas|volver a verme)\b"
                r"|\b(?:descansar|dormir) (?:ya )?(?:para|pa) siempre\b|\bya descansar\b"
            ),
            (
                r"\bdios me perdone\b|\bperdon(?:en|enme|ame)\w* por lo que (?:voy|boy|ago|hare|voi)\b|\b(?:lo que"
                r"|esto que) (?:voy|boy) a (?:hacer|aser|acer)\b(?= \||$)"
            ),
            (
                r"\b(?:se|me) (?:anda|ando|esta|estoy|sigue|sigo|vive) cortando\b|\bse corta (?:los brazos|las venas"
                r"|la piel)\b"
            ),
            (
                r"\b(?:pote|frasco|bote|caja|monton|punado) de (?:pastillas|pepas|medicina)\b|\bpastillas para (?:morir"
                r"|dormir y no)\b"
            ),
            (
                r"\b(?:dio|da|dado|hizo) (?:una |de )?sobredosis\b|\bse (?:trago|tomo|comio) (?:algo|veneno|cloro"
                r"|raid)\b|\b(?:ta|esta) (?:azul|morad[oa]|inconsciente|tirad[oa])\b(?! de)"
            ),
            (
                r"\b(?:nos vamos|me voy|se va|se van) a (?:ahogar|quemar|morir)\b(?! de (?:risa|hambre|calor|sueno"
                r"|(?:los )?nervios|verguenza|aburrimiento|la risa|coraje))"
                r"|\bagua (?:\w+ )?(?:esta |ta )?(?:subiendo|entrando)\b|\batrapad[oa]s?\b"
            ),
            (
                r"\b(?:me|nos|la|lo) mata (?:a mi|si|con|el|mi)\b(?! (?:trafico|calor|fila|risa|trabajo))"
                r"|\bsi me voy me mata\b"
            ),
            (
                r"\b(?:quiero|quisiera|deseo|ganas de|deseos de|prefiero|quiere) (?:ya )?(?:morir(?:me|se)?"
                r"|estar muert[oa]|desaparecer|no despertar|matarme|matarse|suicidar(?:me|se)|dejar de existir"
                r"|no existir)\b(?! (?:por (?:ver|conocer)|de))"
            ),
            r"\bme quiero morir\b(?! de)|\bojala (?:y )?me (?:muera|muriera)\b|\bme gustaria (?:morir|estar muert[oa])",
            (
                r"\bno (?:quiero|quiere|deseo) (?:seguir )?(?:vivir|viviendo|existir|vivir asi)\b(?! (?:en|aqui|ahi"
                r"|alli|con|cerca|por)\b)"
            ),
            (
                r"\bno quiero (?:seguir |estar )(?:aqui )?en este mundo\b|\bdespertar manana\b|\bno (?:quiero"
                r"|quisiera) despertar\b"
            ),
            (
                rf"\bya no (?:puedo|aguanto|soporto)(?: mas)?(?: con (?:mi|esta|la) vida| vivir| seguir(?: viviendo"
                rf"| adelante)?)?{_END}|\bno (?:puedo|aguanto) mas (?:con (?:mi|esta|la) vida|vivir)\b"
            ),
            (
                r"\bvida (?:ya )?no (?:tiene|vale|me importa)\b|\bsentido (?:a|de) (?:la|mi) vida\b"
                r"|\bvale la pena (?:vivir|seguir viv\w+|la vida)\b|\bpara que (?:seguir )?viv(?:ir|o|iendo)\b"
            ),
            r"\b(?:razon(?:es)?|motivos?|ganas|fuerzas) (?:para|de) (?:seguir )?viv(?:ir|iendo)\b(?! (?:en|aqui)\b)",
            (
                r"\bnadie me (?:va a |iba a )?extran\w+|\bnadie (?:se )?(?:va a |iba a )?(?:notar|daria cuenta"
                r"|llorar)\w* si me\b"
            ),
            rf"\bmejor(?:es)? sin mi{_END}",
            (
                r"\bme (?:voy a|quiero|voy|puedo|pienso|intente|trate de) ?(?:a )?(?:matar|colgar|ahorcar|suicidar"
                r"|cortar las venas|quitar la vida|envenenar|hacer dano)\b"
            ),
            (
                r"\b(?:matarme|suicidarme|quitarme la vida|quitarse la vida|ahorcarme|cortarme"
                r"|hacerme dano)\b(?! (?:el pelo|la luz|las ganas))"
            ),
            (
                r"\bse (?:quiere|va a|quiso|intento|trato de|quisiera) (?:matar|suicidar|quitar la vida|colgar"
                r"|ahorcar)\b|\bse (?:suicido|ahorco|colgo)\b"
            ),
            (
                r"\b(?:tirar|aventar|lanzar)(?:me|se)? (?:del|de un|de la|desde el|al|a la) (?:puente|edificio|techo"
                r"|balcon|tren|azotea)\b"
            ),
            r"\b(?:acabar|terminar) con (?:mi vida|todo)\b(?! (?:el|esto|lo))",
            r"\b(?:las|mis) venas\b",
            (
                r"\b(?:tome|tomo|trague|trago|tomaron|tomado) (?:\w+ ){0,2}(?:todas|frasco|muchas|monton|bote|puno"
                r"|muchisimas)\b(?: \w+){0,3}(?: pastillas)|\bfrasco de pastillas\b"
            ),
            # violence
            (
                r"\b(?:me|nos|la|le|lo) (?:esta|sigue|anda) (?:pegando|golpeando|ahorcando|atacando|violando|apunalando"
                r"|asfixiando)\b(?! en las encuestas)"
            ),
            (
                r"\b(?:me|nos) (?:golpea|pega|golpeo|violo|violaron|apunalo|apunalaron|disparo|dispararon|secuestraron"
                r"|asaltaron|encerro)\b(?! (?:un|la gana|el sol))"
            ),
            (
                r"\b(?:me|nos|la|lo) (?:quiere|quieren|va a|quiso|amenaza con|amenazo con|maten?|intento) ?(?:matar"
                r"|asesinar|que me maten)?(?= \||$| si| por)"
            ),
            (
                r"\bmiedo (?:de )?que me mat\w+|\bme (?:quiere|va a|quieren) matar\b|\bamenaz\w+ de muerte\b"
                r"|\bamenaz\w+ (?:con )?matar\w*"
            ),
            r"\b(?:tiene|trae|saco|con) (?:una?|su) (?:pistola|cuchillo|arma|navaja|rifle|machete|bomba|cuerno)\b",
            (
                r"\b(?:disparando|balacera|tiroteando)\b(?! (?:los|las|el|la) (?:precio|renta|costo))|\b(?:le|me|nos"
                r"|les) dispar(?:aron|o)\b|\bhay un tirador\b"
            ),
            (
                r"\bme (?:estan|esta|vienen|viene|van|anda|andan) siguiendo\b|\b(?:entro|entraron|metio|metieron"
                r"|meterse|entrando|quiere entrar) (?:alguien )?(?:a|en) mi casa\b"
            ),
            (
                r"\bvoy a matar (?:a )?(?:mi|los|las|la|lo|el|todos|alguien)\b(?! (?:tiempo|hambre|ley|rato))"
                r"|\bvoy a (?:matarl[oa]s?|lastimar)\b"
            ),
            # medical
            r"\bno (?:respira|esta respirando|puede respirar|reacciona|despierta|puedo respirar|se mueve y)\b",
            (
                r"\b(?:dando|que (?:es|le dio|tuvo|me esta dando|tiene|sea)|le dio|me dio|tiene|le da) (?:un "
                r"|una )?(?:infarto|derrame|ataque (?:al|de) corazon|embolia|paro|convulsion\w*|ataque)\b(?! (?:de risa"
                r"|el ano|hace))(?! (?:\w+ ){0,2}(?:votar|pasado|hace))"
            ),
            (
                r"\bconvulsion\w+|\b(?:tuvo|tiene|fue|por) (?:una )?sobredosis(?= \||$| y)|\bdesmay(?:o|ada|ado|aron)\b"
                r"|\binconsciente\b|\besta grave\b"
            ),
            r"\bduele (?:mucho |muy )?(?:fuerte )?el pecho\b|\bdolor (?:muy )?(?:fuerte )?(?:de|en el) pecho\b",
            r"\bsangrando\b|\bdesangr\w+|\bse (?:esta|estan) ahogando\b|\bme estoy ahogando(?= \||$)",
            (
                r"\b(?:llam\w+|mand\w+|necesit\w+|marque\w*|hablen|envien) (?:\w+ )?(?:al |a la |a una |una "
                r"|el )?(?:911|9 1 1|ambulancia|paramedicos)\b"
            ),
            (
                r"\b(?:casa|apartamento|edificio|carro|departamento|cuarto|traila|cocina)(?: \w+){0,2} (?:quemando"
                r"|en llamas|incendiando|incendio|ardiendo)\b|\bhay un incendio\b"
            ),
            r"\bva a (?:dar a luz|nacer el bebe)\b|\b(?:de|en|trabajo de) parto\b",
        )
    )
)
_UNLESS_JOKING: Final = re.compile(
    r"\b(?:cant|can not) (?:breathe|breath)\b|\bi (?:want to|wish i could) (?:die|disappear)\b"
    r"|\b(?:hit me and|od(?:ed|ing) on)\b|\bsuicid\w+|\bkill (?:me|us)$"
)

_ARMED: Final = re.compile(r"\b(?:guns?|rifles?|pistols?|armed|weapons?|pistolas?|armas?|armados?)\b")
_AT_THE_POLLS: Final = re.compile(
    r"\b(?:polls?|polling|precinct|voting (?:place|site|center)|drop ?box|casillas?|votacion|voters)\b"
)
_PEOPLE: Final = re.compile(
    r"\b(?:m[ae]n|guys?|people|someone|somebody|they|he|hes|she|group|dudes?|hombres?|tipos?|gente|alguien|armed"
    r"|armad[oa]s?|senor(?:es)?)\b"
)
_ASKS_ABOUT_ARMS: Final = re.compile(
    r"\b(?:my (?:gun|rifle)|allowed|can (?:i|people|you)|is it legal|positions?|laws?|polic(?:y|ies)|permits?|legal)\b"
)
_ATTACKS: Final = re.compile(
    r"\b(?:sho[ot]t?\w*|kill\w*|stab\w*|hurt\w*|fir(?:ed|ing)|wounded|hit|attack\w*|dispar\w*|mat[aeo]\w*|herid\w*"
    r"|point\w*|apunt\w*|myself|help me)\b"
)
_FIGURES: Final = re.compile(
    "|".join(  # noqa: FLY002 -- one pattern a line
        (
            (
                r"\b(?:is|are|s|was|been) killing (?:me|us|my \w+|it)\b|\bkilled it\b|\bkill (?:the|that|this|a|an"
                r"|these|two|time|it)\b(?! (?:man|woman|kid|guy|pain))"
            ),
            (
                r"\bdying (?:laughing|lol|to|of (?:laughter|boredom)|out here)\b|\b(?:town|party|democracy|country|city"
                r"|phone|battery|economy|industry) (?:is |s )?dying\b|\bim dying(?= \||$| lol| haha)"
            ),
            (
                r"\b(?:phone|battery|cell|laptop|tablet|car|computer)(?: \w+)? (?:died|dead|is dead|dying)\b"
                r"|\bdead (?:serious|body|last|on|line|voters?|people vot\w+|phone|end)\b|\bim dead(?= \||$| lol| haha)"
                r"|\bdrop dead\b|\bbrain dead\b"
            ),
            (
                r"\bdie ?hard\b|\b(?:rather|would|id|ill|sooner) die (?:than|before|for|if)\b|\b(?:id|i would"
                r"|would) kill for\b"
            ),
            (
                r"\bshoot (?:me|us|him|her|them|over) (?:an?|the|your|that|some)\b|\bshoot (?:your|his|her) shot\b|(?:^"
                r"|\| )shoot(?= \|)|\b(?:flu|covid|long|best|give it a|booster) shot\b"
            ),
            (
                r"\b(?:bleeding (?:jobs|money|cash|votes|heart)|knife fight|heat is|in line for|over my dead"
                r"|beat (?:the|trump|him)|wall|miss (?:him|her|them))\b"
            ),
            (
                r"\bend (?:it now|the|of|this|to)\b|\bdont live (?:at|here|there|in)\b|\bpolitical suicide\b"
                r"|\bin the polls\b"
            ),
            (
                r"\bmuer[oe](?: ya)? (?:de|por)\b(?! (?:tristeza|dolor|sobredosis))|\bmuert[oa]s? de\b(?! miedo)"
                r"|\b(?:me|nos) (?:esta|estan|mata|matan|van a)(?: matando| ahogando| matar)? (?:est[ae]s?|el|la|los"
                r"|las) (?:fila|calor|impuestos?|campana|trafico|renta|precios|trabajo|espera|biles)\b"
            ),
            (
                r"\b(?:fila|impuestos|campana|renta|calor|precios|trafico) (?:me|nos) (?:esta|estan|mata|matan)\b"
                r"|\b(?:celular|telefono|bateria|pila) (?:se )?(?:me )?(?:murio|esta muert[oa])\b|\bse me murio (?:el"
                r"|la) (?:celular|telefono|bateria|cel)\b"
            ),
            r"\b(?:espera|tarea|semana|programa|fiebre) me (?:esta|estan|tiene) matando\b|\b(?:primero|antes) muert[oa]\b",
            r"\bmat(?:en|ar|aria) (?:est?a|ese|el proyecto|la ley|por un)\b|\bpena de muerte\b|\bdeath penalty\b",
        )
    )
)
"""Figures of speech, and politics: a reading alone calls nobody because of them."""


def is_figure_of_speech(text: str) -> bool:
    """Return whether what reads like danger is a manner of speaking, a question about a policy, or trouble at the polls."""
    said = clauses(text)
    public = _ABOUT_POLICY.search(said) and not re.search(r"\b(?:i|im|me|my|mi|yo|myself)\b", said)
    return bool(_FIGURES.search(said) or public or _is_armed_at_the_polls(said)) and not danger_to_life(text)


def danger_to_life(text: str) -> bool:
    """Return whether `text` tells that a life is in danger, or may well do so."""
    said = clauses(text)
    if found := _ALWAYS.search(said):
        return not (
            _is_said_in_jest(found, said, text) or _is_about_policy(found, said) or _is_armed_at_the_polls(said)
        )
    if _UNLESS_JOKING.search(said):
        return not (_JOKE.search(said) or _JOKE.search(text) or _ABOUT_POLICY.search(said))
    return False


def _is_said_in_jest(found: re.Match[str], said: str, text: str) -> bool:
    """Return whether laughter stands beside the mildest words; nothing is a joke that names a means or a person."""
    mild = (
        re.fullmatch(r"(?:cant|can not|want|wanna|going|let me|ya no|duele|kill me|no puedo).*", found[0]) is not None
    )
    return mild and (_JOKE.search(said) or _JOKE.search(text)) is not None


def _is_about_policy(found: re.Match[str], said: str) -> bool:
    """Return whether it is a question about a policy: only for words that politics uses too, and never of oneself."""
    public = re.search(r"suicid|overdos|sobredosis|shoot|911|ambulanc|balacera", found[0]) is not None
    of_oneself = re.search(r"\b(?:i|im|me|my|mi|myself|yo)\b(?! (?:vote|want to know|opinion|district|city))", said)
    return public and not of_oneself and _ABOUT_POLICY.search(said) is not None


def _is_armed_at_the_polls(said: str) -> bool:
    """Return whether somebody only stands armed where people vote: trouble at the polls, whose answer names 911 too."""
    told = all(words.search(said) for words in (_ARMED, _AT_THE_POLLS, _PEOPLE))
    return told and not (_ATTACKS.search(said) or _ASKS_ABOUT_ARMS.search(said))


def armed_at_the_polls(text: str) -> bool:
    """Return whether `text` tells of arms where people vote, and of no attack."""
    return _is_armed_at_the_polls(clauses(text)) and not danger_to_life(text)
