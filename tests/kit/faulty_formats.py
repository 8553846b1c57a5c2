"""A sound format, and ways to spoil it; each class names the test that must see it."""

import itertools
import json

from k8s_datamodel.api import FormatterSpec, Section
from k8s_datamodel.testing import FormatterContract

MADE = itertools.count()


class Lines:
    """One JSON text a line."""

    def line(self, value, output):
        output.text.write(json.dumps(value) + "\n")

    def rows(self, listing):
        columns = listing.type.columns if isinstance(listing, Section) else listing.columns
        for row in listing.rows:
            yield {column.key: row.get(column.name) for column in columns}

    def listing(self, listing, output):
        for row in self.rows(listing):
            self.line(row, output)

    def record(self, section, row, output):
        self.listing(Section(section.type, [row]), output)

    def document(self, document, output):
        self.line(dict(document.snapshot), output)
        for section in document.sections:
            self.listing(section, output)

    def documents(self, documents, output):
        for document in documents:
            self.document(document, output)

    def value(self, value, output):
        self.line(value, output)


class Sound(FormatterContract):
    catcher = ""

    def parse(self, content):
        return [json.loads(line) for line in content.decode().splitlines()]


def spec(name):
    return FormatterSpec("lines", f"{__name__}:{name}")


class TestSound(Sound):
    formatter = spec("Lines")


class NoDocuments:
    listing = record = document = value = Lines.listing


class TestMissesAMethod(Sound):
    formatter = spec("NoDocuments")
    catcher = "test_description_is_valid"


class FailsWithoutRows(Lines):
    def listing(self, listing, output):
        rows = list(self.rows(listing))
        self.line(rows[0], output)
        for row in rows[1:]:
            self.line(row, output)


class TestFailsWithoutRows(Sound):
    formatter = spec("FailsWithoutRows")
    catcher = "test_no_rows"


class DropsLastRow(Lines):
    def listing(self, listing, output):
        for row in list(self.rows(listing))[:-1] or ():
            self.line(row, output)


class TestDropsLastRow(Sound):
    formatter = spec("DropsLastRow")
    catcher = "test_rows"


class WaitsForAll(Lines):
    def listing(self, listing, output):
        for row in list(self.rows(listing)):
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
    def rows(self, listing):
        return ({**row, "name": row["name"][:40]} for row in super().rows(listing))


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
    def listing(self, listing, output):
        print("writing")
        super().listing(listing, output)


class TestPrints(Sound):
    formatter = spec("Prints")
    catcher = "test_prints_nothing"


class Closes(Lines):
    def value(self, value, output):
        super().value(value, output)
        output.text.close()


class TestClosesTheStream(Sound):
    formatter = spec("Closes")
    catcher = "test_value"


class TypesOnly(Lines):
    def listing(self, listing, output):
        for row in listing.rows:
            columns = listing.type.columns
            self.line({column.key: row.get(column.name) for column in columns}, output)


class TestKnowsNoTables(Sound):
    formatter = spec("TypesOnly")
    catcher = "test_tables"


class ReadsTwice(Lines):
    def documents(self, documents, output):
        list(documents)
        super().documents(documents, output)


class TestReadsTwice(Sound):
    formatter = spec("ReadsTwice")
    catcher = "test_rows"
