#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Turns the fact sheet's layouts.json into layouts.csv, which layouts_test checks the sims' tables against.

Usage: make_layouts.py ../shared/sims/layouts.json > tests/data/layouts.csv
Row: title;mapping;size of the mapping;field;offset;type;elements;bytes
"""
import json
import sys

ELEMENT_BYTES = {"int8": 1, "uint8": 1, "bool8": 1, "char": 1, "int16": 2, "uint16": 2, "utf16": 2,
                 "int32": 4, "uint32": 4, "float32": 4, "int64": 8, "uint64": 8, "float64": 8}
# One entry of the fact sheet that is two titles of ours.
TITLES = {"ets2_ats": ["ets2", "ats"]}

for key, sim in json.load(open(sys.argv[1])).items():
    for mapping in sim.get("mappings", []):
        name = mapping["name"].split("\\")[-1]
        for title in TITLES.get(key, [key]):
            for field in mapping["fields"] or [None]:
                row = [title, name, mapping["size"] or 0]
                if field is None:
                    row += ["", 0, "", 0, 0]
                else:
                    size = field.get("size") or field["count"] * ELEMENT_BYTES[field["type"]]
                    row += [field["name"], field["offset"], field["type"], field["count"], size]
                print(";".join(str(part) for part in row))
