"""The drawings of the set-up guides: HTML in docs/setup/pictures, and the .png that Chromium makes of each."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser

PICTURES = Path(__file__).parents[2] / "docs" / "setup" / "pictures"
DRAWINGS = sorted(
    path for path in PICTURES.glob("*.html") if path.stem != "chat"
)  # Telegram's pictures fill that one in
MOST_BYTES = 150_000


@pytest.mark.parametrize("drawing", DRAWINGS, ids=lambda path: path.stem)
def test_a_drawing_fits_and_says_that_it_is_one(chromium: Browser, tmp_path: Path, drawing: Path) -> None:
    """SCREENSHOTS=1 puts the pictures into docs/."""
    page = chromium.new_page(viewport={"width": 860, "height": 200}, device_scale_factor=1.5)
    page.goto(drawing.as_uri())
    assert page.locator(".honest").text_content() == (
        "A drawing, not a screenshot: the page may look different on your screen."
    )
    cut_off = "all => all.filter(one => one.scrollWidth > one.clientWidth + 1).map(one => one.outerHTML)"
    assert page.locator("body, div, p, pre").evaluate_all(cut_off) == []
    folder = PICTURES if os.environ.get("SCREENSHOTS") else tmp_path
    taken = folder / f"{drawing.stem}.png"
    page.screenshot(path=taken, full_page=True, animations="disabled")
    page.close()
    assert 5_000 < taken.stat().st_size < MOST_BYTES


def test_every_drawing_has_its_picture() -> None:
    drawn = {path.stem for path in PICTURES.glob("*.png") if not path.stem.startswith("telegram-")}  # those have a test
    assert drawn == {path.stem for path in DRAWINGS}
