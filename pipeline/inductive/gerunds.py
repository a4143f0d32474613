"""The -ing form of English verbs, in American spelling where the two differ ("traveling")."""

import re

from pipeline.corpus import text_layout

# Verbs of several syllables that are stressed on the last, which doubles their last consonant ("refer", not "offer").
STRESSED = text_layout.word_list(
    """
    abet abhor abut acquit admit allot annul befit begin commit compel concur confer control debar debug defer demur
    deter dispel emit enrol equip excel expel extol forbid forget format fulfil handicap impel incur infer kidnap occur
    offset omit outfit outrun overlap patrol permit prefer program propel rebel rebut recur refer regret remit rerun
    reset repel submit transfer transmit unplug unwrap unzip upset worship zigzag
    """
)


def gerund(lemma: str) -> str:
    """Return the -ing form of a verb: "offer" gives "offering", "refer" "referring", "equip" "equipping"."""
    if lemma.endswith("ie"):
        return f"{lemma[:-2]}ying"
    if lemma.endswith("e") and not lemma.endswith(("ee", "oe", "ye")) and len(lemma) > 2:
        return f"{lemma[:-1]}ing"
    if re.search("[aeiou]c$", lemma):
        return f"{lemma}king"
    plain = lemma.replace("qu", "q")
    one_syllable = len(re.findall("[aeiou]+", plain)) == 1
    if lemma in STRESSED or (one_syllable and re.search("[^aeiou][aeiou][bdgklmnprtvz]$", plain)):
        return f"{lemma}{lemma[-1]}ing"
    return f"{lemma}ing"
