"""How well the ears hear: word errors, terms, time to decode, false starts on noise, and thinkers who are cut off.

Recordings go through the same detectors and segmenter as a round, as fast as they go. A clip of which the manifest
marks the turns also tells where a segment ended in the middle of one, and what asking the turn detector again would do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import msgspec

from phantomcode.daemon.adapters.sound_file import SoundFile
from phantomcode.daemon.adapters.speech_detector import GatedSilero
from phantomcode.daemon.core.endpointing import Rules
from phantomcode.daemon.manifest import Clip, Pause, load_manifest
from phantomcode.daemon.ports import SAMPLE_RATE_HZ, AudioFrame, Pcm, Recogniser, SpeechDetector, TurnDetector
from phantomcode.daemon.segmenter import TURN_SECONDS, Began, Ended, Held, Judged, Piece, Segmenter
from phantomcode.daemon.spread import Spread, spread
from phantomcode.daemon.word_errors import terms_heard, word_errors

BUNDLED = Path(__file__).parent / "recordings"
BANDS_SECONDS = (0.2, 0.3, 0.5, 1.0, 1.5, 3.0)
"""Lengths of mid-turn pauses that are told apart."""
ASKED_SECONDS = (0.2, 0.4, 0.6, 0.8, 1.0)
"""Silences after which the turn detector is asked."""
MATCH_SECONDS = 0.35
"""The speech detector hears an end a little later or earlier than the last loud sample; no two marks are so close."""


class Recognised(msgspec.Struct, frozen=True):
    """What became of the clips of a folder that have words in them."""

    folder: str
    clips: int
    words: int
    edits: int
    terms_said: int
    terms_heard: int
    missing: dict[str, int]

    @property
    def word_error_rate(self) -> float:
        """Edits over words said."""
        return self.edits / self.words if self.words else 0.0

    @property
    def jargon_recall(self) -> float | None:
        """Share of the listed terms that were written; None where none was listed."""
        return self.terms_heard / self.terms_said if self.terms_said else None


class Noise(msgspec.Struct, frozen=True):
    """What was made of the clips in which nobody speaks."""

    clips: int
    seconds: float
    false_starts: int
    invented_words: int


class Band(msgspec.Struct, frozen=True):
    """Mid-turn pauses of a length, and how many of them ended the segment: called complete, or silent for too long."""

    from_seconds: float
    to_seconds: float
    pauses: int
    called_complete: int
    too_long: int


class Asked(msgspec.Struct, frozen=True):
    """The turn detector's verdicts after a silence, and how many were reached by one "complete" or more up to then."""

    after_seconds: float
    pauses: int
    pauses_complete: int
    pauses_complete_so_far: int
    ends: int
    ends_complete: int
    ends_complete_so_far: int


class WordsReport(msgspec.Struct, frozen=True):
    """What `phantomcode bench words --json` prints."""

    recognised: tuple[Recognised, ...]
    decode_s: Spread
    """A segment's decoding, loops that were read again included."""
    real_time_factor: float
    """Seconds of decoding in a second of speech."""
    noise: Noise
    bands: tuple[Band, ...]
    ends: int
    ends_complete: int
    """True ends of turns at which the segmenter did not wait for the long silence."""
    asked: tuple[Asked, ...]
    texts: dict[str, str]
    """What was written, by file."""


@dataclass(frozen=True, eq=False)
class Cut:
    """A segment's sound, where the voice in it ended, and whether the turn detector ended it; seconds of the file."""

    pcm: Pcm
    ended_at: float
    complete: bool


@dataclass(frozen=True, eq=False)
class Listened:
    """A clip as the ears divide it, and the turn detector's verdicts at each silence: where it began, by its length."""

    folder: Path
    clip: Clip
    cuts: tuple[Cut, ...]
    starts: int
    verdicts: tuple[tuple[float, dict[float, float]], ...]


@dataclass
class _Silence:
    """A silence that goes on."""

    began_at: float
    verdicts: dict[float, float] = field(default_factory=dict)


def measure(
    folders: Sequence[Path],
    recogniser: Recogniser,
    turns: TurnDetector,
    vocabulary: Sequence[str],
    told: Callable[[str], None],
) -> WordsReport:
    """Listen to every clip of every folder; raises AudioError and EngineError."""
    listened = []
    for folder in folders:
        for clip in load_manifest(folder):
            told(f"listening to {clip.path}")
            listened.append(
                listen(folder, clip, turns, understood=lambda pcm: recogniser.transcribe(pcm, vocabulary).text)
            )
    return report(listened, recogniser, vocabulary, told)


def listen(
    folder: Path,
    clip: Clip,
    turns: TurnDetector,
    rules: Rules | None = None,
    understood: Callable[[Pcm], str] = lambda _pcm: "",
) -> Listened:
    """Divide a clip as a round would; where turns are marked, ask the turn detector at every silence besides.

    `understood` gives the words of a piece of sound, by which a pause in the middle of a clause is told.
    """
    cuts, starts = _divide(_frames(folder / clip.path), GatedSilero(), turns, rules or Rules(), understood)
    verdicts = _ask_again(_frames(folder / clip.path), GatedSilero(), turns) if clip.turns else ()
    return Listened(folder, clip, cuts, starts, verdicts)


def report(
    listened: Sequence[Listened], recogniser: Recogniser, vocabulary: Sequence[str], told: Callable[[str], None]
) -> WordsReport:
    """Decode what was listened to and count; raises EngineError."""
    texts: dict[str, str] = {}
    seconds: list[float] = []
    for each in listened:
        told(f"decoding {each.clip.path}")
        decoded = [recogniser.transcribe(cut.pcm, vocabulary) for cut in each.cuts]
        texts[each.clip.path] = " ".join(one.text for one in decoded if one.text)
        seconds += [one.decode_seconds for one in decoded]
    spoken_seconds = sum(len(cut.pcm) for each in listened for cut in each.cuts) / SAMPLE_RATE_HZ
    ends = [complete for each in listened for complete in ends_called_complete(each)]
    return WordsReport(
        recognised=tuple(recognised(listened, texts)),
        decode_s=spread(seconds),
        real_time_factor=round(sum(seconds) / spoken_seconds, 3) if spoken_seconds else 0.0,
        noise=_noise(listened, texts),
        bands=pause_bands(listened),
        ends=len(ends),
        ends_complete=sum(ends),
        asked=asked_again(listened),
        texts=texts,
    )


def recognised(listened: Sequence[Listened], texts: dict[str, str]) -> Iterator[Recognised]:
    """Count errors and terms folder by folder."""
    for folder in dict.fromkeys(each.folder for each in listened):
        clips = [each.clip for each in listened if each.folder == folder and each.clip.text is not None]
        errors = [word_errors(clip.text or "", texts[clip.path]) for clip in clips]
        terms = [terms_heard(clip.jargon, clip.text or "", texts[clip.path]) for clip in clips]
        yield Recognised(
            folder=folder.name,
            clips=len(clips),
            words=sum(each.words for each in errors),
            edits=sum(each.edits for each in errors),
            terms_said=sum(each.said for each in terms),
            terms_heard=sum(each.heard for each in terms),
            missing={term: count for each in terms for term, count in each.missing.items()},
        )


def _noise(listened: Sequence[Listened], texts: dict[str, str]) -> Noise:
    noises = [each for each in listened if each.clip.text is None]
    return Noise(
        clips=len(noises),
        seconds=round(sum(each.clip.seconds for each in noises), 1),
        false_starts=sum(each.starts for each in noises),
        invented_words=sum(len(texts[each.clip.path].split()) for each in noises),
    )


def pause_bands(listened: Sequence[Listened]) -> tuple[Band, ...]:
    """Return what the segmenter made of the marked pauses, by their length."""
    found = [(pause.seconds, cut) for each in listened for pause, cut in _at_pauses(each)]
    bands = []
    for first, last in pairwise(BANDS_SECONDS):
        within = [cut for seconds, cut in found if first <= seconds < last]
        complete = sum(cut is not None and cut.complete for cut in within)
        bands.append(Band(first, last, len(within), complete, sum(cut is not None for cut in within) - complete))
    return tuple(bands)


def ends_called_complete(each: Listened) -> list[bool]:
    """Tell for each marked turn whether its end was called complete."""
    cuts = [_nearest(each.cuts, turn.ended) for turn in each.clip.turns]
    return [cut is not None and cut.complete for cut in cuts]


def asked_again(listened: Sequence[Listened]) -> tuple[Asked, ...]:
    """Return what the turn detector says of pauses and ends the longer the silence is."""
    pauses = [_verdicts_at(each, pause.began) for each in listened for turn in each.clip.turns for pause in turn.pauses]
    ends = [_verdicts_at(each, turn.ended) for each in listened for turn in each.clip.turns]
    return tuple(
        Asked(after, *_complete_after(pauses, after), *_complete_after(ends, after))
        for after in ASKED_SECONDS
        if pauses or ends
    )


def _complete_after(verdicts: Sequence[dict[float, float]], after: float) -> tuple[int, int, int]:
    """Return how many were still silent, how many of them were called complete, and how many were by then."""
    threshold = Rules().complete_probability
    now = [each[after] >= threshold for each in verdicts if after in each]
    so_far = [any(p >= threshold for at, p in each.items() if at <= after) for each in verdicts]
    return len(now), sum(now), sum(so_far)


def _at_pauses(each: Listened) -> Iterator[tuple[Pause, Cut | None]]:
    for turn in each.clip.turns:
        for pause in turn.pauses:
            yield pause, _nearest(each.cuts, pause.began)


def _nearest(cuts: Sequence[Cut], moment: float) -> Cut | None:
    best = min(cuts, key=lambda cut: abs(cut.ended_at - moment), default=None)
    return best if best is not None and abs(best.ended_at - moment) <= MATCH_SECONDS else None


def _verdicts_at(each: Listened, moment: float) -> dict[float, float]:
    at, verdicts = min(each.verdicts, key=lambda silence: abs(silence[0] - moment), default=(-1.0, {}))
    return verdicts if abs(at - moment) <= MATCH_SECONDS else {}


def _frames(path: Path) -> Iterator[AudioFrame]:
    source = SoundFile(path)
    source.open()
    try:
        yield from source.frames()
    finally:
        source.close()


def _divide(
    frames: Iterator[AudioFrame],
    detector: SpeechDetector,
    turns: TurnDetector,
    rules: Rules,
    understood: Callable[[Pcm], str],
) -> tuple[tuple[Cut, ...], int]:
    """Return the segments and how often speech seemed to begin."""
    segmenter = Segmenter(detector, turns, rules, lambda _pause: understood(segmenter.so_far()))
    cuts: list[Cut] = []
    starts = 0
    for frame in frames:
        pieces = segmenter.feed(frame)
        cut_for_length = any(isinstance(piece, Began) for piece in pieces)
        starts += cut_for_length and not any(isinstance(piece, Ended) for piece in pieces)
        for piece in pieces:
            if isinstance(piece, Ended):
                waited = frame.captured_at - piece.speech.ended_at
                early = waited < rules.end_seconds - 0.01 and not cut_for_length
                cuts.append(Cut(piece.speech.pcm, piece.speech.ended_at, early))
    last = [piece.speech for piece in segmenter.flush() if isinstance(piece, Ended)]
    cuts += [Cut(speech.pcm, speech.ended_at, complete=False) for speech in last]
    return tuple(cuts), starts


def _ask_again(
    frames: Iterator[AudioFrame], detector: SpeechDetector, turns: TurnDetector
) -> tuple[tuple[float, dict[float, float]], ...]:
    """Let only long silence end a segment, and ask the turn detector as each silence grows."""
    segmenter = Segmenter(detector)
    silences: list[_Silence] = []
    open_silence: _Silence | None = None
    for frame in frames:
        for piece in segmenter.feed(frame):
            open_silence = _followed(open_silence, piece, silences)
        if open_silence is not None:
            _ask(open_silence, frame.captured_at, turns, segmenter)
    return tuple((silence.began_at, silence.verdicts) for silence in silences)


def _followed(open_silence: _Silence | None, piece: Piece, silences: list[_Silence]) -> _Silence | None:
    if isinstance(piece, Judged):
        return open_silence
    if not isinstance(piece, Held):
        return None
    if open_silence is not None and open_silence.began_at == piece.speech.ended_at:
        return open_silence
    silences.append(_Silence(piece.speech.ended_at))
    return silences[-1]


def _ask(silence: _Silence, now: float, turns: TurnDetector, segmenter: Segmenter) -> None:
    for after in ASKED_SECONDS:
        if after not in silence.verdicts and now - silence.began_at >= after - 0.01:
            heard = segmenter.so_far()[-int(TURN_SECONDS * SAMPLE_RATE_HZ) :]
            silence.verdicts[after] = turns.probability_complete(heard)
            return


def told(measured: WordsReport) -> str:
    """Return the report as Markdown."""
    return "\n".join([*_told_words(measured), *_told_noise(measured.noise), *_told_pauses(measured)])


def _told_words(measured: WordsReport) -> Iterator[str]:
    yield "| recordings | words | word error rate | terms written |"
    yield "|---|---|---|---|"
    for row in measured.recognised:
        if row.clips:
            terms = f"{row.terms_heard} of {row.terms_said}" if row.terms_said else "-"
            yield f"| {row.folder}, {row.clips} | {row.words} | {100 * row.word_error_rate:.1f} % | {terms} |"
    missing = {term: count for row in measured.recognised for term, count in row.missing.items()}
    if missing:
        yield "\nNot written: " + ", ".join(f"{term} ({count})" for term, count in missing.items()) + "."
    times = measured.decode_s
    yield (
        f"\nA segment is decoded in {times.p50} s p50, {times.p95} s p95, n = {times.n}; "
        f"{measured.real_time_factor} s for a second of speech."
    )


def _told_noise(noise: Noise) -> Iterator[str]:
    if noise.clips:
        per_minute = 60 * noise.false_starts / noise.seconds
        yield (
            f"In {noise.seconds:.0f} s without speech ({noise.clips} clips) it seemed to begin {noise.false_starts} "
            f"times, {per_minute:.1f} a minute; {noise.invented_words} words were made up."
        )


def _told_pauses(measured: WordsReport) -> Iterator[str]:
    if not measured.ends:
        return
    yield "\n| mid-turn pause | n | cut off: called complete | cut off: silent for too long |"
    yield "|---|---|---|---|"
    for band in measured.bands:
        complete, silent = _share(band.called_complete, band.pauses), _share(band.too_long, band.pauses)
        yield f"| {band.from_seconds}-{band.to_seconds} s | {band.pauses} | {complete} | {silent} |"
    pauses = sum(band.pauses for band in measured.bands)
    complete = _share(sum(band.called_complete for band in measured.bands), pauses)
    yield f"| all | {pauses} | {complete} | {_share(sum(band.too_long for band in measured.bands), pauses)} |"
    yield f"\nOf {measured.ends} true ends {_share(measured.ends_complete, measured.ends)} were called complete."
    yield "\n| silence | pauses still silent | called complete, of all | so far | true ends called complete | so far |"
    yield "|---|---|---|---|---|---|"
    for row in measured.asked:
        yield (
            f"| {row.after_seconds} s | {row.pauses} | {_share(row.pauses_complete, pauses)} | "
            f"{_share(row.pauses_complete_so_far, pauses)} | {_share(row.ends_complete, measured.ends)} | "
            f"{_share(row.ends_complete_so_far, measured.ends)} |"
        )


def _share(count: int, total: int) -> str:
    return f"{count}, {100 * count / total:.0f} %" if total else "-"
