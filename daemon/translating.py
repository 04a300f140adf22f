"""What watchers ask for and what the ears hear, as events of the round. Pure: times come in."""

from __future__ import annotations

from phantomcode.daemon import listening
from phantomcode.daemon.contract import messages
from phantomcode.daemon.core import events
from phantomcode.daemon.core.transcript import Speaker

_PLAIN: dict[type[messages.Wire], type[events.Happened]] = {
    messages.Pause: events.Paused,
    messages.Resume: events.Resumed,
    messages.NextHint: events.HintAsked,
    messages.DismissHint: events.HintDismissed,
    messages.YourTurn: events.TurnYielded,
    messages.EndRound: events.EndAsked,
}


def asked(command: messages.Command, now: float) -> events.Event | None:
    """Return the event of a command to the round at session second `now`, or None for an utterance without a word."""
    if isinstance(command, messages.TypedUtterance):
        text = command.text.strip()
        return events.UtteranceHeard(now, Speaker.CANDIDATE, now, now, text) if text else None
    return _PLAIN[type(command)](now)  # type: ignore[return-value]  # every value is a member of Event


def happened(heard: listening.EarEvent, now: float) -> events.Event | None:
    """Return the event of what the ears tell, or None for what is only shown."""
    match heard:
        case listening.LevelHeard() | listening.PartialHeard():
            return None
        case listening.SpeechBegan(at_seconds):
            return events.SpeechStarted(at_seconds)
        case listening.SpeechHeld(at_seconds, turn_complete):
            return events.SpeechPaused(at_seconds, turn_complete)
        case listening.SpeechWentOn(at_seconds):
            return events.SpeechResumed(at_seconds)
        case listening.NothingHeard():
            return events.SpeechDropped(now, heard.ended_seconds)
        case listening.UtteranceEnded():
            return events.UtteranceHeard(
                now, Speaker.CANDIDATE, heard.started_seconds, heard.ended_seconds, heard.text, heard.confidence
            )
        case _:
            return _input_changed(heard, now)


def _input_changed(heard: listening.EarEvent, now: float) -> events.Event | None:
    match heard:
        case listening.InputGone(code, message, remedy):
            return events.InputLost(now, code, message, remedy)
        case listening.InputBack(device):
            return events.InputRestored(now, device)
        case listening.InputEnded():
            return events.InputEnded(now)
        case listening.InputSilent():
            remedy = "Allow this program to use the microphone, or unmute it."
            return events.InputLost(now, "audio.silent-input", "The microphone delivers nothing but zeros.", remedy)
        case _:
            return None
