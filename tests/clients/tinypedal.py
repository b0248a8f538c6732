# SPDX-License-Identifier: MIT
"""TinyPedal's adapters of rFactor 2 and Le Mans Ultimate, without its windows. Usage: tinypedal.py DIRECTORY TITLE
SECONDS"""
import sys
import types

from common import find, load, skip, watch

directory, title, seconds = sys.argv[1:]
place = find(directory, "tinypedal/adapter/_reader.py")
if place is None:
    skip("no TinyPedal there")
sys.path[:1] = [place, directory]  # its submodules may lie beside it


class Anything(type):
    def __getattr__(cls, name):
        return 0


class Qt(types.ModuleType):
    """Stands in for Qt: the adapters want a few names of it, and call nothing."""

    __path__ = []

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything(name, (object,), {"__init__": lambda self, *words, **more: None})


for name in ("PySide2", "PySide6"):
    for module in (name, *(f"{name}.{part}" for part in ("QtCore", "QtGui", "QtWidgets"))):
        sys.modules[module] = Qt(module)

short, api = {"rfactor_2": ("rf2", "RF2Info"), "le_mans_ultimate": ("lmu", "LMUInfo")}[title]
reader = load(f"tinypedal.adapter.{short}_reader")
memory = getattr(load(f"tinypedal.adapter.{short}_connector"), api)()
memory.start()
state, engine, vehicle, lap, session, tyre = (
    getattr(reader, name)(memory, None) for name in ("State", "Engine", "Vehicle", "Lap", "Session", "Tyre")
)


def see():
    return {
        "active": bool(state.active()) and not state.paused() and state.version() != "unknown",
        "rpm": engine.rpm(),
        "max_rpm": engine.rpm_max(),
        "speed": vehicle.speed() * 3.6,
        "gear": engine.gear(),
        "fuel": engine.fuel(),
        "lap": lap.completed_laps(),
        "position": vehicle.place(),
        "tyre_temperature": tyre.surface_temperature_avg()[0],
        "track": session.track_name(),
        "car": vehicle.vehicle_name(),
        "cars": vehicle.total_vehicles(),
    }


watch(see, float(seconds))
memory.stop()
