"""Writes the fonts of `bot/pictures/fonts/` anew from the npm packages that they come from.

Each package has a font cut into files by range of characters. Here the ranges that a language needs are joined again, so that a sentence with
a Latin name or a number in it is shaped as one: otherwise its order, from right to left, would have to be found by hand.

Run in an empty folder, with npm, and with fonttools in an environment of its own (it is needed nowhere else):

    uv run --with 'fonttools[woff]' python scripts/fonts.py FOLDER
"""

import json
import subprocess
import sys
import tarfile
from pathlib import Path

from fontTools.merge import Merger, Options
from fontTools.ttLib import TTFont

VERSION = "5.3.0"
WEIGHTS = {"400": "regular", "700": "bold"}
LATIN = ("latin", "latin-ext")
FAMILIES = {
    "noto-sans": (*LATIN, "vietnamese"),
    "noto-sans-arabic": ("arabic", *LATIN),
    "noto-nastaliq-urdu": ("arabic", *LATIN),
    "noto-sans-myanmar": ("myanmar", *LATIN),
    "noto-sans-thai": ("thai", *LATIN),
    "noto-sans-khmer": ("khmer", *LATIN),
    "noto-sans-ethiopic": ("ethiopic", *LATIN),
    "noto-sans-tamil": ("tamil", *LATIN),
    "noto-sans-bengali": ("bengali", *LATIN),
    "noto-sans-sc": ("chinese-simplified", *LATIN),
}
ONE_WEIGHT = {"noto-sans-sc"}
"""Too large for a second one."""
TARGET = Path(__file__).resolve().parents[1] / "bot" / "pictures" / "fonts"


def fetch(family: str, folder: Path) -> Path:
    """Return the folder of an npm package, fetched and unpacked below `folder`."""
    found = folder / family / "package"
    if not found.exists():
        wanted = f"@fontsource/{family}@{VERSION}"
        command = ["npm", "pack", "--silent", wanted, "--pack-destination", str(folder)]
        packed = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603  # names of ours
        with tarfile.open(folder / packed.stdout.strip().splitlines()[-1]) as archive:
            archive.extractall(folder / family, filter="data")
    return found


def join(parts: list[Path], target: Path) -> None:
    """Write one WOFF2 of several; of a character that two have, the first one's form counts."""
    options = Options(drop_tables=["DSIG", "STAT", "vhea", "vmtx", "VORG", "BASE"])
    fonts = []
    for number, part in enumerate(parts):
        font = TTFont(part, recalcTimestamp=False)
        for table in ("fvar", "gvar", "avar", "HVAR", "MVAR"):
            if table in font:
                raise SystemExit(f"{part.name} is a variable font.")
        plain = target.with_suffix(f".{number}.ttf")
        font.flavor = None
        font.save(plain)
        fonts.append(plain)
    joined = Merger(options).merge([str(font) for font in fonts])
    joined.recalcTimestamp = False
    joined.flavor = "woff2"
    joined.save(target)
    for font in fonts:
        font.unlink()


def note_characters() -> None:
    """Write which characters each family has, as ranges: Pillow cannot tell."""
    known = {}
    for path in sorted(TARGET.glob("*-regular.woff2")):
        codes = sorted(TTFont(path).getBestCmap())
        ranges: list[list[int]] = []
        for code in codes:
            if ranges and code == ranges[-1][1] + 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
        family = path.name.removesuffix("-regular.woff2")
        known[family] = ",".join(f"{a:x}" if a == b else f"{a:x}-{b:x}" for a, b in ranges)
    written = json.dumps(known, indent=0)
    (TARGET / "characters.json").write_text(written + "\n")


def main() -> None:
    """Write every font, and which characters it has."""
    folder = Path(sys.argv[1])
    TARGET.mkdir(parents=True, exist_ok=True)
    for family, ranges in FAMILIES.items():
        package = fetch(family, folder)
        for weight, name in WEIGHTS.items():
            if name == "bold" and family in ONE_WEIGHT:
                continue
            files = [package / "files" / f"{family}-{r}-{weight}-normal.woff2" for r in ranges]
            join(files, TARGET / f"{family}-{name}.woff2")
    note_characters()


if __name__ == "__main__":
    main()
