"""A kind of import of the tests' own."""

from dataclasses import dataclass, field

from kepu.foundation.spreadsheets import CHANGED, NEW, SAME, Column, SheetImport, Verdict


@dataclass
class Shelf(SheetImport):
    """Books by number; the register is kept in memory, so that the frame alone is on trial."""

    kind = "test.books"
    title = "图书"
    permission = "people.manage"
    columns = (
        Column("number", "编号", required=True),
        Column("name", "书名", required=True),
        Column("copies", "册数", "integer"),
    )
    key = ("number",)
    done_url = "/desk/"
    books: dict = field(default_factory=dict)
    forbidden: set = field(default_factory=set)

    def check(self, rows, target):
        problems = [row.problem("name", "此书不得登记") for row in rows if row["name"] in self.forbidden]
        states = {}
        for row in rows:
            known = self.books.get(row["number"])
            states[row.number] = NEW if known is None else SAME if known == (row["name"], row["copies"]) else CHANGED
        return Verdict(problems, states)

    def apply(self, rows, target):
        assert target.actor.may(self.permission, target.region_path)
        self.books |= {row["number"]: (row["name"], row["copies"]) for row in rows}


class Silent:
    """Progress that nobody watches."""

    def step(self, *args: object) -> None:
        pass
