"""JSON of transcription programs: each nests and names things in its own way, and says who speaks somewhere else."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.corpus.readers import json_turns
from pipeline.corpus.readers.model import Labels, RefusedError

LABELS = Labels(("interviewer",))
TALK = [
    "How do you begin a day?",
    "I open the shed, and look at the list on the door.",
    "And who writes that list?",
    "The night team writes it, and nobody can read it.",
    "Would you change it?",
    "I would put it on a screen for everybody.",
]
FULL = " ".join(TALK)
# (start, end, speaker 0 or 1, words), and the same for each word.
SAID = [(5.0 * at, 5.0 * at + 4.5, at % 2, words) for at, words in enumerate(TALK)]
WORDS = [
    (round(start + 0.2 * at, 2), round(start + 0.2 * at + 0.1, 2), who, word)
    for start, _, who, words in SAID
    for at, word in enumerate(words.split())
]
WHO = ["Ana", "bo k."]


def clock(seconds):
    return f"00:00:{seconds:06.3f}".replace(".", ",")


AWS_WORDS = [
    {"start_time": str(start), "end_time": str(end), "alternatives": [{"content": word}], "type": "pronunciation"}
    for start, end, _, word in WORDS
]
AWS = {
    "results": {
        "transcripts": [{"transcript": FULL}],
        "speaker_labels": {
            "segments": [
                {
                    "start_time": str(start),
                    "end_time": str(end),
                    "speaker_label": f"spk_{who}",
                    "items": [
                        {"start_time": str(one), "end_time": str(two), "speaker_label": f"spk_{who}"}
                        for one, two, other, _ in WORDS
                        if start <= one < start + 5
                    ],
                }
                for start, end, who, _ in SAID
            ]
        },
        "items": AWS_WORDS,
    }
}
AWS_SEGMENTS = {
    "results": {
        "transcripts": [{"transcript": FULL}],
        "items": [
            {**item, "speaker_label": f"spk_{who}"} for item, (_, _, who, _) in zip(AWS_WORDS, WORDS, strict=True)
        ],
        "audio_segments": [
            {"id": 0, "transcript": words, "start_time": str(start), "speaker_label": f"spk_{who}", "items": [0, 1]}
            for start, _, who, words in SAID
        ],
    }
}
AWS_CHANNELS = {
    "results": {
        "transcripts": [{"transcript": FULL}],
        "channel_labels": {
            "channels": [
                {
                    "channel_label": f"ch_{channel}",
                    "items": [item for item, (_, _, who, _) in zip(AWS_WORDS, WORDS, strict=True) if who == channel],
                }
                for channel in (0, 1)
            ]
        },
    }
}
DEEPGRAM_WORDS = [
    {"word": word.lower().strip(".,?"), "punctuated_word": word, "start": start, "end": end, "speaker": who}
    for start, end, who, word in WORDS
]
DEEPGRAM = {"results": {"channels": [{"alternatives": [{"transcript": FULL, "words": DEEPGRAM_WORDS}]}]}}
GOOGLE_WORDS = [{"startTime": f"{start}s", "word": word, "speakerTag": who + 1} for start, _, who, word in WORDS]
GOOGLE_V1 = {
    "results": [
        *(
            {
                "alternatives": [
                    {"transcript": f" {words}", "words": [{"word": x, "speakerTag": 0} for x in words.split()]}
                ]
            }
            for words in TALK
        ),
        {"alternatives": [{"words": GOOGLE_WORDS}]},
    ]
}
GOOGLE_V2 = {
    "results": [
        {
            "alternatives": [
                {
                    "transcript": words,
                    "words": [
                        {"startOffset": f"{start}s", "word": x, "speakerLabel": str(who + 1)} for x in words.split()
                    ],
                }
            ]
        }
        for start, _, who, words in SAID
    ]
}
AZURE = {
    "combinedRecognizedPhrases": [{"channel": 0, "display": FULL}],
    "recognizedPhrases": [
        {"speaker": who + 1, "offset": f"PT{start}S", "nBest": [{"display": words}, {"display": f"no {words}"}]}
        for start, _, who, words in SAID
    ],
}
AZURE_FAST = {
    "combinedPhrases": [{"text": FULL}],
    "phrases": [
        {"speaker": who + 1, "offsetMilliseconds": int(1000 * start), "text": words} for start, _, who, words in SAID
    ],
}
SPEECHMATICS = {
    "results": [
        part
        for start, end, who, word in WORDS
        for part in (
            {
                "type": "word",
                "start_time": start,
                "alternatives": [{"content": word.strip(".,?"), "speaker": f"S{who + 1}"}],
            },
            *(
                {
                    "type": "punctuation",
                    "start_time": end,
                    "alternatives": [{"content": word[-1], "speaker": f"S{who + 1}"}],
                }
                for _ in range(word[-1] in ".,?")
            ),
        )
    ]
}
WATSON = {
    "results": [
        {
            "alternatives": [
                {"transcript": words, "timestamps": [[w, s, e] for s, e, _, w in WORDS if start <= s < start + 5]}
            ]
        }
        for start, _, _, words in SAID
    ],
    "speaker_labels": [{"from": start, "to": end, "speaker": who} for start, end, who, _ in WORDS],
}
REV = {
    "speakers": [{"id": 0, "name": "Ana"}, {"id": 1, "name": "bo k."}],
    "monologues": [
        {
            "speaker": who,
            "elements": [
                part
                for word in words.split(" ")
                for part in ({"type": "punct", "value": " "}, {"type": "text", "value": word, "ts": start})
            ][1:],
        }
        for start, _, who, words in SAID
    ],
}
OTTER = {
    "speech": {
        "speakers": [{"id": 7, "speaker_name": "Ana"}, {"id": 8, "speaker_name": "bo k."}],
        "transcripts": [
            {"transcript": words, "speaker_id": 7 + who, "start_offset": int(16000 * start)}
            for start, _, who, words in SAID
        ],
    }
}
INDEXER = {
    "insights": {
        "transcript": [
            {"text": words, "speakerId": who, "instances": [{"start": f"0:00:{start:04.1f}"}]}
            for start, _, who, words in SAID
        ],
        "speakers": [{"id": 0, "name": "Ana"}, {"id": 1, "name": "bo k."}],
    }
}
AMBERSCRIPT = {
    "segments": [
        {"speaker": f"spk{who}", "words": [{"text": x, "start": start} for x in words.split()]}
        for start, _, who, words in SAID
    ],
    "speakers": [{"spkid": "spk0", "name": "Ana"}, {"spkid": "spk1", "name": "bo k."}],
}


def whisper_cpp(text, **more):
    return {
        "transcription": [
            {
                "timestamps": {"from": clock(start), "to": clock(end)},
                "offsets": {"from": int(1000 * start)},
                "text": text(who, words),
            }
            | {name: value(who) for name, value in more.items()}
            for start, end, who, words in SAID
        ]
    }


NAMED = {
    "AWS": (AWS, ["spk_0", "spk_1"]),
    "AWS, segments": (AWS_SEGMENTS, ["spk_0", "spk_1"]),
    "AWS, channels": (AWS_CHANNELS, ["Channel 1", "Channel 2"]),
    "Deepgram": (DEEPGRAM, ["Speaker 0", "Speaker 1"]),
    "Google v1": (GOOGLE_V1, ["Speaker 1", "Speaker 2"]),
    "Google v2": (GOOGLE_V2, ["Speaker 1", "Speaker 2"]),
    "Azure": (AZURE, ["Speaker 1", "Speaker 2"]),
    "Azure, fast": (AZURE_FAST, ["Speaker 1", "Speaker 2"]),
    "Video Indexer": (INDEXER, WHO),
    "Speechmatics": (SPEECHMATICS, ["S1", "S2"]),
    "Watson": (WATSON, ["Speaker 0", "Speaker 1"]),
    "Rev": (REV, WHO),
    "Otter": (OTTER, WHO),
    "Amberscript": (AMBERSCRIPT, WHO),
    "whisper.cpp": (whisper_cpp(lambda _, words: f" {words}", speaker=str), ["Speaker 0", "Speaker 1"]),
    "whisper.cpp, stereo": (whisper_cpp(lambda who, words: f"(speaker {who}) {words}"), ["speaker 0", "speaker 1"]),
    "WhisperX": (
        {
            "segments": [
                {"start": s, "end": e, "text": f" {x}", "speaker": f"SPEAKER_0{w}", "words": []} for s, e, w, x in SAID
            ],
            "word_segments": [],
        },
        ["SPEAKER_00", "SPEAKER_01"],
    ),
    "Whisper, labels in the text": (
        {"text": FULL, "segments": [{"start": s, "text": f" [SPEAKER_0{w}]: {x}"} for s, _, w, x in SAID]},
        ["SPEAKER_00", "SPEAKER_01"],
    ),
    "insanely-fast-whisper": (
        {
            "speakers": [{"speaker": f"SPEAKER_0{w}", "timestamp": [s, e], "text": f" {x}"} for s, e, w, x in SAID],
            "chunks": [{"timestamp": [s, e], "text": f" {x}"} for s, e, _, x in SAID],
            "text": FULL,
        },
        ["SPEAKER_00", "SPEAKER_01"],
    ),
    "who speaks when, apart": (
        {
            "segments": [{"start": s, "end": e, "text": x} for s, e, _, x in SAID],
            "diarization": [{"start": s - 0.2, "end": e + 0.2, "speaker": f"SPEAKER_0{w}"} for s, e, w, _ in SAID],
        },
        ["SPEAKER_00", "SPEAKER_01"],
    ),
    "AssemblyAI": (
        {
            "text": FULL,
            "words": [{"text": x, "start": int(1000 * s), "speaker": "AB"[w]} for s, _, w, x in WORDS],
            "utterances": [{"text": x, "start": int(1000 * s), "speaker": "AB"[w]} for s, _, w, x in SAID],
            "chapters": [{"summary": "About lists", "headline": "Lists", "start": 0}],
        },
        ["Speaker A", "Speaker B"],
    ),
    "ElevenLabs": (
        {
            "words": [
                {"text": x, "type": kind, "start": s, "speaker_id": f"speaker_{w}"}
                for s, _, w, word in WORDS
                for x, kind in ((word, "word"), (" ", "spacing"))
            ]
        },
        ["speaker_0", "speaker_1"],
    ),
    "Soniox": (
        {
            "tokens": [
                {"text": x, "start_ms": int(1000 * s), "speaker": str(w + 1)}
                for s, _, w, word in WORDS
                for x in (f" {word[:2]}", word[2:])
                if x
            ]
        },
        ["Speaker 1", "Speaker 2"],
    ),
    "Sonix": (
        {
            "transcript": [
                {"speaker": f"Speaker{w + 1}", "start_time": s, "words": [{"text": f"{x} "} for x in words.split()]}
                for s, _, w, words in SAID
            ]
        },
        ["Speaker1", "Speaker2"],
    ),
    "Recall": (
        [
            {
                "participant": {"id": w, "name": WHO[w]},
                "words": [{"text": x, "start_timestamp": {"relative": s}} for x in words.split()],
            }
            for s, _, w, words in SAID
        ],
        WHO,
    ),
    "Gladia": (
        {
            "transcription": {"utterances": [{"text": x, "speaker": w, "start": s} for s, _, w, x in SAID]},
            "translation": {
                "results": [{"utterances": [{"text": f"Ü {x}", "speaker": w, "start": s} for s, _, w, x in SAID]}]
            },
        },
        ["Speaker 0", "Speaker 1"],
    ),
    "podcasts": ({"segments": [{"speaker": WHO[w], "startTime": s, "body": x} for s, _, w, x in SAID]}, WHO),
    "numbered": ({str(at): {"speaker": WHO[w], "text": x, "start": s} for at, (s, _, w, x) in enumerate(SAID)}, WHO),
}
WITHOUT_TIMES = {
    "chat": (
        {"messages": [{"role": ["assistant", "user"][w], "content": x} for _, _, w, x in SAID]},
        ["assistant", "user"],
    ),
    "Telegram": (
        {"messages": [{"from": WHO[w], "text": [x[:6], {"type": "bold", "text": x[6:]}]} for _, _, w, x in SAID]},
        WHO,
    ),
    "lines": ({"transcript": [f"{['Ana', 'Bo'][w]}: {x}" for _, _, w, x in SAID]}, ["Ana", "Bo"]),
    "pairs": ({"turns": [[["Ana", "Bo"][w], x] for _, _, w, x in SAID]}, ["Ana", "Bo"]),
    "one text": ({"id": 1, "text": "\n".join(f"{['Ana', 'Bo'][w]}: {x}" for _, _, w, x in SAID)}, ["Ana", "Bo"]),
}


def read(value):
    return json_turns.read_json(json.dumps(value).encode(), LABELS)


def said(found):
    return [(turn.speaker, found.text[turn.start : turn.end]) for turn in found.turns]


def told(found):
    return " ".join(remark.text for remark in found.remarks)


@pytest.mark.parametrize("program", NAMED)
def test_who_says_what_and_when(program):
    value, who = NAMED[program]
    found = read(value)
    assert said(found) == [(who[speaker], words) for _, _, speaker, words in SAID]
    assert [turn.time_s for turn in found.turns] == pytest.approx([start for start, *_ in SAID])
    assert told(found) == ""


@pytest.mark.parametrize("program", WITHOUT_TIMES)
def test_who_says_what_without_times(program):
    value, who = WITHOUT_TIMES[program]
    assert said(read(value)) == [(who[speaker], words) for _, _, speaker, words in SAID]


def test_a_passage_without_a_speaker_is_nobodys():
    value = {
        "segments": [
            {"text": x, "speaker": f"S{w}"} if at != 2 else {"text": x} for at, (_, _, w, x) in enumerate(SAID)
        ]
    }
    found = read(value)
    assert said(found)[2] == ("", TALK[2])
    assert "One passage has no speaker" in told(found)
    assert "item 3" in told(found)


def test_a_word_without_a_speaker_goes_on_with_the_one_before():
    words = [{"word": x, "speaker": w} for _, _, w, x in WORDS]
    del words[2]["speaker"]
    assert said(read({"words": words}))[0] == ("Speaker 0", TALK[0])


def test_changes_of_speaker_without_names_are_told():
    found = read(whisper_cpp(lambda _, words: f" {words} [SPEAKER_TURN]"))
    assert said(found) == [("", words) for words in TALK]
    assert "nobody is named" in told(found)


def test_unfamiliar_keys_are_guessed_and_told():
    found = read(
        {"segmente": [{"nr": str(at), "sprecher": WHO[w], "inhalt": x} for at, (_, _, w, x) in enumerate(SAID)]}
    )
    assert said(found) == [(WHO[speaker], words) for _, _, speaker, words in SAID]
    assert "'inhalt' was read as the words and 'sprecher' as the speaker" in told(found)


def test_an_object_in_each_line():
    lines = "\n".join(json.dumps({"speaker": WHO[w], "text": x}) for _, _, w, x in SAID)
    assert said(json_turns.read_json(lines.encode(), LABELS)) == [
        (WHO[speaker], words) for _, _, speaker, words in SAID
    ]


def test_a_list_that_holds_less_than_another_is_a_question():
    value = {
        "moments": [{"speaker": "Bo", "text": f"{x} {x}"} for x in TALK[:4]],
        "rest": [{"text": x} for x in TALK * 2],
    }
    assert "was read" in told(read(value))
    few = {"segments": [{"text": x} for x in TALK], "highlights": [{"speaker": "Bo", "text": TALK[1]}]}
    assert said(read(few)) == [("", words) for words in TALK]


def test_instructions_to_a_model_are_nobodys():
    found = read([{"role": "system", "content": "Ask about lists."}, *({"role": "user", "content": x} for x in TALK)])
    assert said(found) == [("", "Ask about lists."), ("user", FULL)]


OTR = (
    '<p><span class="timestamp" contenteditable="false" data-timestamp="3.5">00:03</span> <b>Ana:</b> So &amp; why?<br />'
    'Bo: Because.</p><p><br></p><p>Ana: And then?&nbsp;</p><p><span class="timestamp" data-timestamp="65.2">01:05</span>'
    'Bo: We wait <span class="timestamp" data-timestamp="70">01:10</span>and see.</p>'
)


def test_otranscribe():
    found = read({"text": OTR, "media": "x.mp3", "media-time": 3})
    assert said(found) == [("Ana", "So & why?"), ("Bo", "Because."), ("Ana", "And then?"), ("Bo", "We wait and see.")]
    assert [turn.time_s for turn in found.turns] == [3.5, None, None, 65.2]
    assert found.text.startswith("Ana: So & why?\nBo: Because.\n\nAna: And then?")


KEYS = [
    "text",
    "words",
    "word",
    "alternatives",
    "speaker",
    "start",
    "timestamps",
    "results",
    "items",
    "0",
    "1",
    "name",
    "id",
]
ANY = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=30,
)


@given(ANY)
def test_any_tree_gives_turns_or_a_sentence(value):
    try:
        found = read(value)
    except RefusedError as error:
        assert str(error).endswith(".")
    else:
        assert all(found.text[turn.start : turn.end].strip() for turn in found.turns)
