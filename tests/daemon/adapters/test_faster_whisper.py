from __future__ import annotations

import tomllib
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile
from rapidfuzz.distance import Levenshtein

from phantomcode.daemon.adapters import faster_whisper
from phantomcode.daemon.adapters.faster_whisper import FasterWhisper, loudest_dbfs
from phantomcode.daemon.contract.errors import EngineError
from phantomcode.daemon.core.transcription import normalise
from phantomcode.daemon.ports import Pcm
from phantomcode.models.store import ModelStore

AUDIO = Path(__file__).parents[2] / "audio"
REFERENCES = tomllib.loads((AUDIO / "references.toml").read_text())
TERMS = ("GPT-4", "Docker", "containerization", "API costs", "self-hosting")


def clip(name: str, from_seconds: float = 0.0, to_seconds: float = 30.0) -> Pcm:
    samples, rate = soundfile.read(
        AUDIO / name, dtype="int16", start=int(from_seconds * 16000), stop=int(to_seconds * 16000)
    )
    assert rate == 16000
    return np.asarray(samples)


def word_error_rate(reference: str, heard: str) -> float:
    """Edits per reference word after dropping case, punctuation and apostrophes."""
    expected, got = (normalise(text).replace("'", "").split() for text in (reference, heard))
    return Levenshtein.distance(expected, got) / len(expected)


@pytest.fixture(scope="module")
def recogniser() -> FasterWhisper:
    return faster_whisper.load(str(ModelStore().path("whisper-tiny.en")), 2)


def test_word_error_rate_counts_edits() -> None:
    assert word_error_rate("I've sharded by user", "Ive sharded, by user!") == 0.0
    assert word_error_rate("a b c d", "a x d") == 0.5


def test_a_folder_without_a_model_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(EngineError) as caught:
        faster_whisper.load(str(tmp_path), 1)
    assert caught.value.code == "recogniser.no-model"
    (tmp_path / "model.bin").write_bytes(b"\0" * 100)
    with pytest.raises(EngineError) as caught:
        faster_whisper.load(str(tmp_path), 1)
    assert caught.value.code == "recogniser.bad-model"


def test_loudness_is_that_of_the_loudest_tenth_of_a_second() -> None:
    sound = np.zeros(16000, np.int16)
    sound[3200:4800] = 3277
    assert loudest_dbfs(sound) == pytest.approx(-20.0, abs=0.01)
    assert loudest_dbfs(np.zeros(16000, np.int16)) == -np.inf
    assert loudest_dbfs(np.zeros(10, np.int16)) == -np.inf


@pytest.mark.engines
@pytest.mark.parametrize("name", sorted(REFERENCES["read"]))
def test_read_speech_is_understood(recogniser: FasterWhisper, name: str) -> None:
    heard = recogniser.transcribe(clip(name), ())
    assert word_error_rate(REFERENCES["read"][name], heard.text) <= 0.4
    assert 0.3 < heard.confidence <= 1.0
    assert heard.decode_seconds > 0


class Windows:
    """Stands in for Whisper: repeats itself while its window is shorter than `clear_from` frames."""

    def __init__(self, clear_from: int) -> None:
        self.window_frames = 0
        self.read: list[int] = []
        self.prompts: list[object] = []
        self._clear_from = clear_from

    def transcribe(self, _sound: object, **options: object) -> tuple[list[object], None]:
        self.read.append(self.window_frames)
        self.prompts.append(options["initial_prompt"])
        looping = self.window_frames < self._clear_from
        text = "and then the cache " * 30 if looping else "The cache answers."
        return [
            SimpleNamespace(
                text=text, tokens=[1] * 5, avg_logprob=-0.1, compression_ratio=9.0 if looping else 1.1, words=()
            )
        ], None


@pytest.mark.parametrize(
    ("seconds", "clear_from", "read"),
    [
        (3.0, 0, [1000]),
        (14.2, 0, [1470]),
        (29.9, 0, [3000]),
        (3.0, 3000, [1000, 3000]),
        (3.0, 9999, [1000, 3000, 3000]),
    ],
)
def test_the_window_is_as_long_as_the_speech_needs_and_whole_after_a_loop(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, seconds: float, clear_from: int, read: list[int]
) -> None:
    (tmp_path / "model.bin").touch()
    model = Windows(clear_from)
    monkeypatch.setattr(faster_whisper, "Windowed", lambda *_args, **_options: model)
    faster_whisper.load(str(tmp_path), 1).transcribe(np.full(int(seconds * 16000), 3000, np.int16), ())
    assert model.read == read


def test_the_vocabulary_goes_before_as_a_sentence_and_at_most_fifteen_terms_of_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "model.bin").touch()
    model = Windows(0)
    monkeypatch.setattr(faster_whisper, "Windowed", lambda *_args, **_options: model)
    recogniser = faster_whisper.load(str(tmp_path), 1)
    for terms in ((), ("Kafka", "base62"), tuple("abcdefghijklmnopqrs")):
        recogniser.transcribe(np.full(16000, 3000, np.int16), terms)
    assert model.prompts == [None, "Kafka, base62.", "a, b, c, d, e, f, g, h, i, j, k, l, m, n, o."]


def test_a_decoding_may_be_given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "model.bin").touch()
    model, given = Windows(0), {}
    monkeypatch.setattr(faster_whisper, "Windowed", lambda *_args, **options: given.update(options) or model)
    decoding = faster_whisper.Decoding("float32", beam=3, shortest_window_seconds=30.0)
    faster_whisper.load(str(tmp_path), 1, decoding).transcribe(np.full(16000, 3000, np.int16), ())
    assert (given["compute_type"], given["cpu_threads"], model.read) == ("float32", 1, [3000])


@pytest.mark.engines
def test_a_famous_sentence_comes_out_word_for_word_with_times(recogniser: FasterWhisper) -> None:
    heard = recogniser.transcribe(clip("jfk.flac"), (), words=True)
    assert word_error_rate(REFERENCES["read"]["jfk.flac"], heard.text) == 0.0
    assert [word.text.strip(",") for word in heard.words][:5] == ["And", "so", "my", "fellow", "Americans"]
    country = heard.words[-1]
    assert 9.5 < country.started_seconds < country.ended_seconds <= 11.0
    assert all(0.0 <= word.probability <= 1.0 for word in heard.words)


@pytest.mark.engines
def test_terms_of_the_vocabulary_are_written_as_given(recogniser: FasterWhisper) -> None:
    heard = recogniser.transcribe(clip("email_dictation.flac", 14.0, 21.2), TERMS)
    assert "GPT-4" in heard.text
    assert heard.words == ()


@pytest.mark.engines
def test_sentences_have_ends_and_capitals_with_a_vocabulary_too(recogniser: FasterWhisper) -> None:
    heard = recogniser.transcribe(
        clip("candidate.ogg", 5.0, 26.0), ("custom alias", "load balancer", "writes per second")
    )
    assert heard.text.startswith("Users can")
    assert heard.text.count(". ") >= 3


@pytest.mark.engines
def test_silence_hiss_tones_and_keys_are_not_made_into_words(recogniser: FasterWhisper) -> None:
    rng, time = np.random.default_rng(3), np.arange(16000 * 4) / 16000
    assert recogniser.transcribe(np.zeros(0, np.int16), TERMS).text == ""
    assert recogniser.transcribe(np.zeros(16000 * 4, np.int16), TERMS).text == ""
    hiss = rng.normal(0, 60, 16000 * 4).astype(np.int16)
    chord = (6000 * (np.sin(2 * np.pi * 262 * time) + np.sin(2 * np.pi * 392 * time))).astype(np.int16)
    for sound in (hiss, chord, clip("noise_typing.flac"), clip("noise_keys_over_zoom.flac", 0, 6)):
        assert len(recogniser.transcribe(sound, TERMS).text.split()) <= 2
