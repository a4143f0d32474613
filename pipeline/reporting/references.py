"""References of the methods section, by citation."""

WORKS = {
    "Angelopoulos et al. 2021": (
        "Angelopoulos AN, Bates S, Candès EJ, Jordan MI, Lei L. Learn then test: calibrating predictive algorithms to "
        "achieve risk control. arXiv:2110.01052, 2021."
    ),
    "Blondel et al. 2008": (
        "Blondel VD, Guillaume J-L, Lambiotte R, Lefebvre E. Fast unfolding of communities in large networks."
        " J Stat Mech 2008:P10008."
    ),
    "Byrt et al. 1993": "Byrt T, Bishop J, Carlin JB. Bias, prevalence and kappa. J Clin Epidemiol 1993;46:423–429.",
    "Cohen 1960": "Cohen J. A coefficient of agreement for nominal scales. Educ Psychol Meas 1960;20:37–46.",
    "De Vries et al. 2008": (
        "De Vries H, Elliott MN, Kanouse DE, Teleki SS. Using pooled kappa to summarize interrater agreement across "
        "many items. Field Methods 2008;20:272–282."
    ),
    "Deerwester et al. 1990": (
        "Deerwester S, Dumais ST, Furnas GW, Landauer TK, Harshman R. Indexing by latent semantic analysis. J"
        " Am Soc Inf Sci 1990;41:391–407."
    ),
    "Dhillon and Modha 2001": (
        "Dhillon IS, Modha DS. Concept decompositions for large sparse text data using clustering. Mach Learn"
        " 2001;42:143–175."
    ),
    "Efron and Stein 1981": "Efron B, Stein C. The jackknife estimate of variance. Ann Stat 1981;9:586–596.",
    "Efron and Tibshirani 1993": "Efron B, Tibshirani RJ. An introduction to the bootstrap. Chapman & Hall, 1993.",
    "Fleiss 1971": "Fleiss JL. Measuring nominal scale agreement among many raters. Psychol Bull 1971;76:378–382.",
    "Fred and Jain 2005": (
        "Fred ALN, Jain AK. Combining multiple clusterings using evidence accumulation. IEEE Trans Pattern "
        "Anal Mach Intell 2005;27:835–850."
    ),
    "Gale et al. 2013": (
        "Gale NK, Heath G, Cameron E, Rashid S, Redwood S. Using the framework method for the analysis of "
        "qualitative data in multi-disciplinary health research. BMC Med Res Methodol 2013;13:117."
    ),
    "Grootendorst 2022": (
        "Grootendorst M. BERTopic: neural topic modeling with a class-based TF-IDF procedure. arXiv:2203.05794, 2022."
    ),
    "Guest et al. 2020": (
        "Guest G, Namey E, Chen M. A simple method to assess and report thematic saturation in qualitative "
        "research. PLoS One 2020;15:e0232076."
    ),
    "Gwet 2008": (
        "Gwet KL. Computing inter-rater reliability and its variance in the presence of high agreement. Br J "
        "Math Stat Psychol 2008;61:29–48."
    ),
    "Hennig 2007": "Hennig C. Cluster-wise assessment of cluster stability. Comput Stat Data Anal 2007;52:258–271.",
    "Hubert and Arabie 1985": "Hubert L, Arabie P. Comparing partitions. J Classif 1985;2:193–218.",
    "Krippendorff 2004": "Krippendorff K. Content analysis: an introduction to its methodology. 2nd ed. Sage, 2004.",
    "Monroe et al. 2008": (
        "Monroe BL, Colaresi MP, Quinn KM. Fightin' words: lexical feature selection and evaluation for "
        "identifying the content of political conflict. Polit Anal 2008;16:372–403."
    ),
    "Passonneau 2006": (
        "Passonneau R. Measuring agreement on set-valued items (MASI) for semantic and pragmatic annotation. LREC 2006."
    ),
    "Platt 1999": (
        "Platt JC. Probabilistic outputs for support vector machines and comparisons to regularized "
        "likelihood methods. In: Advances in large margin classifiers. MIT Press, 1999."
    ),
    "Radev et al. 2004": (
        "Radev DR, Jing H, Styś M, Tam D. Centroid-based summarization of multiple documents. Inf Process "
        "Manag 2004;40:919–938."
    ),
    "Radovanović et al. 2010": (
        "Radovanović M, Nanopoulos A, Ivanović M. Hubs in space: popular nearest neighbors in "
        "high-dimensional data. J Mach Learn Res 2010;11:2487–2531."
    ),
    "Reimers and Gurevych 2019": (
        "Reimers N, Gurevych I. Sentence-BERT: sentence embeddings using Siamese BERT-networks. EMNLP-IJCNLP "
        "2019:3982–3992."
    ),
    "Rifkin and Klautau 2004": (
        "Rifkin R, Klautau A. In defense of one-vs-all classification. J Mach Learn Res 2004;5:101–141."
    ),
    "Rosenberg and Hirschberg 2007": (
        "Rosenberg A, Hirschberg J. V-measure: a conditional entropy-based external cluster evaluation "
        "measure. EMNLP-CoNLL 2007:410–420."
    ),
    "Tulkens and van Dongen 2024": (
        "Tulkens S, van Dongen T. Model2Vec: fast state-of-the-art static embeddings. Zenodo, 2024. "
        "doi:10.5281/zenodo.17270888."
    ),
    "Vinh et al. 2010": (
        "Vinh NX, Epps J, Bailey J. Information theoretic measures for clusterings comparison: variants, "
        "properties, normalization and correction for chance. J Mach Learn Res 2010;11:2837–2854."
    ),
    "IJQM 2025": (
        "Generative AI in qualitative research and related transparency problems: a novel heuristic for disclosing "
        "uses "
        "of AI. Int J Qual Methods 2025. doi:10.1177/16094069251404329."
    ),
    "Wolpert 1992": "Wolpert DH. Stacked generalization. Neural Netw 1992;5:241–259.",
}


def cited(text: str) -> tuple[str, ...]:
    """The works that a text cites, in the order of their authors."""
    return tuple(WORKS[name] for name in sorted(WORKS) if name in text)
