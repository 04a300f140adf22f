"""The problem bank and the technology atlas: data the interviewer, the coach and the grader draw on."""
