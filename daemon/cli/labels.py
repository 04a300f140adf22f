"""The shipped labeller on the command line: where it cannot be read, the rules grade alone and the user is told."""

from __future__ import annotations

import sys

from phantomcode.daemon.adapters.labeller import shipped
from phantomcode.daemon.contract.errors import EngineError
from phantomcode.daemon.core.transcript import Transcript
from phantomcode.daemon.core.understanding.labels import NO_LABELS, Labels
from phantomcode.daemon.labelling import label_transcript
from phantomcode.daemon.ports import Labeller


def open_labeller() -> Labeller | None:
    """Open the shipped labeller, or say on stderr why there is none and return None."""
    try:
        return shipped()
    except EngineError as error:
        print(f"Grading by rules alone. {error.message} {error.remedy}", file=sys.stderr)
        return None


def labels_of(transcript: Transcript) -> Labels:
    """Label a transcript with the shipped labeller, if it can be read."""
    labeller = open_labeller()
    return label_transcript(transcript, labeller) if labeller else NO_LABELS
