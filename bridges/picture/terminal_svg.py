#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Draws the text of a terminal as an SVG: one <text> a line, in a monospace font. Equal text gives an equal file.

Usage: terminal_svg.py < TEXT > PICTURE.svg
A line that begins with "$ " is drawn as a command that somebody typed.
"""
import sys
from xml.sax.saxutils import escape

COLUMN_PX, LINE_PX, FONT_PX, MARGIN_PX, TITLE_PX = 8.43, 20, 14, 18, 26

STYLE = """    .page { fill: #161b22; stroke: #57606a; }
    text { font-family: "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: #d5dbe1; white-space: pre; }
    .command { fill: #7ee787; font-weight: bold; }
    .button { fill: #57606a; }"""


def main():
    lines = [line.rstrip().expandtabs(8) for line in sys.stdin.read().rstrip("\n").split("\n")]
    width = max(560, round(max(len(line) for line in lines) * COLUMN_PX) + 2 * MARGIN_PX)
    height = TITLE_PX + len(lines) * LINE_PX + 2 * MARGIN_PX
    print(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
          f' role="img" aria-label="A terminal with the output of pitbridge read">')
    print("  <!-- SPDX-License-Identifier: MIT. Made by `make picture` from a run. -->")
    print(f"  <style>\n{STYLE}\n  </style>")
    print(f'  <rect class="page" x="0.5" y="0.5" width="{width - 1}" height="{height - 1}" rx="8"/>')
    for i in range(3):
        print(f'  <circle class="button" cx="{MARGIN_PX + 4 + i * 18}" cy="{TITLE_PX // 2 + 6}" r="5"/>')
    for number, line in enumerate(lines):
        if not line:
            continue
        y = TITLE_PX + MARGIN_PX + number * LINE_PX + FONT_PX
        kind = ' class="command"' if line.startswith("$ ") else ""
        # The length is said, so that columns stand below each other in any monospace font.
        print(f'  <text x="{MARGIN_PX}" y="{y}" font-size="{FONT_PX}"{kind} xml:space="preserve"'
              f' textLength="{len(line) * COLUMN_PX:.2f}">{escape(line)}</text>')
    print("</svg>")


main()
