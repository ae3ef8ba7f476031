"""The `kepu` command. Engines' commands start without Django, so everything is imported when its verb is called."""

import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

Verb = Callable[[Sequence[str]], int]

# verb: (module with `main(argv) -> int`, needs Django, what it does)
VERBS: dict[str, tuple[str, bool, str]] = {
    "demo": ("kepu.project.demo", False, "serve an invented city, in a data directory apart"),
    "migrate": ("kepu.project.migrate", True, "create or bring up to date the database"),
    "serve": ("kepu.project.serve", True, "run the web server, a worker and the ticker"),
    "worker": ("kepu.project.worker", True, "do background work"),
    "tick": ("kepu.project.tick", True, "run the periodic duties that are due"),
    "check": ("kepu.project.check", True, "check the installation and its data"),
    "backup": ("kepu.project.backup", True, "write database and files into one file, while running"),
    "restore": ("kepu.project.restore", True, "put a backup in place, or try it out beside"),
    "upgrade": ("kepu.project.upgrade", True, "back up, migrate, check; go back if that fails"),
    "plan": ("kepu.engines.plandoc.command", False, "read plan documents into ledgers"),
    "survey": ("kepu.project.survey", False, "estimate, draw, plan and score surveys"),
    "manage": ("kepu.project.manage", True, "any command of Django, for developers"),
}


def usage() -> str:
    width = max(map(len, VERBS))
    return "kepu VERB …\n\n" + "\n".join(f"  {verb:<{width}}  {what}" for verb, (_, _, what) in VERBS.items())


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; 0 means done, 2 a wrong call, anything else a failure that was said on standard error."""
    args = list(sys.argv[1:] if argv is None else argv)
    if not args or args[0] in {"-h", "--help", "help"}:
        print(usage())
        return 0
    verb, rest = args[0], args[1:]
    if verb not in VERBS:
        print(f"kepu: no verb {verb!r}\n\n{usage()}", file=sys.stderr)
        return 2
    module, needs_django, _ = VERBS[verb]
    if needs_django and (problem := start_django()):
        print(f"kepu: {problem}", file=sys.stderr)
        return 1
    run: Verb = import_module(module).main
    return run(rest)


def start_django() -> str:
    """Set up Django on the data directory; what the operator has to mend, or nothing."""
    from django.core.exceptions import ImproperlyConfigured

    from kepu.project import environment

    try:
        environment.prepare(environment.read().data)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kepu.project.settings")
        import django

        django.setup()
    except (environment.Misconfigured, ImproperlyConfigured) as problem:
        return str(problem)
    return ""
