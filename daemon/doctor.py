"""What could keep a round from working on this machine: checks as data, each returning findings with their cure.

Whatever may hang or crash is asked of a child process (`doctor_probes`); the functions here only judge the answers.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from pathlib import Path

import msgspec

from phantomcode.daemon import doctor_probes as probes
from phantomcode.daemon.contract.endpoints import MAX_IPC_PATH_CHARS, endpoints, runtime_folder
from phantomcode.daemon.contract.errors import ModelError
from phantomcode.models.catalogue import Artifact, Role
from phantomcode.models.recommend import GIB, MIN_DECODE_PER_SECOND, Machine, defaults, look
from phantomcode.models.store import ModelStore, State, data_folder

OLDEST_PYTHON = (3, 11)
LIBRARIES = (
    "faster-whisper=faster_whisper",
    "llama-cpp-python=llama_cpp",
    "onnxruntime=onnxruntime",
    "piper-tts=piper",
    "PyAudio=pyaudio",
    "webrtcvad-wheels=webrtcvad",
    "soundfile=soundfile",
    "soxr=soxr",
    "PyQt6=PyQt6.QtWidgets",
    "pyzmq=zmq",
    "numpy=numpy",
    "msgspec=msgspec",
    "rapidfuzz=rapidfuzz",
    "jinja2=jinja2",
)
"""distribution=module, the native ones first."""

QUIET_DBFS = -65.0
"""A live microphone in a silent room reads -65 to -45; below that it is muted or turned down."""
MAX_REAL_TIME_FACTOR = 0.5
"""Decoding 3 s of sound in 1.5 s is where the final transcript misses its budget (docs: p95 1.4 s on two cores)."""
MEMORY_GIB = {"qwen2.5-coder-1.5b-instruct-q4_k_m": 2.2, "qwen2.5-coder-0.5b-instruct-q4_k_m": 1.2}
"""The daemon's ceiling with each default interviewer."""
DISPLAY_VARIABLES = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
SPARE_DISK_BYTES = 200 * 2**20

IMPORT_SECONDS = 60.0
DEVICE_SECONDS = 10.0
SPEED_SECONDS = 120.0
"""Time limits of the children, many times what a slow machine needs."""


class Status(StrEnum):
    """How a check went; only `failed` keeps a round from starting."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


class Finding(msgspec.Struct, frozen=True):
    """One line of the report: what was looked at, how it is, and what to do unless it is fine."""

    subject: str
    status: Status
    detail: str
    remedy: str = ""


class Reply(msgspec.Struct, frozen=True):
    """What a child said before it ended; `trouble` says how it ended if not well."""

    answers: tuple[probes.Answer, ...] = ()
    trouble: str = ""


Ask = Callable[..., Reply]


class Bench(msgspec.Struct, frozen=True):
    """What the checks work with; tests bring their own."""

    store: ModelStore
    machine: Machine
    ask: Ask


Check = Callable[[Bench], Iterable[Finding]]


def ask(probe: str, *arguments: str, timeout_seconds: float) -> Reply:
    """Run one probe in a child process; returns what it said, however it ended."""
    # -P keeps the folder the user happens to be in out of the child's import path.
    command = [sys.executable, "-P", "-m", "phantomcode.daemon.doctor_probes", probe, *arguments]
    try:
        child = subprocess.run(command, capture_output=True, timeout=timeout_seconds, check=False)
    except subprocess.TimeoutExpired as error:
        return Reply(_answers(error.stdout or b""), f"did not answer within {timeout_seconds:.0f} s")
    return Reply(_answers(child.stdout), _ending(child))


def check_python(bench: Bench) -> Iterator[Finding]:
    """Return whether this Python is recent enough."""
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info >= OLDEST_PYTHON:
        yield Finding("Python", Status.OK, f"{version}, {bench.machine.cores} cores")
    else:
        yield Finding("Python", Status.FAILED, version, "Install Python 3.11 or later, then run scripts/practice.")


def check_libraries(bench: Bench) -> Iterator[Finding]:
    """Import everything; a library that crashes is named and the rest still looked at."""
    waiting = list(LIBRARIES)
    versions: list[str] = []
    while waiting:
        reply = bench.ask("libraries", *waiting, timeout_seconds=IMPORT_SECONDS)
        done = [answer for answer in reply.answers if isinstance(answer, probes.Imported)]
        versions += [f"{answer.distribution} {answer.version}" for answer in done if not answer.error]
        yield from (_bad_library(answer.distribution, answer.error) for answer in done if answer.error)
        waiting = waiting[len(done) :]
        if waiting:
            yield _bad_library(waiting.pop(0).partition("=")[0], reply.trouble or "importing it ended the process")
    if versions:
        yield Finding("libraries", Status.OK, ", ".join(versions))


def check_microphone(bench: Bench) -> Iterator[Finding]:
    """Open the default microphone and read its level."""
    reply = bench.ask("microphone", timeout_seconds=DEVICE_SECONDS)
    match reply.answers:
        case (probes.Heard() as heard,):
            yield _judge_level(heard)
        case _:
            yield _trouble("microphone", reply, "Plug one in, or practise with --typed or --wav FILE.")


def check_output(bench: Bench) -> Iterator[Finding]:
    """Open the default output device."""
    reply = bench.ask("output", timeout_seconds=DEVICE_SECONDS)
    match reply.answers:
        case (probes.Output(device=""),):
            yield Finding(
                "output", Status.WARNING, "there is no output device", "The interviewer writes only (--no-voice)."
            )
        case (probes.Output() as output,):
            yield Finding("output", Status.OK, f"{output.device}, {output.rate_hz} Hz")
        case _:
            yield _trouble("output", reply, "Practise with --no-voice.")


def check_display(bench: Bench) -> Iterator[Finding]:
    """Let Qt open the display, where there is one to open."""
    remedy = "Practise with --no-overlay, or start from a desktop session."
    named = [f"{name}={os.environ[name]}" for name in DISPLAY_VARIABLES if os.environ.get(name)]
    if sys.platform == "linux" and not named:
        yield Finding("display", Status.WARNING, "neither DISPLAY nor WAYLAND_DISPLAY is set", remedy)
        return
    reply = bench.ask("display", timeout_seconds=DEVICE_SECONDS)
    match reply.answers:
        case (probes.Screen() as screen,):
            where = f"Qt on {screen.platform}, {screen.width}x{screen.height}"
            yield Finding("display", Status.OK, ", ".join([where, *named]))
        case _:
            yield _trouble("display", reply, remedy)


def check_sockets(_bench: Bench) -> Iterator[Finding]:
    """Return whether the runtime folder can be made, is private, and has a path short enough for sockets."""
    addresses = endpoints()
    paths = [address.removeprefix("ipc://") for address in (addresses.events, addresses.control)]
    if paths[0] == addresses.events:
        yield Finding("sockets", Status.OK, f"{addresses.events}, {addresses.control}")
        return
    folder = runtime_folder()
    longest = max(len(os.fsencode(path)) for path in paths)
    if longest > MAX_IPC_PATH_CHARS:
        yield _bad_folder(f"{folder} makes socket paths of {longest} bytes; {MAX_IPC_PATH_CHARS} are allowed")
        return
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.stat()
    except OSError as error:
        yield _bad_folder(f"{folder} cannot be made: {error.strerror}")
        return
    if status.st_uid != os.getuid():
        yield _bad_folder(f"{folder} belongs to another user")
    elif status.st_mode & 0o077:
        yield Finding("sockets", Status.FAILED, f"{folder} is open to other users", f"Run `chmod 700 {folder}`.")
    else:
        yield Finding("sockets", Status.OK, f"{folder}, private, paths of {longest} bytes")


def check_models(bench: Bench) -> Iterator[Finding]:
    """Return for each model a round needs whether it is here and verified."""
    try:
        for artifact_id in defaults(bench.machine).values():
            artifact = bench.store.catalogue.find(artifact_id)
            yield _judge_model(artifact, bench.store.artifact_state(artifact))
    except ModelError as error:
        yield Finding("models", Status.FAILED, error.message, error.remedy)


def check_memory(bench: Bench) -> Iterator[Finding]:
    """Return whether the default interviewer fits into the memory that is free now."""
    needed_gib = MEMORY_GIB[defaults(bench.machine)[Role.LANGUAGE_MODEL]]
    free_gib = bench.machine.memory_available_bytes / GIB
    detail = f"{free_gib:.1f} of {bench.machine.memory_total_bytes / GIB:.1f} GiB free, a round takes {needed_gib}"
    if free_gib >= needed_gib:
        yield Finding("memory", Status.OK, detail)
    else:
        yield Finding("memory", Status.WARNING, detail, "Close other programs before a round.")


def check_disk(bench: Bench) -> Iterator[Finding]:
    """Return whether there is room for journals, and for the models that are still missing."""
    missing = [
        artifact
        for artifact in map(bench.store.catalogue.find, defaults(bench.machine).values())
        if not _is_here(bench.store, artifact)
    ]
    pull_bytes = 2 * sum(artifact.size_bytes or 0 for artifact in missing)
    free_bytes = shutil.disk_usage(_nearest(data_folder())).free
    detail = f"{free_bytes / GIB:.1f} GiB free for {data_folder()}"
    remedy = "Free some space, or set PHANTOMCODE_HOME to a folder on another disk."
    if free_bytes < SPARE_DISK_BYTES:
        yield Finding("disk", Status.FAILED, detail, remedy)
    elif free_bytes < SPARE_DISK_BYTES + pull_bytes:
        yield Finding("disk", Status.WARNING, f"{detail}; pulling takes {pull_bytes / GIB:.1f}", remedy)
    else:
        yield Finding("disk", Status.OK, detail)


def check_recogniser_speed(bench: Bench) -> Iterator[Finding]:
    """Time the default recogniser."""
    artifact = bench.store.catalogue.find(defaults(bench.machine)[Role.RECOGNISER])
    if not _is_here(bench.store, artifact):
        return  # check_models says so already
    reply = bench.ask(
        "recogniser",
        str(bench.store.folder(artifact)),
        str(bench.machine.cores),
        timeout_seconds=SPEED_SECONDS,
    )
    match reply.answers:
        case (probes.Recognised(decode_seconds=seconds),):
            yield _judge_recogniser(artifact.id, seconds)
        case _:
            yield _trouble("recogniser speed", reply, f"Run `phantomcode models verify {artifact.id}`.", Status.FAILED)


def check_language_model_speed(bench: Bench) -> Iterator[Finding]:
    """Time the default interviewer."""
    artifact = bench.store.catalogue.find(defaults(bench.machine)[Role.LANGUAGE_MODEL])
    if not _is_here(bench.store, artifact):
        return  # check_models says so already
    file = bench.store.folder(artifact) / artifact.files[0].name
    reply = bench.ask("language_model", str(file), str(bench.machine.cores), timeout_seconds=SPEED_SECONDS)
    match reply.answers:
        case (probes.Wrote() as wrote,):
            yield _judge_writing(artifact.id, wrote)
        case _:
            yield _trouble("interviewer speed", reply, f"Run `phantomcode models verify {artifact.id}`.", Status.FAILED)


QUICK_CHECKS: tuple[Check, ...] = (
    check_python,
    check_libraries,
    check_microphone,
    check_output,
    check_display,
    check_sockets,
    check_models,
    check_memory,
    check_disk,
)
SPEED_CHECKS: tuple[Check, ...] = (check_recogniser_speed, check_language_model_speed)


def examine(*, quick: bool) -> Iterator[Finding]:
    """Yield the findings about this machine as they come; the speed measurements take 5-15 s more."""
    bench = Bench(ModelStore(), look(), ask)
    for check in QUICK_CHECKS if quick else QUICK_CHECKS + SPEED_CHECKS:
        yield from check(bench)


def _judge_level(heard: probes.Heard) -> Finding:
    if heard.only_zeros:
        return Finding(
            "microphone",
            Status.WARNING,
            f"{heard.device} delivers only zeros",
            "Allow microphone access for this terminal in the system's privacy settings, and unmute it.",
        )
    level = f"{heard.device}, {heard.level_dbfs:.0f} dBFS"
    if heard.level_dbfs < QUIET_DBFS:
        return Finding("microphone", Status.WARNING, f"{level}, very quiet", "Turn it up, or choose another device.")
    return Finding("microphone", Status.OK, level)


def _judge_model(artifact: Artifact, state: State) -> Finding:
    size = f"{(artifact.size_bytes or 0) / 1e6:.0f} MB, {state}"
    subject = f"model {artifact.id}"
    match state:
        case State.VERIFIED:
            return Finding(subject, Status.OK, size)
        case State.UNCHECKED:
            return Finding(subject, Status.WARNING, size, f"Run `phantomcode models verify {artifact.id}`.")
        case _:
            return Finding(subject, Status.FAILED, size, f"Run `phantomcode models pull {artifact.id}`.")


def _judge_recogniser(artifact_id: str, seconds: float) -> Finding:
    factor = seconds / probes.SOUND_SECONDS
    took = f"{probes.SOUND_SECONDS:.0f} s of synthetic sound in {seconds:.2f} s"
    detail = f"{artifact_id}: {took} (real-time factor {factor:.2f})"
    if factor <= MAX_REAL_TIME_FACTOR:
        return Finding("recogniser speed", Status.OK, detail)
    return Finding("recogniser speed", Status.WARNING, detail, "Close other programs; answers will come late.")


def _judge_writing(artifact_id: str, wrote: probes.Wrote) -> Finding:
    rates = f"reads {wrote.prefill_per_second:.0f}, writes {wrote.decode_per_second:.0f} tokens/s"
    detail = f"{artifact_id}: {rates}"
    if wrote.decode_per_second >= MIN_DECODE_PER_SECOND:
        return Finding("interviewer speed", Status.OK, detail)
    return Finding(
        "interviewer speed",
        Status.WARNING,
        detail,
        "`phantomcode models recommend` names a smaller one; late lines are replaced by the problem bank's own.",
    )


def _bad_library(distribution: str, error: str) -> Finding:
    return Finding(
        f"library {distribution}", Status.FAILED, error, "Run scripts/practice, which installs what is missing."
    )


def _bad_folder(detail: str) -> Finding:
    return Finding("sockets", Status.FAILED, detail, "Set PHANTOMCODE_RUNTIME to a short path you can write to.")


def _trouble(subject: str, reply: Reply, remedy: str, status: Status = Status.WARNING) -> Finding:
    for answer in reply.answers:
        if isinstance(answer, probes.Trouble):
            return Finding(subject, status, answer.message.rstrip("."), answer.remedy)
    return Finding(subject, status, reply.trouble or "the probe said nothing", remedy)


def _answers(said: bytes) -> tuple[probes.Answer, ...]:
    """Parse whole lines; a child that is killed may leave half of one."""
    whole, _, _ = said.rpartition(b"\n")
    return tuple(msgspec.json.decode(line, type=probes.Answer) for line in whole.splitlines())


def _ending(child: subprocess.CompletedProcess[bytes]) -> str:
    """Say how a child ended if not well: a crash with the first thing it complained of, else the exception."""
    lines = child.stderr.decode(errors="replace").strip().splitlines()
    if child.returncode == 0:
        return ""
    if child.returncode < 0:
        return ": ".join([f"crashed ({signal.Signals(-child.returncode).name})", *lines[:1]])
    return lines[-1] if lines else f"ended with status {child.returncode}"


def _is_here(store: ModelStore, artifact: Artifact) -> bool:
    """Whether all files of a model are there to be read."""
    try:
        return store.artifact_state(artifact) is not State.MISSING
    except ModelError:
        return False


def _nearest(folder: Path) -> Path:
    """The folder itself, or the first parent that exists and may be looked at."""
    return next(place for place in (folder, *folder.parents) if os.path.exists(place))  # noqa: PTH110  never raises
