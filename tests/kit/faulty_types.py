"""A sound resource type, and ways to spoil it; each class names the test that must see it."""

import sys
from collections import Counter
from dataclasses import replace
from itertools import count

from k8s_datamodel.api import (
    Breakdown,
    Column,
    ComparisonRules,
    Concern,
    Deferred,
    DefinedBy,
    Finding,
    Matrix,
    Noise,
    Read,
    Record,
    Resource,
    ResourceType,
    Saying,
)
from k8s_datamodel.testing import ResourceTypeContract

WIDGETS = Resource("acme.example", "v1", "widgets", "Widget")


def widget(name, namespace, text):
    metadata = {"name": name, "namespace": namespace, "uid": f"{namespace}-{name}"}
    return {
        "apiVersion": "acme.example/v1",
        "kind": "Widget",
        "metadata": metadata,
        "spec": {"text": text, "size": 3},
    }


def values(thing):
    spec = thing.get("spec", {})
    names = {key: thing["metadata"][key] for key in ("namespace", "name")}
    return {**names, "text": spec.get("text"), "size": spec.get("size")}


def collect(reader):
    for thing in reader.objects(WIDGETS):
        yield Record(values(thing), thing)


class Sound(ResourceTypeContract):
    resource_type = ResourceType(
        name="widgets",
        command="widget",
        singular="Widget",
        plural="Widgets",
        columns=(
            Column("namespace", show="table"),
            Column("name", show="table"),
            Column("text"),
            Column("size", "integer"),
        ),
        identity=("namespace", "name"),
        collector=collect,
        reads=(Read(WIDGETS),),
    )
    objects = (widget("a", "x", "some words"), widget("a", "y", "more words"))
    catcher = ""


class TestSound(Sound):
    pass


def names_them(moment):
    rows = list(moment.rows("widgets"))
    yield Breakdown("sizes", "Widgets by size", Counter(row["size"] for row in rows))
    yield Concern("all", "Widgets", [f"{row['namespace']}/{row['name']}" for row in rows])


def counts_what_is_not_there(moment):
    yield Breakdown("sizes", "Widgets by size", {"3": 7})


def names_one_twice(moment):
    yield Concern("small", "Small widgets", [row["name"] for row in moment.rows("widgets")])


def gives_text(moment):
    yield "Widgets: 2"


def gives_one_key_twice(moment):
    yield from names_them(moment)
    yield from names_them(moment)


def needs_one(moment):
    yield Concern("first", "The first widget", [next(moment.rows("widgets"))["text"]])


def summed_up(function):
    return replace(Sound.resource_type, summary=f"{__name__}:{function.__name__}")


class TestSummary(Sound):
    resource_type = summed_up(names_them)


class TestCountsWhatIsNotThere(Sound):
    resource_type = summed_up(counts_what_is_not_there)
    catcher = "test_summary"


class TestNamesOneTwice(Sound):
    resource_type = summed_up(names_one_twice)
    catcher = "test_summary"


class TestGivesText(Sound):
    resource_type = summed_up(gives_text)
    catcher = "test_summary"


class TestGivesOneKeyTwice(Sound):
    resource_type = summed_up(gives_one_key_twice)
    catcher = "test_summary"


class TestSummaryNeedsOne(Sound):
    resource_type = summed_up(needs_one)
    catcher = "test_summary"


def _decoded(reader):
    for thing in reader.objects(WIDGETS):
        if thing["spec"].get("password", "s3cret-w0rd!") != "s3cret-w0rd!":
            reader.fault("widgets", "its password cannot be decoded")
        yield Record(values(thing), thing)


def with_password(thing):
    return {**thing, "spec": {**thing["spec"], "password": "s3cret-w0rd!"}}


class TestNeedsObjectsAsTheyAre(Sound):
    resource_type = replace(Sound.resource_type, collector=_decoded)
    objects = tuple(with_password(each) for each in Sound.objects)
    catcher = "test_samples_become_records_when_they_are_stored"


def _without_names(reader):
    for thing in reader.objects(WIDGETS):
        name = thing["spec"].get("password", thing["metadata"]["name"])
        yield Record({**values(thing), "name": name}, thing)


class TestNamedByACredential(TestNeedsObjectsAsTheyAre):
    resource_type = replace(Sound.resource_type, collector=_without_names)


def spoiled(collector=collect, **changes):
    return replace(Sound.resource_type, collector=collector, **changes)


class TestIdentityTooShort(Sound):
    resource_type = spoiled(identity=("name",))
    catcher = "test_identity_is_unique"


class TestIdentityUnknown(Sound):
    resource_type = spoiled(identity=("uid",))
    catcher = "test_description_is_valid"


class TestCollectorNotThere(Sound):
    resource_type = spoiled("nowhere_at_all:collect")
    catcher = "test_description_is_valid"


def wrong_type(reader):
    for thing in reader.objects(WIDGETS):
        yield Record({**values(thing), "size": "3"}, thing)


class TestWrongType(Sound):
    resource_type = spoiled(wrong_type)
    catcher = "test_samples_become_records"


def unknown_column(reader):
    for thing in reader.objects(WIDGETS):
        yield Record({**values(thing), "weight": 3}, thing)


class TestUnknownColumn(Sound):
    resource_type = spoiled(unknown_column)
    catcher = "test_samples_become_records"


def needs_optional_fields(reader):
    for thing in reader.objects(WIDGETS):
        yield Record({**values(thing), "text": thing["spec"]["text"]}, thing)


class TestNeedsOptionalFields(Sound):
    resource_type = spoiled(needs_optional_fields)
    catcher = "test_objects_with_nothing_but_a_name"


def forgets_a_column(reader):
    for thing in reader.objects(WIDGETS):
        yield Record({**values(thing), "text": None}, thing)


class TestForgetsAColumn(Sound):
    resource_type = spoiled(forgets_a_column)
    catcher = "test_every_column_is_filled"


def ascii_only(reader):
    for thing in reader.objects(WIDGETS):
        str(thing).encode("ascii")
        yield Record(values(thing), thing)


class TestAsciiOnly(Sound):
    resource_type = spoiled(ascii_only)
    catcher = "test_unicode"


def first_chunk_only(reader):
    for chunk in reader.chunks(WIDGETS):
        for thing in chunk:
            yield Record(values(thing), thing)
        return


class TestFirstPageOnly(Sound):
    resource_type = spoiled(first_chunk_only)
    catcher = "test_paging"


class TestUndeclaredRead(Sound):
    resource_type = spoiled(reads=())
    catcher = "test_reads_are_declared"


class TestNeverReadsWhatItDeclares(Sound):
    resource_type = spoiled(
        reads=(Read(WIDGETS), Read(Resource("acme.example", "v1", "gears", "Gear")))
    )
    catcher = "test_reads_are_declared"


def raises_when_forbidden(reader):
    yield from collect(reader)
    if reader.status(WIDGETS) == "forbidden":
        raise PermissionError


class TestRaisesWhenForbidden(Sound):
    resource_type = spoiled(raises_when_forbidden)
    catcher = "test_forbidden_reads"


def raises_midway(reader):
    yield from collect(reader)
    if reader.status(WIDGETS) == "failed":
        raise ConnectionError


class TestRaisesMidway(Sound):
    resource_type = spoiled(raises_midway)
    catcher = "test_reads_that_fail_midway"


def raises_when_absent(reader):
    yield from collect(reader)
    if reader.status(WIDGETS) == "absent":
        raise LookupError


class TestRaisesWhenAbsent(Sound):
    resource_type = spoiled(raises_when_absent)
    catcher = "test_absent_reads"


def raises_without_objects(reader):
    things = list(reader.objects(WIDGETS))
    things[0]
    for thing in things:
        yield Record(values(thing), thing)


class TestRaisesWithoutObjects(Sound):
    resource_type = spoiled(raises_without_objects)
    catcher = "test_empty_source"


def changes_objects(reader):
    for thing in reader.objects(WIDGETS):
        thing["metadata"].pop("uid", None)
        yield Record(values(thing), thing)


class TestChangesObjects(Sound):
    resource_type = spoiled(changes_objects)
    catcher = "test_objects_are_left_as_they_are"


def counts_up(reader):
    for number, thing in enumerate(reader.objects(WIDGETS)):
        yield Record({**values(thing), "size": number}, thing)


class TestDependsOnOrder(Sound):
    resource_type = spoiled(counts_up)
    catcher = "test_deterministic"


CALLS = count()


def counts_calls(thing):
    return next(CALLS)


def column(**changed):
    columns = [c for c in Sound.resource_type.columns if c.name != "size"]
    return (*columns, Column("size", "integer", **changed))


def sizeless(reader):
    for thing in reader.objects(WIDGETS):
        found = values(thing)
        del found["size"]
        yield Record(found, thing)


class TestPureInNameOnly(Sound):
    resource_type = replace(
        spoiled(sizeless), columns=column(value=f"{__name__}:counts_calls"), pure=True
    )
    catcher = "test_made_once"


def untold(thing):
    return thing["metadata"]["name"]


class TestDoesNotSayWhatItReturns(Sound):
    resource_type = replace(
        Sound.resource_type, reads=(Read(WIDGETS, fact=f"{__name__}:untold", pure=True),)
    )
    catcher = "test_made_once"


def miscalled(thing) -> tuple[str, ...]:
    return list(thing["metadata"]["name"])


class TestReturnsSomethingElse(Sound):
    resource_type = replace(
        Sound.resource_type, reads=(Read(WIDGETS, fact=f"{__name__}:miscalled", pure=True),)
    )
    catcher = "test_made_once"


def keeps_no_object(reader):
    for thing in reader.objects(WIDGETS):
        yield Record(values(thing), thing["metadata"])


class TestKeepsNoObject(Sound):
    resource_type = spoiled(keeps_no_object)
    catcher = "test_values_and_specs_are_json"


def prints(reader):
    sys.stdout.write("collecting\n")
    yield from collect(reader)


class TestPrints(Sound):
    resource_type = spoiled(prints)
    catcher = "test_prints_nothing"


def made_up_when_limited(reader):
    if reader.namespace:
        thing = widget("made-up", reader.namespace, "some words")
        yield Record(values(thing), thing)
    yield from collect(reader)


class TestMakesUpWhenLimited(Sound):
    resource_type = spoiled(made_up_when_limited)
    catcher = "test_namespace"


def users(moment):
    if moment.counts.get("gadgets") is None:
        return lambda row: {"why": "the gadgets were not read"}
    return lambda row: {"users": ["a gadget"]}


def misspells(moment):
    return lambda row: {"wy": "the gadgets were not read"}


def needs_gadgets(moment):
    return lambda row: {"users": moment.counts["gadgets"]}


def waits(reader):
    for thing in reader.objects(WIDGETS):
        yield Record({**values(thing), "why": "not yet"}, thing)


def deferring(collector, target):
    sound = Sound.resource_type
    return replace(
        sound,
        columns=(
            *sound.columns,
            Column("users", "list", volatile=True),
            Column("why", volatile=True),
        ),
        deferred=(Deferred(("users", "why"), "why", ("gadgets",), f"{__name__}:{target}"),),
        collector=collector,
    )


class TestDeferred(Sound):
    resource_type = deferring(waits, "users")


class TestGivesNoReasonFirst(Sound):
    resource_type = deferring(collect, "users")
    catcher = "test_deferred_columns"


class TestGivesNoReasonLater(Sound):
    resource_type = deferring(waits, "misspells")
    catcher = "test_deferred_columns"


class TestNeedsTheOtherType(Sound):
    resource_type = deferring(waits, "needs_gadgets")
    catcher = "test_deferred_columns"


class TestDeferredTargetIsGone(Sound):
    resource_type = deferring(waits, "no_such_function")
    catcher = "test_description_is_valid"


class TestFoundByNothing(Sound):
    resource_type = replace(
        Sound.resource_type,
        columns=(*Sound.resource_type.columns, Column("alias")),
        found_by=("alias",),
    )
    unfilled = frozenset({"alias"})
    catcher = "test_found_by"


class TestProductIsNoText(Sound):
    resource_type = replace(Sound.resource_type, matrix=Matrix(product="faulty_types:no_product"))
    catcher = "test_matrix"


class TestProductIsGone(Sound):
    resource_type = replace(
        Sound.resource_type, matrix=Matrix(product="faulty_types:no_such_function")
    )
    catcher = "test_description_is_valid"


class TestMatrixOfNoColumn(Sound):
    resource_type = replace(Sound.resource_type, matrix=Matrix(version="no_such_column"))
    catcher = "test_description_is_valid"


def no_product(row):
    return ["a"]


def sound_rules():
    noise = (Noise("spec.size", "a counter", ("Widget.acme.example",)),)
    noise = (*noise, Noise("size", "a counter", columns_of=("widgets",)))
    return ComparisonRules(noise, says={"widgets": says_the_text})


def says_the_text(difference):
    return Saying("words") if difference.steps[-1] == "text" else None


def rules_that_say_text():
    return ComparisonRules(says={"widgets": lambda difference: "size"})


def rules_that_say_nothing():
    return ComparisonRules(says={"widgets": lambda difference: Saying("")})


def rules_of_text():
    return "spec.size"


def rules_with_a_broken_path():
    return ComparisonRules((Noise("spec.size[", "a counter"),))


def rules_that_leave_all_out():
    return ComparisonRules((Noise("*", "a counter"),))


def rules_of_another_column():
    return ComparisonRules((Noise("weight", "a counter", columns_of=("widgets",)),))


def compared(rules):
    return replace(Sound.resource_type, comparison=f"{__name__}:{rules}")


def no_parent(row):
    raise LookupError(row["name"])


def rules_of_a_broken_parent():
    return ComparisonRules(defined_by=DefinedBy("gadgets", no_parent, lambda thing, version: None))


class TestDefinedByAFault(Sound):
    resource_type = compared("rules_of_a_broken_parent")
    catcher = "test_history"


class TestCompared(Sound):
    resource_type = compared("sound_rules")


class TestSaysText(Sound):
    resource_type = compared("rules_that_say_text")
    catcher = "test_comparison"


class TestSaysNothing(Sound):
    resource_type = compared("rules_that_say_nothing")
    catcher = "test_comparison"


class TestComparedByText(Sound):
    resource_type = compared("rules_of_text")
    catcher = "test_comparison"


class TestComparedByABrokenPath(Sound):
    resource_type = compared("rules_with_a_broken_path")
    catcher = "test_comparison"


class TestNoisyByABrokenPath(Sound):
    resource_type = replace(Sound.resource_type, noise=("a..b",))
    catcher = "test_comparison"


class TestComparedByNothing(Sound):
    resource_type = compared("rules_that_leave_all_out")
    catcher = "test_comparison"


class TestComparedByAnotherColumn(Sound):
    resource_type = compared("rules_of_another_column")
    catcher = "test_comparison"


def sound_grading(configuration):
    def graded(old, new):
        if old is None or new is None:
            yield Finding(rule="came-or-went", level="risky", message="It came or went.")
        elif old["spec"] != new["spec"]:
            yield Finding(rule="changed", level="additive", message="It changed.", path="spec")

    return graded


def grading_of_equal_rows(configuration):
    return lambda old, new: [Finding(rule="a", level="risky", message="It is there.")]


def grading_that_trusts(configuration):
    def graded(old, new):
        sizes = [row["spec"]["spec"]["size"] if row else 0 for row in (old, new)]
        if sizes[1] > sizes[0]:
            yield Finding(rule="grew", level="risky", message="It grew.")

    return graded


def grading_by_text(configuration):
    return lambda old, new: [] if old == new else ["breaking"]


def grading_by_another_level(configuration):
    found = Finding(rule="a", level="terrible", message="It changed.")
    return lambda old, new: [] if old == new else [found]


def grading_without_words(configuration):
    return lambda old, new: [] if old == new else [Finding(rule="a", level="risky", message="")]


def grading_by_nothing(configuration):
    return "breaking"


def graded(function):
    return replace(Sound.resource_type, grading=f"{__name__}:{function}")


class TestGraded(Sound):
    resource_type = graded("sound_grading")


class TestGradesEqualRows(Sound):
    resource_type = graded("grading_of_equal_rows")
    catcher = "test_grading"


class TestGradingTrusts(Sound):
    resource_type = graded("grading_that_trusts")
    catcher = "test_grading"


class TestGradesByText(Sound):
    resource_type = graded("grading_by_text")
    catcher = "test_grading"


class TestGradesByAnotherLevel(Sound):
    resource_type = graded("grading_by_another_level")
    catcher = "test_grading"


class TestGradesWithoutWords(Sound):
    resource_type = graded("grading_without_words")
    catcher = "test_grading"


class TestGradedByNothing(Sound):
    resource_type = graded("grading_by_nothing")
    catcher = "test_grading"
