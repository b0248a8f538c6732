# SPDX-License-Identifier: MIT
"""pyirsdk on the file of iRacing. Usage: pyirsdk.py DIRECTORY TITLE SECONDS"""
import sys

from common import find, load, skip, watch

directory, _, seconds = sys.argv[1:]
place = find(directory, "irsdk.py")
if place is None:
    skip("no pyirsdk: no irsdk.py there")
sys.path[0] = place  # this very file must not be found by its name
client = load("irsdk").IRSDK()
times = []


def see():
    if not client.is_initialized and not client.startup(test_file="/dev/shm/IRSDKMemMapFileName"):
        return {"active": False}
    times.append(client["SessionTime"] or 0)
    week, drivers = client["WeekendInfo"], client["DriverInfo"]
    if week is None or drivers is None:
        return {"active": False, "track": "no WeekendInfo, no DriverInfo"}
    own = drivers["DriverCarIdx"]
    driver = next(each for each in drivers["Drivers"] if each["CarIdx"] == own)
    return {
        "active": bool(client.is_connected and client["IsOnTrack"]) and times[-1] > times[0],
        "rpm": client["RPM"],
        "max_rpm": drivers["DriverCarRedLine"],
        "speed": client["Speed"] * 3.6,
        "gear": client["Gear"],
        "fuel": client["FuelLevel"],
        "lap": client["LapCompleted"],
        "lap_time": client["LapCurrentLapTime"],
        "position": client["CarIdxPosition"][own],
        "track": week["TrackDisplayName"],
        "car": driver["CarScreenName"],
        "driver": driver["UserName"],
        "cars": len(drivers["Drivers"]),
    }


watch(see, float(seconds))
