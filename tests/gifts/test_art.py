"""The gift drawings: one well-formed, self-contained, calmly animated picture for every gift of the catalogue."""

import json
import re
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

DATA = Path(str(files("largesse") / "gifts" / "data"))
CATALOGUE: dict[str, Any] = json.loads((DATA / "catalogue.json").read_text(encoding="utf-8"))
GIFTS: list[dict[str, Any]] = CATALOGUE["gifts"]
BUILT_IN: list[dict[str, Any]] = json.loads((DATA / "built_in.json").read_text("utf-8"))["types"]
SLUGS: list[str] = [
    *(gift["slug"] for gift in GIFTS),
    *dict.fromkeys(kind["slug"] for kind in BUILT_IN),
]

SVG = "{http://www.w3.org/2000/svg}"
BYTES_MAX = 16 * 1024
ALLOWED_ELEMENTS = {"svg", "style", "g", "path", "use", "clipPath", "rect", "circle"}
ANIMATED_PROPERTIES = {"transform", "opacity"}
STAGE_FROM_COINS, FLY_FROM_COINS = 1000, 99


def _source(slug: str) -> str:
    return (DATA / "art" / f"{slug}.svg").read_text(encoding="utf-8")


def _root(slug: str) -> ElementTree.Element:
    return ElementTree.fromstring(_source(slug))  # noqa: S314 - our own files


def _style(slug: str) -> str:
    return "".join(style.text or "" for style in _root(slug).iter(f"{SVG}style"))


def _is_inside(reference: str, ids: set[str | None]) -> bool:
    return reference.startswith("#") and reference[1:] in ids


def _keyframes(style: str) -> dict[str, str]:
    """Each animation's name with the text of its frames."""
    return dict(re.findall(r"@keyframes\s+([\w-]+)\s*\{((?:[^{}]*\{[^{}]*\})*)\s*\}", style))


@pytest.mark.parametrize("slug", SLUGS)
def test_drawing_is_on_the_256_grid_and_can_be_shown_still(slug: str) -> None:
    root = _root(slug)
    assert root.tag == f"{SVG}svg"
    assert root.get("viewBox") == "0 0 256 256"
    assert root.get("id") == "still"
    assert root.get("aria-label")
    assert len(list(root.iter(f"{SVG}path"))) >= 5, "a gift is a drawing, not a blank"


@pytest.mark.parametrize("slug", SLUGS)
def test_drawing_is_self_contained(slug: str) -> None:
    root = _root(slug)
    ids = {element.get("id") for element in root.iter()}
    for element in root.iter():
        assert element.tag.removeprefix(SVG) in ALLOWED_ELEMENTS
        for name, value in element.attrib.items():
            plain = name.rpartition("}")[2]
            assert not plain.startswith("on"), f"{plain} is a script"
            if plain == "href":
                assert _is_inside(value, ids), value
            for target in re.findall(r"url\(([^)]*)\)", value):
                assert _is_inside(target, ids), target
    assert not re.search(r"url\(|@import", _style(slug))
    assert len(_source(slug).encode()) < BYTES_MAX


@pytest.mark.parametrize("slug", SLUGS)
def test_ids_are_used_once(slug: str) -> None:
    ids = re.findall(r'\sid="([^"]+)"', _source(slug))
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("slug", SLUGS)
def test_only_transform_and_opacity_move(slug: str) -> None:
    style = _style(slug)
    keyframes = _keyframes(style)
    assert keyframes, "every gift moves"
    assert len(keyframes) == style.count("@keyframes")
    for frames in keyframes.values():
        for declarations in re.findall(r"\{([^{}]*)\}", frames):
            names = {
                part.partition(":")[0].strip() for part in declarations.split(";") if part.strip()
            }
            assert names
            assert names <= ANIMATED_PROPERTIES
    used = set(re.findall(r"animation:([\w-]+) [\d.]", style))
    assert used
    assert used <= set(keyframes)
    assert "<animate" not in _source(slug)


@pytest.mark.parametrize("slug", SLUGS)
def test_animated_classes_are_drawn(slug: str) -> None:
    source = _source(slug)
    moving = set(re.findall(r"\.([\w-]+)\{[^}]*animation:[\w-]+ [\d.]", _style(slug)))
    drawn = set(re.findall(r'class="([^"]+)"', source))
    assert moving <= drawn, f"animated but not drawn: {moving - drawn}"


@pytest.mark.parametrize("slug", SLUGS)
def test_movement_can_be_switched_off(slug: str) -> None:
    style = re.sub(r"\s+", "", _style(slug))
    assert "svg:target*{animation:none!important}" in style
    assert "@media(prefers-reduced-motion:reduce){*{animation:none!important}}" in style


def test_every_drawing_belongs_to_a_gift_and_no_two_are_the_same() -> None:
    drawings = sorted((DATA / "art").glob("*.svg"))
    assert [path.stem for path in drawings] == sorted(SLUGS)
    shapes = {
        tuple(re.findall(r'\sd="([^"]+)"', path.read_text(encoding="utf-8"))) for path in drawings
    }
    assert len(shapes) == len(drawings)


def test_catalogue_prices_and_names() -> None:
    assert len(SLUGS) == len(set(SLUGS))
    assert len({gift["name"] for gift in GIFTS}) == len(GIFTS)
    assert {kind["kind"] for kind in BUILT_IN} == {"paid_message", "paid_message_held", "cheer"}
    assert all(kind["no"] > 1_000_000 for kind in BUILT_IN), "the index of messages goes by this"
    for gift in GIFTS:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", gift["slug"])
        assert type(gift["coins"]) is int
        assert gift["coins"] > 0
        assert type(gift["streakable"]) is bool
        assert gift["streakable"] == (gift["coins"] < 100)
        assert gift["alt"].strip()
        assert gift["name"].strip()
    prices = [gift["coins"] for gift in GIFTS]
    assert prices == sorted(prices)
    assert CATALOGUE["count_max"] > 0
    assert CATALOGUE["message_characters_max"] > 0


def test_animation_grows_with_the_price() -> None:
    for gift in GIFTS:
        coins = gift["coins"]
        kind = "stage" if coins >= STAGE_FROM_COINS else "fly" if coins >= FLY_FROM_COINS else "hop"
        assert gift["animation"]["kind"] == kind
    durations = [gift["animation"]["duration_ms"] for gift in GIFTS]
    assert durations == sorted(durations)
    stages = [
        gift["animation"]["duration_ms"] for gift in GIFTS if gift["animation"]["kind"] == "stage"
    ]
    assert (stages[0], stages[-1]) == (2000, 5000)
