from collections.abc import Sequence

from django.core.management import execute_from_command_line


def main(argv: Sequence[str]) -> int:
    execute_from_command_line(["kepu manage", *argv])
    return 0
