"""Take the screenshots of a study's pages: `python docs/images/study.py`, with Playwright and Chromium.

The pictures of the study are parts of photographs that scikit-image carries, colorized by the models at hand.
"""

import io
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import Page, sync_playwright
from skimage import data

HERE = Path(__file__).parent
PARTS = {
    "astronaut": ((0, 0, 512), (100, 0, 260), (0, 190, 320), (280, 120, 230), (150, 20, 140), (20, 0, 190)),
    "chelsea": ((90, 0, 300), (0, 0, 240), (230, 60, 220), (120, 40, 200), (30, 100, 190), (200, 0, 150)),
    "coffee": ((110, 0, 400), (0, 0, 300), (330, 120, 260), (160, 60, 220), (200, 0, 180), (60, 200, 190)),
    "rocket": ((110, 0, 427), (220, 60, 260), (0, 150, 270), (350, 130, 280), (260, 0, 170), (60, 20, 230)),
}
"""Squares of photographs: left, top and side, in pixels."""
DESK = {"viewport": {"width": 1040, "height": 760}}
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
COLORS = 256


def make_study(folder: Path) -> Path:
    """A study of twenty pictures by four models."""
    pictures = folder / "pictures"
    pictures.mkdir()
    for name, squares in PARTS.items():
        photograph = Image.fromarray(getattr(data, name)())
        for number, (left, top, side) in enumerate(squares):
            photograph.crop((left, top, left + side, top + side)).save(pictures / f"{name}-{number}.png")
    study = folder / "study"
    options = ["--models", "cnn,fusion,gan,tint", "--n", "20", "--rounds", "2", "--name", "Real or colored?"]
    run = [sys.executable, "-m", "tintype", "study", "create", str(study), "--pictures", str(pictures)]
    subprocess.run([*run, *options], check=True)
    return study


def shoot(page: Page, *, whole: bool = False) -> Image.Image:
    """A screenshot of what is seen, or of the whole page."""
    page.mouse.move(0, 0)
    return Image.open(io.BytesIO(page.screenshot(full_page=whole))).convert("RGB")


def write(image: Image.Image, name: str) -> None:
    """Write a screenshot, in 256 colors to keep it small."""
    path = HERE / f"study-{name}.png"
    image.quantize(COLORS).save(path, optimize=True)
    print(f"{path.name}: {path.stat().st_size // 1000} kB")


def colorfulness(image: Image.Image) -> float:
    """The mean distance between a pixel's largest and smallest value."""
    return float(np.ptp(np.asarray(image), axis=2).mean())


def begin(page: Page) -> None:
    """Come to the first picture of practice."""
    page.goto("/")
    page.get_by_role("checkbox").check()
    for name in ("Begin", "Next", "Skip this page"):
        page.get_by_role("button", name=name).click()
    page.get_by_role("link", name="Start practice").click()


def go_on(page: Page) -> str:
    """Come to the next picture, answering the one that is there; gives its question, or "" at the end."""
    buttons = page.locator(".buttons button")
    with page.expect_navigation():
        buttons.last.click()
    while page.locator("main a.button").count() and not page.url.endswith("/thanks"):
        with page.expect_navigation():
            page.locator("main a.button").click()
    if page.url.endswith("/thanks"):
        return ""
    page.wait_for_function("document.getElementById('picture')?.complete")
    return page.locator("[name=question]").get_attribute("value") or ""


def session(page: Page, prefix: str) -> None:
    """Take one person through the study; a screenshot of one picture of each part.

    It is the second most colorful, as the first may be the attention check in all hues.
    """
    begin(page)
    seen: dict[str, list[Image.Image]] = {"believe": [], "rate": []}
    while part := go_on(page):
        if "Practice" not in page.title():
            seen[part].append(shoot(page))
    for part, name in (("believe", "one"), ("rate", "two")):
        write(sorted(seen[part], key=colorfulness)[-2], f"{prefix}{name}")


def main() -> None:
    """Make a study, serve it, and photograph its pages."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        study = str(make_study(Path(folder)))
        command = [sys.executable, "-m", "tintype", "study", "serve", study, "--port", "0"]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
            assert server.stderr
            url = re.findall(r"http://\S+:\d+", server.stderr.readline())[0]
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox"]
            )

            def window(settings: dict[str, Any]) -> Page:
                return browser.new_context(base_url=url, **settings).new_page()

            desk = window(DESK)
            desk.goto("/")
            write(shoot(desk, whole=True), "welcome")
            session(desk, "part-")
            write(shoot(desk), "thanks")
            session(window(PHONE), "phone-")
            browser.close()
            server.terminate()


if __name__ == "__main__":
    main()
