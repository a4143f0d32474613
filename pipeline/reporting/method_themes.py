"""What a methods section says of candidate themes: what grouped segments, what named groups, what people decided."""

from pipeline.core import prose
from pipeline.core.stage_record import Record


def grouping(done: Record, *, reflexive: bool) -> list[str]:
    """What was grouped and how; nothing is said of a clustering that did not run."""
    if not done:
        return []
    if not done["segments"]:
        return ["No segment took part in grouping, so there is no candidate theme."]
    if not done["divided"]:
        differ = f" ({done['different']} of them different)" if done["different"] < done["segments"] else ""
        return [
            f"{prose.count(done['segments'], 'segment').capitalize()}{differ} {_were(done['segments'])} too little to "
            f"be divided (fewer than {done['min_segments']}): nothing was clustered, and what was said stands as one "
            "group."
        ]
    return [_context(done), _clusterings(done), _consensus(done, reflexive=reflexive), *_sample(done)]


def labels(done: Record) -> list[str]:
    """What named the themes, and what part BERTopic had in it."""
    if not done or not done["segments"]:
        return []
    own = done["labels"].get("words", 0)
    if not done["words"]:
        said = ["No word could name a group, so groups have no label of their own."]
    else:
        phrases = f", and noun phrases that {done['phrases']} found in them" if done["phrases"] else ""
        said = [
            f"The words of each group were weighed by class-based TF-IDF as {done['words']} computes it (Grootendorst "
            f"2022), which had no part in the grouping. Labels{'' if own else ' that nobody else worded'} and the "
            f"{prose.count(done['keywords'], 'keyword')} of each theme are words of the segments{phrases}, ranked by "
            "that weight, by how near the talk that holds them is to the theme, and by how many participants use them."
        ]
    if done["labeller"]:
        n = done["labels"].get(done["labeller"], 0)
        said.append(
            f"The language model {done['labeller']} was given the keywords and up to "
            f"{prose.count(done['exemplars'], 'passage')} of each group and asked to word a label: {n} of "
            f"{prose.count(done['themes'], 'label')} {_are(n)} its words."
        )
    unnamed = done["labels"].get("", 0)
    if unnamed:
        groups = prose.count(unnamed, "group").capitalize()
        said.append(f"{groups} mostly in another language than English {_are(unnamed)} without a label.")
    people = done["labels"].get("people", 0)
    if people:
        said.append(f"{prose.count(people, 'label').capitalize()} {_are(people)} the researchers’.")
    return said


def generative(done: Record) -> str:
    """Whether a generative model had any part: only the optional labeller is one."""
    if not done:
        return ""
    if done["labeller"]:
        return f"No generative model was used but {done['labeller']}, for labels."
    return "No generative model was used."


def steadiness(done: Record) -> list[str]:
    """How it was tried whether themes come back."""
    if not done or not done["divided"]:
        return []
    left = [
        (done["cases_left_out"], "participant", "participants"),
        (done["values_left_out"], "value of an attribute", "values of attributes"),
    ]
    told = [prose.count(n, one, many) for n, one, many in left if n]
    said = []
    if done["reruns"]:
        said.append(
            f"To see how steady they are, themes were sought again {_runs(done['reruns'])} with "
            f"{prose.percent(done['leave_out'])} of the sources left out (Hennig 2007)."
        )
    if told:
        said.append(f"They were also sought without each of {prose.listed(told)} on which they lean most.")
    return said or ["How steady the themes are was not measured."]


def decisions(done: Record, *, decided: str = "") -> list[str]:
    """What people decided, and that it stayed. `decided`: what has become of the themes, in words."""
    if not done or not done["themes"]:
        return []
    if not done["decisions"]:
        return ["The researchers had recorded no decision on a theme when this was computed."]
    n = done["decisions"]
    return [
        f"{prose.count(n, 'decision').capitalize()} of the researchers {_were(n)} kept, whatever the grouping said.",
        f"{decided}." if decided else "",
        f"Where the grouping put more than {prose.percent(done['shift_share'])} of a theme of theirs elsewhere, they "
        "are asked.",
    ]


def _context(done: Record) -> str:
    parts = []
    if done["context"]:
        near = "the segments just" if done["context"] == 1 else f"the {done['context']} segments"
        further = f", and each further one by {done['context_decay']:g} of the last" if done["context"] > 1 else ""
        parts.append(
            f"of {near} before and after it in the same talk, as far as the talk went on (weight "
            f"{done['context_decay']:g}{further})"
        )
    if done["question"] and done["answers"]:
        parts.append(f"of the question it answers (weight {done['question']:g})")
    if not parts:
        return "Segments were grouped by their own vectors, without the talk around them."
    return f"To group segments, the vector of each was mixed with those {prose.listed(parts)}."


def _clusterings(done: Record) -> str:
    low, high = done["resolutions"]
    near = prose.listed([str(count) for count in done["neighbours"]], last="or")
    found = [
        f"{_runs(done['communities'])} the communities of the graph that joins each segment to its {near} nearest by "
        f"cosine (Louvain method, resolution {low:g} to {high:g}; Blondel et al. 2008; {done['clustering']})"
    ]
    if done["centres"]:
        found.append(
            f"{_runs(done['centres'])} as many groups around centres (spherical k-means; Dhillon and Modha 2001)"
        )
    views = prose.listed([str(count) for count in done["directions"]], last="or")
    seen = f", in the first {views} principal components" if views else ", in all directions of the vectors"
    each = (
        f"Each used about {prose.percent(done['keep'])} of the sources, drawn with the seed {done['seed']}; the "
        "segments left out joined the group they were nearest to."
        if done["keep"] < 1
        else f"Each used all sources; the seed was {done['seed']}."
    )
    return (
        f"Candidate themes are what stayed together over {prose.count(done['runs'], 'clustering')} (evidence "
        f"accumulation; Fred and Jain 2005): {prose.listed(found)}{seen}. {each}"
    )


def _consensus(done: Record, *, reflexive: bool) -> str:
    score = next(iter(done["curve"].values()), None)
    mean = f" (mean adjusted Rand index {score:.2f}; Hubert and Arabie 1985)" if score is not None else ""
    number = (
        f"The number of themes, {done['n_themes']}, was set by the researchers, and the cut nearest to it was taken."
        if done["n_themes"] is not None
        else "Of all cuts of this hierarchy the one that agreed best with the clusterings was taken"
        + ("." if reflexive else f"{mean}.")
    )
    apart = f" Of the segments, {done['apart']:,} {_are(done['apart'])} unlike any other and in no theme."
    return (
        "The graph of neighbours, weighted by how often two segments shared a group, was divided finely (Louvain "
        f"method, resolution {done['fineness']:g}), groups of fewer than {prose.count(done['min_size'], 'segment')} "
        f"joined the one they were most often with, and the rest was joined by average linkage. {number} This gave "
        f"{prose.count(done['clusters'], 'candidate theme')}.{apart if done['apart'] else ''}"
    )


def _sample(done: Record) -> list[str]:
    if done["clustered"] == done["segments"]:
        return []
    return [
        f"Clusterings were made of a sample of {done['clustered']:,} of the "
        f"{prose.count(done['segments'], 'segment')}, the same share of each source and participant; every other "
        "segment joined the theme whose centre it is nearest to."
    ]


def _runs(number: int) -> str:
    return "once" if number == 1 else f"{number:,} times"


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
