"""The `phantomcode` command: puts the sub-commands together and turns errors into two plain lines."""

from __future__ import annotations

import os
import sys

from phantomcode.daemon.cli.interrupts import STOPPED, abrupt

with abrupt():  # loading takes half a second, and nobody wants a traceback for a change of mind
    import typer

    from phantomcode.daemon.cli import (
        bench,
        control,
        doctor,
        grade,
        models,
        overlay,
        practice,
        problems,
        review,
        sessions,
        transcribe,
    )
    from phantomcode.daemon.cli.usage import PlainGroup
    from phantomcode.daemon.contract.errors import PhantomError

app = typer.Typer(
    name="phantomcode",
    cls=PlainGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Practise system-design interviews on your own machine, offline: talk, be challenged, read an honest review.",
)
app.command("practice")(practice.practice)
app.command("demo")(practice.demo)
app.command("review")(review.review)
app.add_typer(sessions.app, name="sessions")
app.add_typer(problems.app, name="problems")
app.add_typer(models.app, name="models")
app.command("doctor")(doctor.doctor)
app.command("daemon")(control.daemon)
app.command("overlay")(overlay.overlay)
app.command("ctl")(control.ctl)
app.command("tail")(control.tail)
app.command("transcribe")(transcribe.transcribe)
app.command("grade")(grade.grade)
app.command("label")(grade.label)
app.add_typer(bench.app, name="bench")


def main() -> None:
    """Run the command line; the exit status is 0, 1 for an error that was explained, 2 for wrong usage."""
    try:
        app()
    except PhantomError as error:
        print(f"{error.message}\n{error.remedy}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        sys.exit(STOPPED)
    except BrokenPipeError:
        # The reader of our output went away (`phantomcode tail | head`); that is how it wants to end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


if __name__ == "__main__":
    main()
