from collections.abc import Sequence

from django.core.management import call_command


def main(argv: Sequence[str]) -> int:
    """Bring the database up to date; safe to repeat."""
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    return 0
