"""A sound format, and ways to spoil it; each class names the test that must see it."""

import itertools
import json

from k8s_datamodel.api import Fields, FormatterSpec, Page, Pages, Text
from k8s_datamodel.testing import FormatterContract
from k8s_datamodel.testing.parts import PARTS

MADE = itertools.count()


class Lines:
    """One JSON text a line."""

    def line(self, value, output):
        output.text.write(json.dumps(value) + "\n")

    def rows(self, block):
        return block.by_key()

    def block(self, block, output):
        for row in self.rows(block):
            self.line(row, output)

    def write(self, page, output):
        for block in page.blocks:
            match block:
                case Fields(values):
                    self.line(dict(values), output)
                case Pages(pages):
                    for each in pages:
                        self.write(each, output)
                case Text(chunks):
                    self.line("".join(chunks), output)
                case Page():
                    self.write(block, output)
                case _:
                    self.block(block, output)


class Sound(FormatterContract):
    catcher = ""

    def parse(self, content):
        return [json.loads(line) for line in content.decode().splitlines()]


def spec(name):
    return FormatterSpec("lines", f"{__name__}:{name}")


class TestSound(Sound):
    formatter = spec("Lines")


class Speaks:
    say = Lines.write


class TestMissesTheMethod(Sound):
    formatter = spec("Speaks")
    catcher = "test_description_is_valid"


class FailsWithoutRows(Lines):
    def block(self, block, output):
        rows = list(self.rows(block))
        self.line(rows[0], output)
        for row in rows[1:]:
            self.line(row, output)


class TestFailsWithoutRows(Sound):
    formatter = spec("FailsWithoutRows")
    catcher = "test_no_rows"


class DropsLastRow(Lines):
    def block(self, block, output):
        for row in list(self.rows(block))[:-1] or ():
            self.line(row, output)


class TestDropsLastRow(Sound):
    formatter = spec("DropsLastRow")
    catcher = "test_rows"


class WaitsForAll(Lines):
    def block(self, block, output):
        for row in list(self.rows(block)):
            self.line(row, output)


class TestWaitsForAll(Sound):
    formatter = spec("WaitsForAll")
    catcher = "test_writes_while_it_reads"


class Ascii(Lines):
    def line(self, value, output):
        json.dumps(value, ensure_ascii=False).encode("ascii")
        super().line(value, output)


class TestAscii(Sound):
    formatter = spec("Ascii")
    catcher = "test_unicode"


class Quotes(Lines):
    def line(self, value, output):
        values = {key: str(each) for key, each in value.items()}
        output.text.write(str(values).replace("'", '"') + "\n")


class TestQuotesByHand(Sound):
    formatter = spec("Quotes")
    catcher = "test_unicode"


class Sums(Lines):
    def line(self, value, output):
        if "size" in value:
            value = {**value, "size": value["size"] + 0}
        super().line(value, output)


class TestFailsOnNulls(Sound):
    formatter = spec("Sums")
    catcher = "test_nulls"


class Numbered(Lines):
    def line(self, value, output):
        super().line({**value, "made": next(MADE)}, output)


class TestNeverTheSame(Sound):
    formatter = spec("Numbered")
    catcher = "test_stable"


class Remembers(Lines):
    def __init__(self):
        self.seen = []

    def line(self, value, output):
        if value not in self.seen:
            super().line(value, output)
        self.seen.append(value)


class TestRemembers(Sound):
    formatter = spec("Remembers")
    catcher = "test_formatter_keeps_nothing"


class Cuts(Lines):
    def rows(self, block):
        return ({**row, "name": row["name"][:40]} for row in super().rows(block))


class TestCuts(Sound):
    formatter = spec("Cuts")
    catcher = "test_nothing_is_cut"


class Raw(Lines):
    def line(self, value, output):
        output.text.write(json.dumps(value, ensure_ascii=False).replace("\\u001b", "\x1b") + "\n")


class TestDrivesTerminals(Sound):
    formatter = spec("Raw")
    catcher = "test_control_characters"


class Prints(Lines):
    def block(self, block, output):
        print("writing")
        super().block(block, output)


class TestPrints(Sound):
    formatter = spec("Prints")
    catcher = "test_prints_nothing"


class Closes(Lines):
    def write(self, page, output):
        super().write(page, output)
        if isinstance(page.whole, Fields):
            output.text.close()


class TestClosesTheStream(Sound):
    formatter = spec("Closes")
    catcher = "test_other_blocks"


class TypesOnly(Lines):
    def rows(self, block):
        return block.by_key() if PARTS.command == block.command else ()


class TestKnowsNoTables(Sound):
    formatter = spec("TypesOnly")
    catcher = "test_tables"


class ReadsTwice(Lines):
    def write(self, page, output):
        if isinstance(page.whole, Pages):
            list(page.whole.pages)
        super().write(page, output)


class TestReadsTwice(Sound):
    formatter = spec("ReadsTwice")
    catcher = "test_rows"
