"""Predicates of the problem bank, evaluated on what a candidate has said so far."""

from __future__ import annotations

from collections.abc import Collection

from phantomcode.daemon.core.understanding.notebook import Notebook
from phantomcode.daemon.core.understanding.observations import Quantity, Role
from phantomcode.daemon.core.understanding.origins import same_amount
from phantomcode.daemon.core.understanding.terms import base
from phantomcode.problems import predicate
from phantomcode.problems.model import Metric, Topic


class NotebookFacts:
    """A notebook as the facts of a design: what was withdrawn or superseded is no part of it.

    An alternative that was weighed and turned down does not count as mentioned, so that a challenge to a technology
    never meets somebody who argued against it.
    """

    def __init__(self, notebook: Notebook) -> None:
        self._notebook = notebook

    def decided(self, topic: Topic) -> Collection[str]:
        """Values of the decisions on `topic` that stand."""
        return {d.value for d in self._notebook.decisions if d.topic == topic and d.withdrawn_by is None}

    def mentioned(self) -> Collection[str]:
        """Ids of the boxes drawn and values of all decisions that stand."""
        values = {d.value for d in self._notebook.decisions if d.withdrawn_by is None}
        return values | {component.id for component in self._notebook.components}

    def quantities(self, metric: Metric) -> Collection[float]:
        """The figures that stand for `metric`, per second, in bytes, in seconds or plain.

        They are the candidate's and those of the problem as posed, answered and changed; what the interviewer supposed
        in a challenge or a probe is none of the design's, not even where the candidate says it after him. A rate called
        a peak counts as a `peak_rate` besides what it is a rate of.
        """
        figures = (q for q in self._notebook.quantities if not q.superseded and _is(q, metric))
        return [base(q.value, q.unit)[0] for q in figures if not self._is_supposed(q)]

    def _is_supposed(self, figure: Quantity) -> bool:
        """Whether a figure was made up by the interviewer, or given by him alone in a line that makes one up."""
        notebook = self._notebook
        if figure.utterance in notebook.supposed:
            return True
        before = (q for q in notebook.quantities if q.utterance < figure.utterance)
        sources = [q for q in before if q.role is Role.GIVEN and same_amount(figure.value, figure.unit, q)]
        made_up = [q.utterance in notebook.supposed for q in sources]
        return figure.role is Role.GIVEN and bool(made_up) and made_up[0]


def _is(quantity: Quantity, metric: Metric) -> bool:
    return quantity.metric == metric or (metric == "peak_rate" and quantity.peak)


def holds(text: str, notebook: Notebook) -> bool:
    """Say whether a predicate of the bank is true of the candidate's design. Raises ProblemError if it is none."""
    return predicate.holds(text, NotebookFacts(notebook))
