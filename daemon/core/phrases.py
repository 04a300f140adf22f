"""The interviewer's own stock lines: what needs no bank, in a few wordings each, so that no round sounds canned.

None praises, none gives anything away, none is longer than 30 words.
"""

from __future__ import annotations

from phantomcode.daemon.contract.vocabulary import Phase

RELEASE = (
    "Okay, noted. Go ahead.",
    "Alright. Go on.",
    "Noted. Carry on.",
    "Okay. Keep going.",
    "Okay, moving on.",
    "Got it. Continue.",
)

YOUR_CALL = (
    "Your call. State an assumption and go.",
    "I have no number for that. Pick one and say why.",
    "Assume something sensible and tell me what it is.",
    "Up to you. Just say it out loud so I can hold you to it.",
    "That one is open. Decide, and tell me what it costs.",
)

REPEATED_QUESTION = (
    "Same answer as before. What do you do with it?",
    "That has not changed since you asked. Go on from there.",
)

_HAND_BACK_DESIGN = (
    "What is the next piece you would put down?",
    "Where do you want to take this?",
    "Talk me through what you are weighing.",
    "Keep going. What happens next in your design?",
    "What is still missing from your picture?",
)
HAND_BACK: dict[Phase, tuple[str, ...]] = {
    Phase.CLARIFY: (
        "What else do you need to know?",
        "What would you pin down next?",
        "Talk me through what you are weighing.",
    ),
    Phase.ESTIMATE: (
        "Which number do you want next?",
        "Where do your figures stand?",
        "Talk me through what you are weighing.",
    ),
    Phase.HIGH_LEVEL: _HAND_BACK_DESIGN,
    Phase.DEEP_DIVE: _HAND_BACK_DESIGN,
    Phase.TRADEOFFS: _HAND_BACK_DESIGN,
}

NOTHING_MORE = (
    "If you have nothing to add, end the round. Otherwise the floor is yours.",
    "The floor stays yours. End the round when you are done.",
)

REFOCUS = (
    "Let us stay with the design. What is the next piece of it?",
    "Back to the problem. Where were you in the design?",
    "I would like to hear about the system. What comes next in it?",
    "That does not get us a system. Pick the next part and go on.",
)

CHANGED = (
    "That is what changed. Work with the new requirement.",
    "Not any more. Take the requirement I gave you later.",
)

NUDGES: dict[Phase, tuple[str, ...]] = {
    Phase.CLARIFY: (
        "We have been on requirements a while. Put some numbers on it.",
        "Enough scoping for me. How big is this thing?",
    ),
    Phase.ESTIMATE: (
        "The numbers are taking time. Show me the boxes.",
        "Let us move from sizing to the design itself.",
    ),
    Phase.HIGH_LEVEL: (
        "We have spent long enough on the overview. Pick one part and take it apart.",
        "I have the boxes. Choose the riskiest one and go deep.",
    ),
    Phase.DEEP_DIVE: (
        "The clock says wrap this part up. What did you trade away overall?",
        "Leave that piece there. Tell me what you gave up with this design.",
    ),
    Phase.TRADEOFFS: (
        "You have weighed this for a while. What would you change first?",
        "Enough weighing for me. Name the weakest part of your design.",
    ),
}

WRAP_UP = (
    "We are nearly out of time. Give me the weakest part of this design.",
    "Last moments. What would you fix first if this shipped?",
)

CLOSE = (
    "That is time. Thanks, we stop here.",
    "We are out of time. Let us leave it there.",
)

CLOSE_EARLY = (
    "Alright, we stop here.",
    "Okay. We leave it there.",
)
