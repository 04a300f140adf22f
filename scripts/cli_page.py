"""docs/cli.md, made from the declarations of the commands: what each does, its arguments, options and defaults.

Typer's own help changes its layout between versions; what we declared does not.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

import typer
from typer.models import ArgumentInfo, OptionInfo

from phantomcode.daemon.cli.main import app

HEAD = """# Commands

Every command with its arguments and options. This page is made from the code: after a change run
`.venv/bin/python scripts/docs_check.py --write`.

Exit status: 0 done, 1 an error that was explained, 2 wrong usage, 130 stopped with Ctrl+C.

## How a round ends

A round is over when somebody ends it, and no clock runs without anybody.

| what happens | the round |
|---|---|
| somebody ends it: `/end`, Ctrl+D, the overlay's end key, `phantomcode ctl end` | is finished and graded |
| its time is up, or its recording has run out | is finished and graded |
| Ctrl+C, `phantomcode ctl stop`, the machine shuts down | stays unfinished |
| the terminal is closed or crashes, and nobody else follows | stays unfinished, within three seconds |
| the same, but an overlay or another terminal follows, and you talk | goes on until the last of them has gone |
| the same, but an overlay or another terminal follows, and you type | is paused until you type again |
| the daemon crashes | is taken up again by its terminal, up to three times |

`phantomcode practice --resume` goes on with an unfinished round where its clock stood. Where a daemon still runs the
round, the terminal joins it; beside a round that runs no other begins. `phantomcode sessions finish` closes a round
that was left as it stands and grades it. The demo alone is ended by Ctrl+C and plays on without its terminal.
"""


@dataclass(frozen=True)
class Parameter:
    """An argument or option as the page shows it."""

    names: tuple[str, ...]
    option: bool
    default: str
    says: str
    required: bool


@dataclass(frozen=True)
class Command:
    """A command that can be run, by its full name."""

    name: str
    says: str
    parameters: tuple[Parameter, ...]

    def usage(self) -> str:
        """Return one line as in `phantomcode practice [PROBLEM] [OPTIONS]`."""
        arguments = [param for param in self.parameters if not param.option]
        shown = [param.names[0] if param.required else f"[{param.names[0]}]" for param in arguments]
        options = ["[OPTIONS]"] if len(arguments) < len(self.parameters) else []
        return " ".join([self.name, *shown, *options])


def commands() -> list[Command]:
    """Return every command, top-level ones first."""
    return list(_below("phantomcode", app))


def cli_page() -> str:
    """Return the whole page."""
    every = commands()
    contents = [f"- [`{command.name}`](#{command.name.replace(' ', '-')})" for command in every]
    return "\n".join([HEAD, "## The commands", "", *contents, "", *map(_section, every)]).rstrip() + "\n"


def _below(name: str, group: typer.Typer) -> Iterator[Command]:
    for info in group.registered_commands:
        if info.callback is not None:
            own = info.name or info.callback.__name__.replace("_", "-")
            says = inspect.cleandoc(info.callback.__doc__ or "")
            yield Command(f"{name} {own}", says, tuple(_parameters(info.callback)))
    for child in group.registered_groups:
        if child.typer_instance is not None:
            yield from _below(f"{name} {child.name}", child.typer_instance)


def _parameters(callback: Callable[..., object]) -> Iterator[Parameter]:
    hints = typing.get_type_hints(callback, include_extras=True)
    for name, parameter in inspect.signature(callback).parameters.items():
        kind, *extras = typing.get_args(hints[name])
        (info,) = (extra for extra in extras if isinstance(extra, ArgumentInfo | OptionInfo))
        missing = parameter.default is inspect.Parameter.empty
        yield Parameter(
            _names(name, info, kind),
            isinstance(info, OptionInfo),
            _default(parameter.default),
            _says(info, kind),
            missing,
        )


def _names(name: str, info: ArgumentInfo | OptionInfo, kind: object) -> tuple[str, ...]:
    if isinstance(info, ArgumentInfo):
        return (f"{name.upper()}{'...' if typing.get_origin(_without_none(kind)) is list else ''}",)
    # Inside Annotated the first declaration arrives where a default would be.
    declared = [decl for decl in (info.default, *(info.param_decls or ())) if isinstance(decl, str)]
    spelled = name.replace("_", "-")
    fallback = f"--{spelled}/--no-{spelled}" if kind is bool else f"--{spelled}"
    return tuple(part for decl in declared or [fallback] for part in decl.split("/"))


def _says(info: ArgumentInfo | OptionInfo, kind: object) -> str:
    bounds = f"{info.min:g} to {info.max:g}." if info.min is not None and info.max is not None else ""
    values = _choices(_without_none(kind))
    one_of = f"One of {', '.join(f'`{value}`' for value in values)}." if values else ""
    said = (info.help or "").strip()
    return " ".join(part for part in (said, bounds, one_of) if part)


def _choices(kind: object) -> tuple[str, ...]:
    if typing.get_origin(kind) is typing.Literal:
        return tuple(map(str, typing.get_args(kind)))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return tuple(str(member.value) for member in kind)
    return ()


def _without_none(kind: object) -> object:
    inner = [part for part in typing.get_args(kind) if part is not type(None)]
    return inner[0] if type(None) in typing.get_args(kind) and len(inner) == 1 else kind


def _default(default: object) -> str:
    if default is inspect.Parameter.empty:
        return "required"
    if default is None or default == "":
        return ""
    if isinstance(default, bool):
        return "yes" if default else "no"
    return f"`{default:g}`" if isinstance(default, float) else f"`{default}`"


def _section(command: Command) -> str:
    parts = [f"## {command.name}", "", f"`{command.usage()}`", "", command.says, ""]
    if command.parameters:
        parts += ["| | default | |", "|---|---|---|", *map(_row, command.parameters), ""]
    return "\n".join(parts)


def _row(parameter: Parameter) -> str:
    names = ", ".join(f"`{name}`" for name in parameter.names)
    return f"| {names} | {parameter.default} | {parameter.says.replace('|', '/')} |".replace("  ", " ")
