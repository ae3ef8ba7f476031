import argparse
from collections.abc import Sequence

from django.conf import settings

from kepu.foundation import door as foundation


def main(argv: Sequence[str]) -> int:
    """Check the installation and its data; 1 if something severe or critical was found."""
    parser = argparse.ArgumentParser(prog="kepu check", description=main.__doc__)
    parser.add_argument(
        "--head", metavar="NUMBER:HASH", help="a printed head of the audit log that must be found again"
    )
    asked = parser.parse_args(argv)
    found = foundation.checks.run()
    for check in foundation.checks.registered():
        sentences = [finding.sentence for finding in found if finding.check == check]
        grade = check.severity.name.lower() if sentences else "ok"
        print(f"{grade:<9} {check.section}.{check.name}")
        for sentence in sentences:
            print(f"          {sentence}")
    bad = [finding for finding in found if finding.check.severity >= foundation.checks.Severity.SEVERE]
    print(
        f"\n{len(found)} findings, {len(bad)} of them severe. Cookies are set for {'https' if settings.KEPU_TLS else 'plain http'}."
    )
    if any(finding.check.name == "migrations" for finding in found):
        return 1
    lost = asked.head is not None and not is_found_again(asked.head)
    if head := foundation.sealing.head():
        print(
            f"Audit log: head {head.number}:{head.mac} of {head.sealed_at:%Y-%m-%d %H:%M} UTC. Print it or keep it elsewhere."
        )
    return 1 if bad or lost else 0


def is_found_again(printed: str) -> bool:
    number, _, mac = printed.partition(":")
    if number.isdigit() and foundation.sealing.verify(((int(number), mac),)).is_sound:
        return True
    print(f"Audit log: the head {printed} is not in it.")
    return False
