"""Set phrases of talk about the interview itself in other languages than English; see `formality_phrases`.

Where only a question mark tells "Can you hear me?" from "They hear me", the phrase holds it.
"""

from pipeline.corpus.formality_phrases import Phrases

GERMAN = Phrases(
    """
    (läuft|startet) [jetzt|schon|noch]* (die aufnahme|das aufnahmegerät|das band) [jetzt|schon|noch]* ?
    ist (die aufnahme|das aufnahmegerät) [jetzt|schon|noch]* (an|aus) ?
    (nehmen wir|nimmt es|nimmt das) [jetzt|schon|noch]* auf ?
    ich (starte|stoppe|schalte) [jetzt|mal|dann|kurz]* die aufnahme [jetzt] [aus|an|ab]
    (können|könnt|kannst) (sie|ihr|du) mich [alle|gut|jetzt]* (hören|sehen) ?
    (hören|hört|hörst) (sie|ihr|du) mich [alle|gut|jetzt]* ?
    (können|könnt|kannst) (sie|ihr|du) [jetzt] (meinen|den) bildschirm sehen
    (sehen|seht|siehst) (sie|ihr|du) [jetzt] (meinen|den) bildschirm
    (ich teile|ich kann|darf ich|soll ich) [jetzt|mal|kurz|dann]* (meinen|den) bildschirm [teilen]
    (soll|kann|darf) ich [jetzt|dann]* (zur|mit der|zum) nächsten (frage|teil) [gehen|übergehen\
    |kommen|weitermachen]
    (gehen wir|kommen wir|ich gehe|ich komme|wir gehen|wir kommen) [jetzt|dann|mal]* zur nächsten frage\
    [über]
    (können|könnten|kannst) (sie|du) (die frage|das) [bitte] (noch einmal|nochmal) (wiederholen|sagen|stellen)
    (können|könnten|kannst) (sie|du) die frage [bitte] wiederholen
    (wie|was) war [noch mal|nochmal] die frage
    sie (können|dürfen) [jederzeit] (das interview|dieses interview) [auch|jederzeit|ohne\
    angabe von gründen]* (abbrechen|beenden)
    (das interview|dieses interview|dieses gespräch) wird (anonymisiert|aufgezeichnet|aufgenommen\
    |transkribiert) [und|dann\
    |anonymisiert|aufgezeichnet|aufgenommen|transkribiert]*
    ihre (daten|angaben|antworten) werden [streng] (anonymisiert|vertraulich behandelt) [und|dann\
    |anonymisiert|vertraulich behandelt|gelöscht]*
    es gibt (keine|kein) (richtigen|richtig|falschen) [und|oder|kein]* (falschen|falsch|richtigen) [antworten]
    ich bin [damit] einverstanden dass (das|dieses) (interview|gespräch) aufgezeichnet wird
    mein name ist xname
    (freut mich|schön) sie kennenzulernen
    (haben sie|gibt es) noch fragen bevor wir (anfangen|beginnen|starten)
    """,
    """
    ohne angabe von gründen
    ihre teilnahme ist freiwillig
    guten (tag|morgen|abend)
    gut hören
    einen moment [bitte]
    bevor wir (anfangen|beginnen)
    """,
    """
    äh ähm also alle bitte danke dann denn entschuldigung es genau gut hallo hm ja jetzt kurz mal mhm moment nochmal nun
    okay ok prima schon sehr so super und vielen
    """,
)
FRENCH = Phrases(
    """
    est ce que (ça|on|vous) (enregistre|enregistrez)
    ça enregistre [bien|là]* ?
    je vais (arrêter|couper|lancer|démarrer) l'enregistrement
    je (lance|coupe|arrête|démarre) l'enregistrement
    [est ce que] (vous|tu) (m'entendez|m'entends|me voyez|me vois|voyez mon écran|vois mon écran) [tous|toutes] [bien] ?
    (je partage|je vais partager|je peux partager) (mon écran|l'écran)
    [est ce que] (je peux passer|je passe|on peut passer|on passe|je vais passer|passons) à la question suivante
    (vous pouvez|pouvez vous|pourriez vous|tu peux) (répéter|reformuler) la question
    c'était quoi la question
    vous pouvez vous retirer de (l'étude|cette étude) (à tout moment|quand vous voulez)
    vous pouvez (arrêter|interrompre) l'entretien (à tout moment|quand vous voulez)
    (cet entretien|l'entretien) (sera|va être) (enregistré|anonymisé|transcrit) [et|puis|enregistré\
    |anonymisé|transcrit]*
    (vos|toutes vos) (données|réponses) (seront|resteront) (anonymisées|confidentielles|anonymes) [et\
    |anonymisées|confidentielles|anonymes]*
    il n'y a pas de (bonne|bonnes) [réponse|réponses] (ou|ni|et) [de] (mauvaise|mauvaises) [réponse|réponses]
    j'accepte (d'être enregistrée|d'être enregistré|que l'entretien soit enregistré)
    (je m'appelle|mon nom est) xname
    (enchanté|enchantée) de vous rencontrer
    (vous avez|avez vous) des questions avant (de commencer|qu'on commence)
    """,
    """
    votre participation est volontaire
    sans [avoir à] (donner|vous justifier|justification) [de raison]
    s'il vous plaît
    (une|un) (seconde|instant)
    """,
    """
    ah alors attendez attends bien bon bonjour bonsoir d'accord donc euh et hm là maintenant merci oui ok pardon parfait
    désolé désolée puis voilà très
    """,
)
SPANISH = Phrases(
    """
    (está|estamos|se está) [ya] grabando [ya] ?
    [ya] (empezó|comenzó) a grabar ?
    voy a (parar|detener|iniciar|empezar|apagar|poner) (la grabación|la grabadora)
    (me|nos) (escuchas|escucha|escuchan|oyes|oye|oyen|ves|ve|ven) [bien|todos]* ?
    (puede|puedes|pueden) (oírme|verme) ?
    (voy a|déjame|puedo) compartir (mi|la) pantalla
    (ves|ve|ven) mi pantalla ?
    (paso|pasamos|puedo pasar|vamos|podemos pasar) a la (siguiente|próxima) pregunta
    (puede|puedes|podría|podrías) repetir la pregunta
    cuál era la pregunta
    usted puede retirarse en cualquier momento sin (dar|tener que dar) (explicaciones|ninguna explicación|motivos)
    [usted] (puede|puedes) ((retirarse|retirarte) (del|de este) estudio|parar la entrevista) en cualquier momento
    (esta|la) entrevista (será|va a ser) (grabada|anonimizada|transcrita|confidencial) [y|grabada|anonimizada\
    |transcrita|confidencial]*
    (sus|tus|todas sus) (datos|respuestas) (serán|van a ser) (anónimos|anónimas|confidenciales|anonimizados) [y\
    |anónimos|anónimas|confidenciales|anonimizados]*
    no hay respuestas (correctas|buenas) [ni|o|y]* (incorrectas|malas)
    (me llamo|mi nombre es) xname
    mucho gusto en (conocerlo|conocerla|conocerle|conocerte)
    """,
    """
    sin (dar|tener que dar) (explicaciones|ninguna explicación|motivos)
    su participación es voluntaria
    por favor
    un (momento|segundo)
    """,
    """
    ahora ah bien bueno buenas buenos claro días disculpe entonces eh gracias hola muchas muy ok okay perdón perdona
    pues sí tardes usted vale y ya
    """,
)
DUTCH = Phrases(
    """
    (neemt het|nemen we) [nu|al|nog]* op ?
    (loopt|staat) de recorder [nu|al|aan|nog]* ?
    (staat|loopt) de opname [nu|al|nog]* [aan] ?
    ik (stop|start|zet) [nu|even|dan]* de recorder [nu|even]* [uit|aan|stop]
    ik zet [nu|even|dan]* de opname [nu|even]* (uit|aan|stop)
    (kun|kunt|kunnen) (je|u|jullie) mij [goed|allemaal]* (horen|zien) ?
    (hoor|hoort) (je|u) mij [goed] ?
    (ik deel|ik ga|zal ik|kan ik|mag ik) [nu|even]* mijn scherm [delen]
    (zie|ziet) (je|u) mijn scherm
    (zal ik|kan ik|zullen we|mag ik|ik ga|we gaan) [nu|dan|maar]* [door] (naar|met) de volgende vraag [gaan\
    |doorgaan]
    (kun|kunt|kan) (je|u) de vraag [nog een keer|nog eens] herhalen
    wat was de vraag [ook alweer]
    (u|je) (kunt|kan|mag) (op elk moment|altijd|op ieder moment) stoppen met (het|dit) interview
    (dit interview|het interview|dit gesprek) wordt (opgenomen|geanonimiseerd|getranscribeerd) [en|opgenomen\
    |geanonimiseerd\
    |getranscribeerd]*
    (uw|jouw) (gegevens|antwoorden) worden (geanonimiseerd|(anoniem|vertrouwelijk) (verwerkt|behandeld)) [en\
    |geanonimiseerd]*
    er zijn geen (goede|foute) (of|en) (foute|goede) antwoorden
    uw deelname is vrijwillig
    (mijn naam is|ik heet) xname
    """,
    """
    zonder (opgave van reden|reden te geven)
    (goedemorgen|goedemiddag|goedenavond)
    een moment
    """,
    "ah alstublieft bedankt dan dank dus eh even en goed hallo hm ja nou nu oké ok okay prima sorry uh wel",
)
ITALIAN = Phrases(
    """
    (sta|stiamo) [già|ancora] registrando [adesso|ora] ?
    (fermo|spengo|avvio|interrompo) (la registrazione|il registratore)
    (mi|ci) (sente|senti|sentite|vede|vedi|vedete) [bene|tutti|adesso|ora]* ?
    (vede|vedi|vedete) il mio schermo ?
    (condivido|posso condividere|provo a condividere) (il mio|lo) schermo
    (passo|passiamo|posso passare|andiamo) alla (domanda successiva|prossima domanda)
    (può|puoi|potrebbe) ripetere la domanda
    qual era la domanda
    (può|puoi) ((ritirarsi|ritirarti) (dallo|da questo) studio|interrompere l'intervista) in (qualsiasi\
    |qualunque|ogni) momento
    (questa intervista|l'intervista) (sarà|verrà) (registrata|anonimizzata|trascritta) [e|registrata|anonimizzata\
    |trascritta]*
    non ci sono risposte (giuste|corrette) [o|e|né]* sbagliate
    (mi chiamo|il mio nome è) xname
    """,
    """
    senza (dare|fornire) (spiegazioni|motivazioni)
    la sua partecipazione è volontaria
    per favore
    un (attimo|momento)
    """,
    "adesso ah allora bene buongiorno buonasera certo ciao e ecco ehm grazie ok okay ora prego scusi scusa sì",
)
PORTUGUESE = Phrases(
    """
    (está|estamos) [já|ainda] [a] (gravar|gravando) [já|agora] ?
    vou (parar|desligar|iniciar|ligar) (a gravação|o gravador)
    [você|vocês] (consegue|consegues|conseguem) (ouvir me|me ouvir|ver me|me ver) [bem] ?
    [você|vocês] (consegue|consegues|conseguem) ver (a minha tela|o meu ecrã) ?
    (está|estás|estão) me ouvindo [bem] ?
    (vou|posso) (partilhar|compartilhar) (o meu ecrã|a minha tela|a tela|o ecrã)
    (passo|passamos|posso passar|vamos|podemos passar) (à|para a) (próxima pergunta|pergunta seguinte)
    (pode|podia|poderia) repetir a pergunta
    qual era a pergunta
    [você] pode ((retirar se|se retirar) (do|deste) estudo|parar (a|esta) entrevista) (a|em) qualquer momento
    (esta|a) entrevista (será|vai ser) (gravada|anonimizada|transcrita) [e|gravada|anonimizada|transcrita]*
    não há respostas (certas|corretas) [nem|ou|e]* erradas
    (chamo me|me chamo|meu nome é) xname
    """,
    """
    sem (dar|ter de dar|precisar dar) (explicações|justificação)
    a sua participação é voluntária
    por favor
    um (momento|segundo)
    """,
    "agora ah bem boa bom certo desculpe dia e então eh já o obrigada obrigado oi ok okay olá pois sim tarde tá",
)
BY_LANGUAGE = {"de": GERMAN, "fr": FRENCH, "es": SPANISH, "nl": DUTCH, "it": ITALIAN, "pt": PORTUGUESE}
