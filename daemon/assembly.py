"""Puts a round's engines together: which models, each in which child process, and what to do without one."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec
import psutil

from phantomcode.daemon.adapters.labeller import shipped
from phantomcode.daemon.adapters.listening_post import CarriedProbability
from phantomcode.daemon.contract.errors import EngineError, ModelError, PhantomError
from phantomcode.daemon.contract.messages import Notice
from phantomcode.daemon.contract.vocabulary import Severity
from phantomcode.daemon.core.talking import SLOW_SECONDS
from phantomcode.daemon.hosted import (
    HostedLanguageModel,
    HostedLoudspeaker,
    HostedMicrophone,
    HostedRecogniser,
    HostedTurnDetector,
    HostedVoice,
)
from phantomcode.daemon.hosting import EngineHost, EngineSpec
from phantomcode.daemon.ports import Labeller, Pace
from phantomcode.daemon.workers import Hearing, Loaded, Parts
from phantomcode.models.catalogue import Role
from phantomcode.models.recommend import defaults, look, smaller_interviewer
from phantomcode.models.store import ModelStore

CONTEXT_TOKENS = 2048
"""A prompt is the instructions and at most 90 words of the candidate's: under 700 tokens. More would cost memory."""
FREE_LINES_BILLIONS = 3.0
"""From this size on a model words whole lines; smaller ones turn claims round (docs/performance.md)."""
LINE_READS = 40
LINE_WRITES = 16
"""Tokens of a usual line: what a prompt has beside the fixed instructions is 60 to 90, and a piece of the candidate's
words at most 24."""
HOPELESS_SECONDS = 2 * SLOW_SECONDS
"""A model that is this slow is not begun with. It is measured while the other engines load, so twice what is too slow
in a round, where it is measured again and again."""
START_SECONDS = 120.0
"""How long a round waits for its engines before it starts without those that still load (see hosting)."""


class Wishes(msgspec.Struct, frozen=True):
    """What a round should use. `sound_file` stands in for the microphone; `device` names one, None is the default."""

    input_mode: str
    sound_file: str | None = None
    begin_seconds: float = 0.0
    """Where in the sound file to begin."""
    device: str | None = None
    voice: bool = True
    language_model: bool = True
    language_model_id: str | None = None
    """Which one, of the catalogue; None for the one that suits the machine's memory."""


class Engines:
    """The hosts of a round and the parts made of them.

    `report` is told an engine's name, what happened to it ("" when it is back) and, where it will not start by itself,
    the remedy; set it before `start`.
    `notices` says what the round has to do without, and why.
    """

    def __init__(self, wishes: Wishes, store: ModelStore) -> None:
        self.report: Callable[[str, str, str], None] = lambda _name, _message, _remedy: None
        self.notices: list[Notice] = []
        self._hosts: dict[str, EngineHost] = {}
        self._closed = False
        self._lock = threading.Lock()
        """Guards which hosts there are: the model may be exchanged while the round ends."""
        self._store = store
        self._chosen = defaults(look())
        if wishes.language_model_id is not None:
            self._chosen[Role.LANGUAGE_MODEL] = wishes.language_model_id
        self.parts = Parts(
            hearing=None if wishes.input_mode == "typed" else self._hearing(wishes),
            model=self._language_model() if wishes.language_model else None,
            voice=self._voice() if wishes.voice else None,
            loudspeaker=HostedLoudspeaker(self._host("loudspeaker", "loudspeaker:load")) if wishes.voice else None,
            labeller=self._labeller(),
        )

    def start(self) -> None:
        """Start the child processes; returns at once."""
        for host in self._hosts.values():
            host.start()

    def load(self) -> Loaded:
        """Wait for the engines and return what there is.

        Raises EngineError when the recogniser cannot be had: a spoken round cannot do without it.
        """
        ready = wait_for_all(self._hosts, START_SECONDS)
        recogniser = self._hosts.get("recogniser")
        if recogniser is not None and not ready["recogniser"]:
            raise recogniser.failure or _late("recogniser")
        has_model = ready.get("interviewer", False)
        if has_model:
            with contextlib.suppress(EngineError):  # one that has died since is being started again
                self._settle_on_a_model()
        has_voice = ready.get("voice", False) and ready.get("loudspeaker", False)
        return Loaded(has_model, has_voice, self.words_whole_lines)

    def lower(self) -> str:
        """Exchange the language model for the next smaller one; returns its id, or "" where there is none.

        Takes as long as the smaller one takes to load; meanwhile requests to the model fail.
        """
        model = self.parts.model
        self._drop_model()  # first, for there may be no room for both
        smaller = self._smaller_model()
        if smaller is None or not isinstance(model, HostedLanguageModel):
            return ""
        with self._lock:
            if self._closed:
                return ""
            self._chosen[Role.LANGUAGE_MODEL] = smaller
            host = self._model_host(self._store.main_file(smaller))
            host.start()
        model.move_to(host)
        if host.wait_ready(START_SECONDS):
            return smaller
        self._drop_model()
        return ""

    def _drop_model(self) -> None:
        with self._lock:
            host = self._hosts.pop("interviewer", None)
        if host is not None:
            host.close()

    def _smaller_model(self) -> str | None:
        smaller = smaller_interviewer(self._chosen[Role.LANGUAGE_MODEL])
        return smaller if smaller is not None and self._installed(smaller) else None

    def _settle_on_a_model(self) -> None:
        """Begin with a smaller model where the usual one would be hopeless, as it was measured while loading.

        Not with none: other programs may only have been busy, and the round measures on.
        """
        model = self.parts.model
        usual = self._chosen[Role.LANGUAGE_MODEL]
        smaller = self._smaller_model()
        if smaller is None or not isinstance(model, HostedLanguageModel):
            return
        expected = line_seconds(model.pace)
        if expected > HOPELESS_SECONDS and self.lower():
            told = f"{usual} would take {expected:.1f} s for a line on this machine, so {smaller} words the lines."
            self.notices.append(Notice("interviewer.slow", Severity.INFO, told))

    def process_ids(self) -> dict[str, int]:
        """Return the running children by name."""
        with self._lock:
            hosts = dict(self._hosts)
        return {name: pid for name, host in hosts.items() if (pid := host.process_id) is not None}

    def close(self) -> None:
        """End the child processes; none is started any more."""
        with self._lock:
            self._closed = True
            hosts = list(self._hosts.values())
        for host in hosts:
            host.close()

    def _host(self, name: str, factory: str, **arguments: object) -> EngineHost:
        spec = EngineSpec(name, f"phantomcode.daemon.adapters.{factory}", arguments)
        host = EngineHost(
            spec,
            on_down=lambda message: self._report_down(name, message),
            on_up=lambda: self.report(name, "", ""),
        )
        self._hosts[name] = host
        return host

    def _report_down(self, name: str, message: str) -> None:
        """An engine that will not start says so itself; any other is being started again."""
        failure = self._hosts[name].failure
        if failure is None:
            self.report(name, message, "")
        else:
            self.report(name, failure.message, failure.remedy)

    def _hearing(self, wishes: Wishes) -> Hearing:
        folder = self._store.path(self._chosen[Role.RECOGNISER])
        if wishes.sound_file is not None:
            microphone = self._host(
                "microphone",
                "listening_post:load_sound_file",
                path=wishes.sound_file,
                begin_seconds=wishes.begin_seconds,
            )
        else:
            microphone = self._host("microphone", "listening_post:load_microphone", device=wishes.device)
        recogniser = self._host(
            "recogniser", "faster_whisper:load", model_folder=str(folder), threads=recogniser_threads()
        )
        return Hearing(
            microphone=HostedMicrophone(microphone),
            detector=CarriedProbability(),
            turns=self._turn_detector(),
            recogniser=HostedRecogniser(recogniser),
            in_the_room=wishes.sound_file is None,
        )

    def _turn_detector(self) -> HostedTurnDetector | None:
        file = self._optional(Role.TURN_DETECTOR, "Pauses alone tell when you have finished.")
        if file is None:
            return None
        return HostedTurnDetector(self._host("turn-detector", "smart_turn:load", model_file=str(file)))

    def _language_model(self) -> HostedLanguageModel | None:
        file = self._optional(Role.LANGUAGE_MODEL, "The interviewer uses the problem bank's own wordings.")
        if file is None:
            return None
        return HostedLanguageModel(self._model_host(file))

    def _model_host(self, file: Path) -> EngineHost:
        return self._host(
            "interviewer",
            "llama_cpp:load",
            model_file=str(file),
            threads=language_model_threads(),
            context_tokens=CONTEXT_TOKENS,
        )

    @property
    def words_whole_lines(self) -> bool:
        """Whether the language model is large enough to word more than leads to the bank's lines."""
        if self.parts.model is None:
            return False
        size = self._store.catalogue.find(self._chosen[Role.LANGUAGE_MODEL]).billion_parameters
        return size is not None and size >= FREE_LINES_BILLIONS

    def _voice(self) -> HostedVoice | None:
        file = self._optional(Role.VOICE, "The interviewer does not speak; read the lines.")
        if file is None:
            return None
        return HostedVoice(self._host("voice", "piper:load", voice_file=str(file)))

    def _optional(self, role: Role, without: str) -> Path | None:
        """Return the model's file, else that of another model for the same role, else note what is missing.

        Another model is used where the usual one was never pulled; one that is damaged is said to be.
        """
        try:
            return self._store.main_file(self._chosen[role])
        except ModelError as error:
            others = (a.id for a in self._store.catalogue.artifact if a.role is role)
            installed = next((i for i in others if error.code == "models.missing" and self._installed(i)), None)
            if installed is not None:
                self._chosen[role] = installed
                return self._store.main_file(installed)
            self.notices.append(Notice(error.code, Severity.WARNING, f"{error.message} {without}", error.remedy))
            return None

    def _labeller(self) -> Labeller | None:
        """Open the shipped labeller; it is small and fast, and so has no process of its own."""
        try:
            return shipped()
        except EngineError as error:
            self.notices.append(Notice(error.code, Severity.WARNING, error.message, error.remedy))
            return None

    def _installed(self, artifact_id: str) -> bool:
        try:
            self._store.path(artifact_id)
        except ModelError:
            return False
        return True


def wait_for_all(
    hosts: Mapping[str, EngineHost], seconds: float, now: Callable[[], float] = time.monotonic
) -> dict[str, bool]:
    """Wait for engines that load side by side, all of them together no longer than this; returns which are ready."""
    until = now() + seconds
    return {name: host.wait_ready(max(0.0, until - now())) for name, host in hosts.items()}


def physical_cores() -> int:
    """Return the number of physical cores, at least 1."""
    return psutil.cpu_count(logical=False) or os.cpu_count() or 1


def recogniser_threads() -> int:
    """Two threads halve a decode; more bring nothing for the small models (docs/performance.md)."""
    return min(2, os.cpu_count() or 1)


def language_model_threads() -> tuple[int, ...]:
    """Return the numbers of threads worth trying: one core left to the recogniser where there are three or more."""
    cores, logical = physical_cores(), max(1, os.cpu_count() or 1)
    likeliest = max(1, cores - 1) if cores > 2 else logical
    return tuple(dict.fromkeys((likeliest, min(cores, logical))))


def line_seconds(pace: Pace) -> float:
    """Return how long a line takes with its prompt half read, as it mostly is when it is asked for."""
    return LINE_READS / pace.reading + LINE_WRITES / pace.writing


def _late(name: str) -> PhantomError:
    return PhantomError(
        "engine.late", f"The {name} was not ready after {START_SECONDS:.0f} s.", "Run: phantomcode doctor."
    )
