# SPDX-License-Identifier: MIT
"""pyRfactor2SharedMemory and pyLMUSharedMemory, copying as TinyPedal does. Usage: sharedmemory.py DIRECTORY TITLE
SECONDS"""
import sys

from common import find, load, skip, watch

directory, title, seconds = sys.argv[1:]
package, file = {
    "rfactor_2": ("pyRfactor2SharedMemory", "rF2MMap.py"),
    "le_mans_ultimate": ("pyLMUSharedMemory", "lmu_mmap.py"),
}[title]
place = find(directory, f"{package}/{file}")
if place is None:
    skip(f"no {package} there")
sys.path.insert(0, place)
control = load(f"{package}.{file[:-3]}").MMapControl


def mapped(name, structure):
    it = control(name, structure)
    it.create(0)
    return it


if title == "rfactor_2":
    data = load(f"{package}.rF2data")
    names = data.rFactor2Constants
    maps = [
        mapped(names.MM_SCORING_FILE_NAME, data.rF2Scoring),
        mapped(names.MM_TELEMETRY_FILE_NAME, data.rF2Telemetry),
        mapped(names.MM_EXTENDED_FILE_NAME, data.rF2Extended),
    ]

    def parts():
        scoring, telemetry, extended = (each.data for each in maps)
        return (scoring.mScoringInfo, scoring.mVehicles, telemetry.mVehicles, extended.mVersion.decode())
else:
    data = load(f"{package}.lmu_data")
    maps = [mapped(data.LMUConstants.LMU_SHARED_MEMORY_FILE, data.LMUObjectOut)]

    def parts():
        whole = maps[0].data
        return (
            whole.scoring.scoringInfo,
            whole.scoring.vehScoringInfo,
            whole.telemetry.telemInfo,
            str(whole.generic.gameVersion),
        )


times = []


def see():
    for each in maps:
        each.update()
    session, scoring, telemetry, version = parts()
    times.append(session.mCurrentET)
    count = session.mNumVehicles
    own = next((each for each in scoring[:count] if each.mIsPlayer), None)
    car = next((each for each in telemetry[:count] if own and each.mID == own.mID), None)
    if car is None:
        return {"active": False}
    return {
        "active": bool(session.mInRealtime) and len(version) > 1 and times[-1] > times[0],
        "rpm": car.mEngineRPM,
        "max_rpm": car.mEngineMaxRPM,
        "speed": -car.mLocalVel.z * 3.6,
        "gear": car.mGear,
        "fuel": car.mFuel,
        "lap": car.mLapNumber,
        "lap_time": car.mElapsedTime - car.mLapStartET,
        "position": own.mPlace,
        "track": session.mTrackName.decode(),
        "car": car.mVehicleName.decode(),
        "driver": own.mDriverName.decode("latin-1"),
        "cars": count,
    }


watch(see, float(seconds))
