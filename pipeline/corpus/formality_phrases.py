"""Set phrases of talk about the interview itself in English, for `formalities`; one a line.

(a|b) are alternatives, [a|b] may be left out, [a|b]* may recur too, # is a number in digits, and words in capitals
stand for PARTS. The words are in lower case without punctuation but "?", contractions written out ("I'll" is "i will").
A phrase must be unmistakable: "we record it" and "you can stop at any time" may be somebody's work or medicine, so they
are not here.
"""

from typing import NamedTuple


class Phrases(NamedTuple):
    """What makes a formality in a language.

    `signs`: one of these makes it; `tails`: these may stand beside it; `tasks`: signs only where the interview sets
    tasks; `words`: single words that may stand beside them.
    """

    signs: str
    tails: str
    words: str
    tasks: str = ""


PARTS = {
    "SELF": "((i|we) (will|am going to|are going to)|let (me|us)|(shall|can|could|should|may|do) (i|we)|i am|am i to\
        |do you (want|need) (me|us) to|would you like (me|us) to|do you mind if (i|we)|is it (ok|okay|all right|alright\
        |fine) if (i|we)) [now|just|quickly|first|also|probably]*",
    "RECORDING": "[the|this|my|your|our] [audio|video|voice|tape] (recording|recorder|dictaphone)",
    "DIGIT": "(#|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)",
    "NUMBER": "[number] (DIGIT|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|next|last|final\
        |previous|other|following|new)",
    "THESE": "[the|this|that|these|those|my|our|your|all|of|a|another]*",
    "ASKED": "(THESE [NUMBER] (question|questions|vignette|vignettes) [NUMBER]|(statement|card|slide) [number] DIGIT)",
    "TASKS": "THESE [NUMBER] [sub] (task|tasks) [list] [NUMBER]",
    "ONE": "[the] (next|last) (one|part|section|topic)",
    "INTERVIEW": "(interview|conversation|focus group|study|research)",
    "THIS": "((this|today's) (INTERVIEW|session|discussion)|the (interview|study|focus group))",
    "MAY": "(can|may|are free to|have the right to|are able to) [also]",
    "ANYTIME": "(at any (time|point|stage|moment)|whenever you (like|want|wish))",
    "SAFE": "[strictly|completely|fully|kept|treated|audio|video|securely|will be]* (recorded|transcribed|confidential\
        |confidentially|anonymous|anonymously|anonymised|anonymized|pseudonymised|pseudonymized|stored securely|deleted\
        |destroyed|encrypted)",
    "KEPT": "[strictly|completely|fully|kept|treated|will be]* (confidential|confidentially|anonymous|anonymously\
        |anonymised|anonymized|pseudonymised|pseudonymized) [and|or|KEPTTOO]*",
    "KEPTTOO": "(strictly|completely|fully|kept|confidential|anonymous|anonymised|anonymized|stored securely)",
    "SECRET": "SAFE [and|or|then|SAFE]*",
    "SHEET": "[participant] (information sheet|information leaflet|consent form)",
    "AGREE": "i [hereby] (agree|consent|give [you] [my] consent)",
    "MINUTES": "(DIGIT|a few|a couple of|fifteen|twenty|thirty|forty|forty five|sixty|ninety|an|half an) [(to|or) (#\
        |twenty|thirty|forty|sixty|ninety)] (minute|minutes|hour|hours)",
    "WHEN": "([on|by|next|this]* (monday|tuesday|wednesday|thursday|friday|saturday|sunday|tomorrow|week|morning\
        |afternoon|evening|another time|another day)|(at|around|about) [half] [past] (DIGIT|noon) [o'clock|am|pm|thirty\
        |fifteen|#]|half past DIGIT|DIGIT (o'clock|am|pm|thirty)|in the (morning|afternoon|evening))",
    "READY": "(start|begin|get started|go on|continue|finish)",
}

RECORDING = """
    (is|are) (it|this|that|we|you|the (thing|machine|app|phone)) [thing|now|still|already]* (recording|being recorded)
    (is|has) RECORDING [now|still|already]* (on|off|running|working|going|started|stopped|paused|rolling)
    has it [already] started recording
    (did|have) (you|we|i) (press|pressed|start|started|hit|turn on|turned on|switch on|switched on) RECORDING
    (you can|could you|can you|you may) [now|please]* (stop|start|pause|restart|press) (recording|record)
    (SELF|you can|could you|you may) [now|please]* (stop|start|pause|end|restart|switch off|switch on|turn off|turn on)\
    (the|this) [audio|video|voice|tape] (recording|recorder|dictaphone)
    (SELF|you can|could you) (turn|switch|put) RECORDING (off|on)
    i [do|just|also]* have (a|one|another|a quick|one last) (question|questions) for you
    SELF [audio|video] record (the interview|this interview|this conversation)
    (do you mind|is it ok|is it okay|is it all right|is it alright) if (i|we) [audio|video] record this
    (can|could) (you|everyone|everybody) [all|still] (hear|see) (me|us|my screen|the screen|my slides)
    are you able to hear me
    (do you|are you able to) see my (screen|slides)
    you should [now|be able to]* see my (screen|slides)
    (can|could) you [please] speak (up|louder|a bit louder) [a bit]
    i can [now] (hear you|see your screen)
    i can not (hear you|see your screen)
    (are you|am i) [still] (seeing my screen|hearing me|sharing [my screen]|on mute|muted)
    you are [still] (on mute|muted)
    (can|could) you (mute|unmute) (yourself|your microphone)
    (SELF|you can) [stop|try|try to] (share|sharing|unshare) [my|the|your] (screen|slides)
    let me [just] (turn off|switch off|silence|mute) my phone
    (can|could|would) you [please] (stop sharing|share) [my|the|your] (screen|slides)
"""
QUESTIONS = """
    SELF (move|moving|go|going|come|turn|continue|proceed|carry|start|begin) [back|on|ahead|straight]* (to|with) ASKED
    (moving|going) (back|on|ahead) (to|with) ASKED
    (shall|can|could|should|may) (i|we) [just] (move|go|continue|carry) [on|ahead|straight]* (to|with) ONE
    (let us|let me) [just] (move|go) (on|ahead) to ONE
    (are you|are we) ready for (ASKED|ONE)
    that (is|was) (the end of|it for) ASKED
    (let me|(shall|can|could|should|may) i|i will) [just]* (read|look at|repeat) [back|again|through|out|aloud]* ASKED
    shall i [just] (keep going|carry on|continue)
    (question|statement|vignette|card|page|slide) [number] DIGIT
    [the] (next|last) (question|vignette)
    is (this|that) the (last|next) (question|page)
    are we (done|finished) here
    is that (all|everything) (from me|you need|you wanted to (ask|know))
    (should|shall) i (read|answer) [it|this|that|these|them] [ASKED] (out loud|aloud|out)
    [sorry] what (was|is) (the|your) question [again]
    (can|could|would) you [please] (repeat|rephrase) (ASKED|that|it)
    (can|could) you [please] (say|ask) (that|it|ASKED) [to me] again
    i (did not|do not) (hear|catch) (ASKED|what you said)
    i [have] (forgot|forgotten) ((the|your) question|what you asked)
    i (do not know|am not sure) (if|whether) (i|that) [have] (answers|answer|answered) ASKED
    (did i|does that|did that|have i) (answer|answered) ASKED
    i hope (i|that) [have] (answers|answered) ASKED
    that is a [very|really]* (good|great|interesting) question
    do we [still] have [enough] time for (one|another|a|a few) [last|more]* (question|questions)
    (that|this) is (all|it|everything) from (me|my side)
    i am going to ask you (some|a few|a couple of) questions
    i [just|still]* have (some|a few|a couple of) [interview|more]* questions (to ask you|for you)
    i will be asking you [the|some|a few] questions
    (shall|can|should|may) i turn [over] the page [over]
    [i am] just turning [over] the page [over]
"""
CONSENT = """
    you MAY (withdraw|opt out) (from|of) THIS [ANYTIME]
    you MAY (pull out|drop out) (from|of) this (study|interview|research) [ANYTIME]
    you MAY (stop|end|pause|leave) (this (interview|focus group|study)|the interview ANYTIME)
    THIS (will be|is being|is going to be) SECRET
    (everything|anything|whatever|all|what) [that] you (say|tell us|tell me|share|said) [here|today|in THIS]* (will be\
    |will stay|will remain|is going to be) KEPT
    your (name|data|answers|responses|details|identity|information|interview) [and your (name|data|answers)] will [all]\
    be KEPT
    your (name|names|identity) will not (be (used|mentioned|given|revealed|disclosed)|appear)
    there (are|is) (no|not any) (right|wrong) [and|or] (right|wrong) (answer|answers)
    [the|your] (recording|recordings|transcript|transcripts|interview data) will be SECRET
    do you (agree|consent|give [your] consent) to (take part|participate|be recorded|being recorded) [in THIS]
    are you (happy|fine|okay|ok) (to be recorded|with being recorded|for this to be recorded|if i record this)
    your participation [in THIS] is [entirely|completely|purely|fully] voluntary
    taking part in THIS is [entirely|completely|purely] voluntary
    you do not have to answer (any|all|every) [of|the|my]* (question|questions)
    (have|did) you [had a chance to|have a chance to] (read|sign|signed|receive|received|get|got|return|returned)\
    [and (understood|signed)] (the|your|our) SHEET
    i [have] (read|signed|received|returned) (the|your) SHEET (that you sent me|that you sent|you sent me|you sent)
    [do you have any|are there any|i have no|i do not have any|any] questions [about THIS] before we READY
    (do you have any|are there any|any) questions about (THIS|the SHEET)
    AGREE to (take part|participate|taking part|participating) in this INTERVIEW
    AGREE (to|for) (be|being|it being|THIS being|the) [audio|video] (recorded|recording)
    i am happy to be [audio|video] recorded
    i am (fine|happy|okay|ok) with you recording [this|me|it]
    i will (send|email) you (the|a) (transcript|recording|SHEET)
    THIS (will|should|is going to) (take|last) [about|around|up to|approximately|roughly]* MINUTES
"""
MEETING = """
    [it is] [very] (nice|good|lovely|great|pleased|a pleasure) to meet you [all|too]*
    my name is xname
    i am xname
    (i am|my name is) xcapital [it is] [so|very] (nice|good|lovely|great|pleased|a pleasure) to meet you
    i (am|will be) your (interviewer|moderator) [today]
    i (am|will be) (moderating|facilitating) (this|today's) (interview|focus group)
    ((shall|can|could|should|may) (we|i)|let us) [please] (meet|speak|talk|schedule|reschedule\
    |arrange|say|call you) [up|it|this|that|again|for|another (meeting|call|interview|session)]*\
    WHEN [WHEN]*
    (does|would|is|will) WHEN [WHEN]* (work|suit|be|ok|okay|good|fine) [okay|ok|fine|good] [for] you
    how long (will|is|does) THIS (take|last|going to take|going to last)
    (shall|can|could|let) (we|us) (take|have) a [short|quick]* break
    (shall|can|let) (we|i|us) (start|begin|get started)
    are you ready to (start|begin)
    let me [just|quickly]* (close|shut|get) the (door|window)
    let me [just] take this call
"""
TAILS = """
    (can|could) you [all|still] see (this|it|that)
    [i am|it is] (happy|glad|pleased|nice|good|lovely) to be here [today|with you]
    how are you [today|doing|all]*
    [for|in] [just] (a|one) (second|moment|minute|sec)
    bear with me
    loud and clear
    out loud
    once more
    good (morning|afternoon|evening)
    i (think|guess|suppose|believe)
    [it] (seems|looks like)
    if (that|this) is (ok|okay|all right|alright|fine) [with you|for you]
    if you (like|do not mind)
    before we READY
    participation is [entirely|completely|purely] voluntary
    you can stop ANYTIME [to]
    you do not have to agree [with each other]
    [and|then]* we will be done
    we are (nearly|almost) (done|there|finished)
    (once|after|when) (it|they) (has|have) been (transcribed|typed up)
    without (giving|having to give) [us|me] (a|any) (reason|reasons)
    number NUMBER
    [anywhere] in (the|any|our) (report|reports|transcript|transcripts|publication|publications|results)
    (if|that) you do not (want|wish) to [answer]
    [that] you do not feel comfortable with
    (after|before|once|when) (you|we|i) [have] (turn|turned|switch|switched|stop|stopped) [off] RECORDING [off]
    all of you
    on (my|your) end
    hang on
    just checking
    hold on
    not yet
"""
TASKS = """
    ((i|we) (will|am going to|are going to)|let (me|us)|shall (i|we)|i am) [now|just|probably]* (move|moving|go|going\
    |turn|continue|proceed|carry) [on|ahead|over|straight]* [to|with|for|onto|into] (TASKS|the next (step|steps)|NUMBER)
    (moving|going) [back|on|ahead|over]* (to|with|onto) TASKS
    [you should|please] (proceed|continue) (to|with) TASKS
    (TASKS|that|this) (is|was) [now|already|also]* [TASKS] (completed|complete|done|finished) [now|NUMBER]*
    (that|this) (is|was) [it for|the end of|all for] TASKS
    TASKS (completed|done|finished) [NUMBER]*
    (i|we|you) [have] [now|just|already]* (completed|finished|done) [with] TASKS
    completed TASKS
"""
WORDS = """
    a again ah ahead all already alright aloud also and anyway bye cool eh er erm everybody everyone exactly fantastic
    fine first good great guys hello here hey hi hm hmm i instead it just mhm mm mmm now oh ok okay one or perfect
    please really right so sorry still sure thank thanks that the then there this today uh uhm um well welcome yeah yep
    yes yet you
"""
ENGLISH = Phrases(RECORDING + QUESTIONS + CONSENT + MEETING, TAILS, WORDS, TASKS)
