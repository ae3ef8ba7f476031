"""`kepu survey …`: each verb is a command of an engine, imported when it is called."""

import sys
from collections.abc import Sequence
from importlib import import_module

VERBS = {
    "estimate": ("kepu.engines.survey.commands.estimate", "estimates with their errors, from data and a specification"),
    "draw": ("kepu.engines.survey.commands.draw", "draw a sample from a frame"),
    "plan": ("kepu.engines.survey.commands.plan", "sample size, power and allocation"),
    "score": ("kepu.engines.psychometrics.command", "score answers"),
}


def main(argv: Sequence[str]) -> int:
    """Run one verb; 0 means done, 2 a wrong call or input that was refused with a structured error."""
    usage = "kepu survey VERB …\n\n" + "\n".join(f"  {verb:<10}{what}" for verb, (_, what) in VERBS.items())
    if not argv or argv[0] in {"-h", "--help"}:
        print(usage)
        return 0
    if argv[0] not in VERBS:
        print(f"kepu survey: no verb {argv[0]!r}\n\n{usage}", file=sys.stderr)
        return 2
    return int(import_module(VERBS[argv[0]][0]).main(argv[1:]))
