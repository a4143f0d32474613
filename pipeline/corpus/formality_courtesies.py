"""Set phrases of thanks and farewells in any language, written as in `formality_phrases`.

People change languages to thank, so a text in one language is compared with the phrases of all. What else stands beside
thanks is said: "Thanks, I am alone", "They used to thank us", "Very good, thank you".
"""

from pipeline.corpus.formality_phrases import Phrases

COURTESIES = Phrases(
    """
    [many] (thank you|thanks) [very much|so much|so so much|very very much|ever so much|a lot|again|indeed|all\
    |everyone|everybody|both|guys|folks|too|as well]* [for FOR] [today]
    (bye|goodbye) [bye|now|then|all|everyone|everybody|for now]*
    cheers
    (vielen|herzlichen|besten|schönen|tausend) dank [ihnen|euch|dir|auch|noch|noch mal|nochmal|nochmals|allen]* [für DE]
    danke [sehr|schön|vielmals|ihnen|euch|dir|auch|noch mal|nochmal|nochmals]* [für DE]
    (auf wiedersehen|auf wiederhören|tschüss|tschüs)
    merci [beaucoup|bien|infiniment|à vous|à vous aussi|à toi|à tous|à toutes|encore|aussi|vielmals]* [pour votre temps]
    au revoir [à tous|et]*
    [muchas|muchísimas|mil] gracias [a (usted|ustedes|ti|vosotros|todos)|también|de nuevo|por su tiempo]*
    adiós
    [muito] (obrigado|obrigada) [a (você|vocês|todos)|também|eu|mais uma vez|pelo seu tempo]*
    [molte|mille|tante] grazie [mille|tante|molte|a (lei|voi|te|tutti)|ancora|anche|davvero]*
    arrivederci
    [heel] [veel|erg|hartelijk|nogmaals]* (bedankt|dank je wel|dank u wel|dankjewel|dankuwel|dank) [voor (uw|je) tijd]
    (tack [så mycket|själv|för idag]*|hejdå|mange takk|takk [for meg|for i dag|skal du ha]|mange tak|tusind tak)
    (dziękuję [bardzo]|bardzo dziękuję|kiitos [paljon|teille|samoin]*|[большое] спасибо [большое|вам]*)
    """,
    """
    (you are|you are all) [very|so|most|more than] welcome
    [it was] my pleasure
    [it] [was|has been] [really|very|so|such]* (nice|lovely|good|great|a pleasure) (talking|speaking|chatting|meeting\
    |to talk|to speak|to chat|to meet) [to|with] [you] [all|too|today|again]*
    [you] have a [very|really]* (good|great|nice|lovely) [rest of (your|the)] (day|evening|weekend|afternoon|week)
    (see|talk to|speak to) you [all] [soon|later|tomorrow|again|then|next (week|time)]*
    take care [of yourself|of yourselves|all|everyone]
    (you too|and you|same to you|to you too|all the best|not at all)
    [okay|ok|all right|alright] (okay|ok|all right|alright) (great|good|perfect|lovely)
    [und|ihnen|euch|dir|noch]* [einen] (schönen|guten) [tag|abend|nachmittag|feierabend] [noch|ihnen|euch]*
    [und|ihnen|euch|noch]* [ein] schönes wochenende [noch|ihnen|euch]*
    (ihnen|euch|dir) auch
    (gern|gerne) geschehen
    (bonne (journée|soirée|continuation)|bon week end|bonne fin de journée) [à vous|à tous|aussi]*
    (que tenga|que tengan) [un] (buen día|buena tarde)
    (buen día|de nada|hasta (luego|pronto|mañana))
    (bom dia|boa tarde|boa noite|de nada|até (logo|breve|amanhã))
    (buona (giornata|serata)|di nulla|a presto)
    [nog] een (fijne|prettige|goede|mooie) (dag|avond|middag) [nog|verder]
    [nog] een (fijn|prettig|goed|mooi) weekend [nog]
    graag gedaan
    """,
    """
    ah aw oh um uh uhm er erm mm mmm hm hmm mhm ok okay well yeah yes yep right alright so and then
    äh ähm ja und et oui euh sí y sim e sì en
    """,
)
PARTS = {
    "FOR": "([all of] your time|your time and (help|patience)|having (me|us)|inviting (me|us)|taking (part|the time)\
        |joining [us|me]|coming|participating|listening [to me|to us]|(talking|speaking) (to|with) (me|us)) [today]",
    "DE": "(ihre zeit|eure zeit|das gespräch|das interview)",
}
