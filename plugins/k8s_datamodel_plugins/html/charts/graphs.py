"""Who has to do with what: two columns of boxes with lines between them, and the same as a list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from k8s_datamodel_plugins.html.charts.drawing import fitting, linked, place, text
from k8s_datamodel_plugins.html.charts.layers import in_layers

_WIDTH, _BOX, _ROW, _EDGE = 900, 320, 26, 4
_BOX_HEIGHT = 20
_HEAD = 28
_FONT = 12.5
_PADDING = 8

_FIGURE = Markup(
    '<figure class="graph"><figcaption>{caption}</figcaption>'
    '<div class="figure" tabindex="0" role="region" aria-label="{caption}, drawn">{drawing}</div>'
    "<details><summary>{summary}</summary><ul>{items}</ul></details></figure>"
)
_SVG = Markup(
    '<svg role="group" aria-label="{name}" width="{width}" height="{height}" '
    'viewBox="0 0 {width} {height}">{heads}{body}</svg>'
)
_HEADING = Markup('<text class="heading" x="{}" y="16">{}</text>')
_SOURCE = Markup("<g>{}{}</g>")
_PATH = Markup('<path d="{}"{}/>')
_DASHED = Markup(' class="dashed"')
_FAINT = Markup(' class="faint"')
_REST = "the rest"
"""The key of the box of all that is not drawn. The lines to it say little, and are many."""
_BOXED = Markup(
    "<title>{title}</title>"
    '<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="3"/>'
    '<text x="{text_x}" y="{text_y}">{name}</text>'
)
_GROUP = Markup('<g class="box">{}</g>')
_ITEM = Markup("<li>{}: {}</li>")


@dataclass(frozen=True, slots=True)
class Edge:
    """A line from one thing to another.

    Attributes:
        source: key of a node of the left column.
        target: key of a node of the right column.
        dashed: it is a lesser one.
    """

    source: str
    target: str
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """A box.

    Attributes:
        key: what edges name.
        name: what stands in it; the key if empty.
        href: where it leads; nowhere if empty.
        group: what stands for it and its like where there are too many to draw.
    """

    key: str
    name: str = ""
    href: str = ""
    group: str = ""

    @property
    def shown(self) -> str:
        """What people read."""
        return self.name or self.key


@dataclass(frozen=True, slots=True)
class Wording:
    """What a graph calls things.

    Attributes:
        caption: what it is of.
        sources: the head of the left column.
        targets: the head of the right one; also the noun for several of them.
        dashed: what a dashed line means, for the list.
    """

    caption: str
    sources: str = "Operators"
    targets: str = "CRDs"
    dashed: str = "shared"


def graph(
    edges: Iterable[Edge],
    wording: Wording,
    *,
    sources: Iterable[Node] = (),
    targets: Iterable[Node] = (),
    most: int = 60,
) -> Markup:
    """A figure: the drawing, which scrolls where it is wide, and a list with everything in it.

    Args:
        edges: each leads from the left to the right.
        wording: what is written.
        sources: nodes of the left column, with or without edges. Keys that only edges name are
            drawn as they are.
        targets: those of the right column.
        most: boxes of a column. Of more targets those of a group become one, and if that is not
            enough the groups with the fewest; of more sources those with the fewest edges.
    """
    edges = list(dict.fromkeys(edges))
    left = _nodes(sources, (each.source for each in edges))
    right = _nodes(targets, (each.target for each in edges))
    folding = _Folding(left, right, wording, most)
    drawn = folding.edges(edges)
    return _FIGURE.format(
        caption=text(wording.caption),
        drawing=_drawing(drawn, folding, wording),
        summary=text(f"{wording.sources} and {wording.targets} as a list"),
        items=Markup("").join(_items(edges, left, right, wording)),
    )


def _nodes(given: Iterable[Node], named: Iterable[str]) -> dict[str, Node]:
    found = {each.key: each for each in given}
    return found | {key: Node(key) for key in named if key not in found}


class _Folding:
    """The boxes that are drawn, and which of them stands for each node."""

    def __init__(
        self, left: Mapping[str, Node], right: Mapping[str, Node], wording: Wording, most: int
    ) -> None:
        self._wording, self._most = wording, most
        self._left, self._right = left, right
        self.sources: dict[str, Node] = {}
        self.targets: dict[str, Node] = {}

    def edges(self, edges: Sequence[Edge]) -> list[Edge]:
        """The edges between boxes; one that stands for several is dashed if all of them are."""
        right = self._grouped() if len(self._right) > self._most else self._right
        degree = _degrees((each.target, each.source) for each in edges)
        self.targets = self._few(right, degree, self._wording.targets)
        degree = _degrees((each.source, each.target) for each in edges)
        self.sources = self._few(self._left, degree, self._wording.sources)
        found: dict[tuple[str, str], bool] = {}
        for each in edges:
            ends = self.sources[each.source].key, self.targets[each.target].key
            found[ends] = found.get(ends, True) and each.dashed
        return [Edge(*ends, dashed) for ends, dashed in found.items()]

    def _grouped(self) -> dict[str, Node]:
        """Of each target the box of its group; one alone stands for itself."""
        members: dict[str, list[Node]] = defaultdict(list)
        for node in self._right.values():
            members[node.group].append(node)
        found: dict[str, Node] = {}
        for group, nodes in members.items():
            name = f"{group or 'others'}: {len(nodes)} {self._wording.targets}"
            box = nodes[0] if len(nodes) == 1 else Node(f"group {group}", name)
            found |= {node.key: box for node in nodes}
        return found

    def _few(
        self, boxes: Mapping[str, Node], degree: Mapping[str, int], noun: str
    ) -> dict[str, Node]:
        """As many boxes as may be drawn: those with the most edges, and one for the others."""
        weight: dict[Node, int] = defaultdict(int)
        for key, box in boxes.items():
            weight[box] += degree.get(key, 0) + 1
        if len(weight) <= self._most:
            return dict(boxes)
        by_weight = sorted(weight, key=lambda each: (-weight[each], each.shown))
        kept = set(by_weight[: self._most - 1])
        folded = sum(box not in kept for box in boxes.values())
        rest = Node(_REST, f"{folded} more {noun}")
        return {key: box if box in kept else rest for key, box in boxes.items()}


def _degrees(pairs: Iterable[tuple[str, str]]) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for key, _ in set(pairs):
        found[key] += 1
    return found


def _drawing(edges: Sequence[Edge], folding: _Folding, wording: Wording) -> Markup:
    boxes = [
        {each.key: each for each in column.values()}
        for column in (folding.sources, folding.targets)
    ]
    pairs = [(each.source, each.target) for each in edges]
    rows = in_layers([list(each) for each in boxes], pairs)
    tall = max((row for column in rows for row in column.values()), default=0) + 1
    tops = [{key: _HEAD + row * _ROW for key, row in column.items()} for column in rows]
    lines = defaultdict(list)
    for each in edges:
        lines[each.source].append(_line(tops[0][each.source], tops[1][each.target], _look(each)))
    right = _WIDTH - _EDGE - _BOX
    body = [
        _SOURCE.format(Markup("").join(lines[key]), _box(boxes[0][key], _EDGE, top))
        for key, top in tops[0].items()
    ]
    body += [_box(boxes[1][key], right, top) for key, top in tops[1].items()]
    heads = (_EDGE, wording.sources), (right, wording.targets)
    return _SVG.format(
        name=text(f"{wording.caption}; the list below says the same"),
        width=_WIDTH,
        height=place(_HEAD + tall * _ROW),
        heads=Markup("").join(_HEADING.format(x, text(head)) for x, head in heads),
        body=Markup("").join(body),
    )


def _look(edge: Edge) -> Markup:
    if _REST in (edge.source, edge.target):
        return _FAINT
    return _DASHED if edge.dashed else Markup()


def _line(source: float, target: float, look: Markup) -> Markup:
    start, end = _EDGE + _BOX, _WIDTH - _EDGE - _BOX
    one, other = (place(top + _BOX_HEIGHT / 2) for top in (source, target))
    middle = (start + end) // 2
    path = f"M{start} {one}C{middle} {one} {middle} {other} {end} {other}"
    return _PATH.format(path, look)


def _box(node: Node, x: float, top: float) -> Markup:
    inner = _BOXED.format(
        title=text(node.shown),
        x=x,
        y=place(top),
        width=_BOX,
        height=_BOX_HEIGHT,
        text_x=x + _PADDING,
        text_y=place(top + _BOX_HEIGHT - 6),
        name=fitting(node.shown, _BOX - 2 * _PADDING, _FONT),
    )
    return linked(inner, node.href) if node.href else _GROUP.format(inner)


def _items(
    edges: Sequence[Edge],
    left: Mapping[str, Node],
    right: Mapping[str, Node],
    wording: Wording,
) -> Iterator[Markup]:
    """An item for each source, with its targets; then those that none leads to."""
    by_source: dict[str, list[Edge]] = defaultdict(list)
    for each in edges:
        by_source[each.source].append(each)
    for key, node in left.items():
        ends = Markup(", ").join(
            _named(right[each.target]) + (text(f" ({wording.dashed})") if each.dashed else "")
            for each in by_source[key]
        )
        yield _ITEM.format(_named(node), ends or "none")
    reached = {each.target for each in edges}
    alone = [node for key, node in right.items() if key not in reached]
    if alone:
        yield _ITEM.format("No line leads to", Markup(", ").join(map(_named, alone)))


def _named(node: Node) -> Markup:
    return linked(text(node.shown), node.href)
