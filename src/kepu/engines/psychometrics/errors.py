"""What is refused, in a form that a program can sort and a person can act on."""

from dataclasses import asdict, dataclass


@dataclass(eq=False)  # not frozen: Python itself sets the traceback of an exception on its way
class PsychometricsError(ValueError):
    """Input that cannot be scored or calibrated. `code` is stable (`responses.out_of_range`); the rest is for a person.

    `where` names the column, key or row; `expected` and `got` are short; `hint` says what to do.
    """

    code: str
    where: str
    expected: str
    got: str
    hint: str = ""

    def __str__(self) -> str:
        hint = f"; {self.hint}" if self.hint else ""
        return f"{self.code} at {self.where}: expected {self.expected}, got {self.got}{hint}"

    def as_dict(self) -> dict[str, str]:
        """The five fields, for JSON."""
        return asdict(self)
