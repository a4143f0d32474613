"""Map codes: scores every segment for every code of the framework, from its words and from human codes.

Without human codes there is only zero-shot mapping. With enough coded passages, few-shot mapping is added and becomes
the primary method: themes are compared with it, and the report shows it. Both stay in the tables, so that each can be
compared with the coders.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from pipeline.core import coders, contracts, languages, model_registry, stage_runner, store
from pipeline.core.params import SEED, MapCodes
from pipeline.core.terms import Uncoded
from pipeline.corpus import exchanges, language_detection
from pipeline.deductive import (
    abstention,
    codebook,
    coded,
    learning_curve,
    mapping,
    mapping_features,
    mapping_few,
    mapping_zero,
    negative_cases,
    notes,
    promise,
    record,
    theme_codes,
    valence,
)
from pipeline.deductive.codebook import Codebook
from pipeline.deductive.mapping_near import Ints
from pipeline.vectors import context, encoder

Encode = Callable[[list[str]], npt.NDArray[np.float32]]
Tables = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Input:
    """The stage's inputs: segments sorted by `context.order`, their vectors, codings, themes and codebook.

    `known`: languages of the embedding model; empty if it takes any.
    """

    segments: pd.DataFrame
    vectors: npt.NDArray[np.float32]
    codings: pd.DataFrame
    themes: pd.DataFrame
    book: Codebook
    known: frozenset[str] = frozenset()

    def readable(self) -> "Input":
        """Return the input limited to segments in a language of the model, and their themes."""
        segments = self.segments
        is_readable = languages.read_in(segments["language"], segments["n_words"], self.known)
        if is_readable.all():
            return self
        themes = self.themes[self.themes["segment_id"].isin(segments.loc[is_readable, "segment_id"])].reset_index(
            drop=True
        )
        return replace(self, segments=segments.assign(substantive=segments["substantive"] & is_readable), themes=themes)


def map_codes(
    data: Input, *, encode: Encode, options: MapCodes, uncoded: Uncoded = "negative", seed: int = SEED
) -> Tables:
    """Return all tables of the stage by name. `encode`: encodes the codebook's texts.

    `uncoded`: how uncoded passages are treated. `seed`: of random steps. Segments in a language that the model does not
    know are left out and have no rows.
    """
    codes = coded.tree(data.book, data.codings)
    all_data, data = data, data.readable()
    messages = [*_unread(all_data, data), *notes.notes(data.book, data.codings, codes=codes, uncoded=uncoded)]
    readable_book = _book_is_read(data)
    substantive = data.segments[data.segments["substantive"]].reset_index(drop=True)
    results: list[mapping.Mapped] = []
    units = _units(substantive, options)
    truth, apart = _truth(data, substantive, codes, uncoded=uncoded, units=units)
    messages += apart
    material, curve = None, pd.DataFrame()
    if codes.names and len(substantive):
        material = _material(data, substantive, codes, encode=encode, options=options, seed=seed)
        if len(data.book) and readable_book:
            rate = options.codes_per_segment
            results.append(mapping.zero_shot(material, book=data.book, codes=codes, codes_per_segment=rate))
        n_coded = int(truth.direct.any(axis=1).sum())
        if n_coded >= options.min_passages:
            learning = _learning(options)
            few = mapping.few_shot(material, codes=codes, truth=truth, units=units, options=learning)
            results.append(few)
            messages += [promise.sentence(few.promised)] if few.promised is not None else []
            curve = learning_curve.rows(
                material, few, codes=codes, truth=truth, options=learning, units=units, seed=seed
            )
        elif len(data.codings):
            messages.append(
                f"Only {n_coded} segment{' is' if n_coded == 1 else 's are'} coded, fewer than map_codes.min_passages "
                f"({options.min_passages}): codes were mapped from the codebook's words alone."
            )
    tables = _tables(data, substantive, results, truth, codes=codes, options=options, seed=seed)
    tables["learning_curve"] = _table("learning_curve", [curve])
    if results and material is not None:
        assignments, primary = tables["code_assignments"], _primary(results)
        accepted = assignments[assignments["accepted"] & (assignments["method"] == primary.method)]
        tables |= _read_against(data, material, primary, codes=codes, options=options, given=accepted)
    stage_record = record.record(
        tables, results, material, truth, book=data.book, codes=codes, options=options, uncoded=uncoded, seed=seed
    )
    stage_record["unread"] = _languages_left_out(all_data, data).value_counts().to_dict()
    rows = [{"kind": "note", "document": "", "place": "", "reason": reason} for reason in messages]
    return {name: _table(name, [assignments]) for name, assignments in tables.items()} | {
        "map_codes_problems": _table("map_codes_problems", [pd.DataFrame(rows)]),
        "map_codes_record": stage_record.table(),
    }


def _truth(
    data: Input, substantive: pd.DataFrame, codes: coded.Tree, *, uncoded: Uncoded, units: Ints | None
) -> tuple[coded.Truth, list[str]]:
    """Return what people coded, and a message on documents that do not tell what has no code."""
    marked = exchanges.with_answers(data.codings, data.segments)
    truth = coded.truth(substantive, marked, codes=codes, uncoded=uncoded)
    if units is not None:
        truth = coded.shared(truth, units)
    documents = substantive["document"].to_numpy(dtype=np.str_)
    apart = coded.coded_apart(truth, documents) if uncoded == "negative" else []
    if not apart:
        return truth, []
    return coded.without(truth, documents, apart), [
        f"The codes of other documents hardly occur in {notes.listed(apart)}, coded by markers or in part, it "
        "seems. There was no learning from them, because uncoded passages there do not mean that no code applies. "
        f"Finish coding them, or mark passages that were read and have no code as '{coders.NO_CODE}'."
    ]


def _units(substantive: pd.DataFrame, options: MapCodes) -> Ints | None:
    """Return the number of the exchange that each segment belongs to; None if segments are coded by themselves."""
    if options.coded_unit == "segment":
        return None
    return pd.factorize(exchanges.exchange_ids(substantive))[0].astype(np.int64)


def _primary(results: Sequence[mapping.Mapped]) -> mapping.Mapped:
    """Return the result of the study's primary method."""
    best = coders.primary(result.method for result in results)
    return next(result for result in results if result.method == best)


def _learning(options: MapCodes) -> mapping_few.Options:
    return mapping_few.Options(
        folds=options.folds,
        ridge=options.ridge,
        text_weight=options.text_weight,
        by_words=options.by_words,
        aim=options.aim,
        precision=options.precision,
    )


def _material(
    data: Input, talk: pd.DataFrame, codes: coded.Tree, *, encode: Encode, options: MapCodes, seed: int
) -> mapping.Material:
    """Return the vectors of segments and codebook texts, and zero-shot scores."""
    views = mapping_features.views(data.segments, data.vectors, neighbours=options.context, decay=options.context_decay)
    texts = mapping_zero.texts(data.book)
    asked = list(dict.fromkeys((*texts, *valence.ANCHORS)))
    vectors = dict(zip(asked, encode(asked), strict=True))
    lines = [(text, code.name) for code in data.book.codes for text in mapping_zero.lines(code)]
    place = {name: number for number, name in enumerate(codes.names)}
    above = codes.above
    return mapping.Material(
        segments=talk,
        views=views,
        lines=tuple(text for text, _ in lines),
        of_line=above[[place[name] for _, name in lines]].reshape(len(lines), len(codes.names)),
        words=mapping_zero.scores(views, book=data.book, vectors=vectors)
        if len(data.book)
        else np.zeros((len(talk), 0)),
        vectors=vectors,
        vocabulary=options.vocabulary,
        seed=seed,
    )


def _tables(
    data: Input,
    substantive: pd.DataFrame,
    results: Sequence[mapping.Mapped],
    truth: coded.Truth,
    *,
    codes: coded.Tree,
    options: MapCodes,
    seed: int,
) -> Tables:
    """Return each method's codes and quality, and the primary method's codes by theme."""
    tables: dict[str, list[pd.DataFrame]] = {
        "code_assignments": [mapping.assignments(result, substantive, codes=codes) for result in results],
        "segment_codes": [
            abstention.status(result, substantive, codes=codes, doubt=options.doubt) for result in results
        ],
    }
    if truth.seen.any():
        tables["mapping_quality"] = [abstention.quality(result, truth, codes=codes) for result in results]
        probable = [result for result in results if result.method != "zero_shot"]
        tables["code_reliability"] = [abstention.curve(result, truth, codes=codes) for result in probable]
    if results:
        best = _primary(results)
        primary = tables["code_assignments"][results.index(best)]
        names = [name for name in best.codes if name in codes.given]
        category_of = {name: codes.category(name) for name in names}
        crossed, recovered = theme_codes.against_themes(
            data.themes, primary[primary["accepted"]], category_of=category_of, segments=substantive, seed=seed
        )
        if len(crossed):
            tables["theme_code"], tables["code_themes"] = [crossed], [recovered]
            tables["theme_code_quotes"] = [theme_codes.quotes(crossed, data.themes, primary)]
    return {name: _table(name, frames) for name, frames in tables.items()}


def _read_against(
    data: Input,
    material: mapping.Material,
    primary: mapping.Mapped,
    *,
    codes: coded.Tree,
    options: MapCodes,
    given: pd.DataFrame,
) -> Tables:
    """Return the valence of each segment with a code, and the negative cases of each code."""
    anchors = np.stack([material.vectors[text] for text in valence.ANCHORS])
    talk = material.segments
    # Its word lists and model sentences are English, whatever the embedding model supports.
    read = languages.read_in(talk["language"], talk["n_words"], {languages.ENGLISH}).to_numpy()
    rows = primary.accepted.any(axis=1) & read
    wording = valence.witness(talk["text"].tolist(), material.views.plain, anchors)
    everything = valence.valences(
        talk, wording, codings=data.codings, features=lambda: material.learned_from[0], options=_learning(options)
    )
    valences = everything.loc[np.flatnonzero(rows)].reset_index(drop=True)
    most = options.negative_cases
    near = negative_cases.near(primary, talk, codes=codes, most=most)
    against = negative_cases.contradicting(given, valences, data.themes, most=most)
    return {"valence": valences, "negative_cases": _table("negative_cases", [near, against])}


def _table(name: str, frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return concatenated rows in the table's column order; an empty table if there are none."""
    non_empty = [frame for frame in frames if len(frame)]
    return pd.concat(non_empty, ignore_index=True)[list(store.empty(name).columns)] if non_empty else store.empty(name)


def _languages_left_out(all_data: Input, data: Input) -> pd.Series:
    """Return the languages of the segments that were left out because of them."""
    left_out = all_data.segments["substantive"] & ~data.segments["substantive"]
    return all_data.segments.loc[left_out, "language"]


def _unread(all_data: Input, data: Input) -> list[str]:
    """Return messages about what was left out because of its language."""
    languages_left_out = _languages_left_out(all_data, data)
    messages = []
    if len(languages_left_out):
        spoken = languages.listed(languages_left_out.value_counts().index.to_list())
        consequence = (
            "Mapping and valence are not available."
            if not data.segments["substantive"].any()
            else (
                "All mapping and valence figures, and their agreement with human coders, are based on the "
                "remaining segments."
            )
        )
        messages.append(
            f"{len(languages_left_out):,} of {int(all_data.segments['substantive'].sum()):,} segments were not "
            "mapped: they "
            f"are in {spoken}, but embed.model supports {languages.listed(sorted(data.known))} only. "
            f"{consequence}"
        )
    if not _book_is_read(data):
        messages.append(
            f"The codebook is not in {languages.listed(sorted(data.known))}, the language of embed.model, "
            "so its words were not used for mapping. Translate its definitions, or have people code some "
            "passages."
        )
    return messages


def _book_is_read(data: Input) -> bool:
    """Return whether the codebook is in a language of the model, as far as it can be detected."""
    texts = [text for code in data.book.codes for text in mapping_zero.lines(code)]
    if not data.known or languages.looks_english(texts):
        return True
    return language_detection.detect_language(texts).language in (*data.known, languages.UNKNOWN)


def opened(tables: Tables, book: Codebook, *, known: frozenset[str] = frozenset()) -> Input:
    """Return a study from the stage's input tables: segments sorted by `context.order`, each with its vector."""
    segments = tables["segments"].iloc[context.order(tables["segments"])].reset_index(drop=True)
    by_id = tables["embeddings"].set_index("segment_id")["vector"]
    rows = by_id.loc[segments["segment_id"]].tolist()
    vectors = np.stack(rows).astype(np.float32) if rows else np.zeros((0, 1), dtype=np.float32)
    columns = ["document", "start", "end", "coder", "code"]
    codings = tables["codings"].sort_values(columns, ignore_index=True)
    return Input(segments, vectors, codings, tables["theme_assignments"], book, known)


def main() -> None:
    """Map the study's segments; the codebook's vectors are cached separately."""
    with stage_runner.opened("map_codes") as params:
        data = opened(
            {
                "codings": store.read(params.folder, "codings"),
                "segments": store.read(params.folder, "segments"),
                "embeddings": store.read(params.folder, "embeddings"),
                "theme_assignments": store.read(params.folder, "theme_assignments"),
            },
            codebook.load_codebook(params.places.codebook),
            known=model_registry.languages(params.embed.model),
        )
        cache = params.places.cache / "codebook_vectors.parquet"
        tables = map_codes(
            data,
            encode=lambda texts: encoder.encode(texts, **params.embed.model_dump(), cache=cache),
            options=params.map_codes,
            uncoded=params.uncoded,
            seed=params.seed,
        )
        for name in contracts.MAP_CODES.writes:
            store.write(params.folder, name, tables.get(name, store.empty(name)))


if __name__ == "__main__":
    main()
