// SPDX-License-Identifier: MIT
// The laps of this drive, and the standings.
import { ABSENT, byId, cell, fixed, isNumber, lapTime, signed, word } from "./show.js";

const MOST_LAPS = 200;

/// Laps as this page has seen them end.
export class Laps {
  constructor() {
    this.body = byId("laps").tBodies[0];
    this.forget();
  }

  forget() {
    this.times = new Map();
    this.lap = undefined;
    this.draw();
  }

  take({ values }) {
    const { lap, last_lap_time: last } = values;
    if (!isNumber(lap)) return;
    // Back to an earlier lap: another session.
    if (isNumber(this.lap) && lap < this.lap) this.forget();
    this.lap = lap;
    const before = lap - 1;
    if (before < 0 || !isNumber(last) || last <= 0 || this.times.get(before) === last) return;
    // Most games count the lap first and give its time a moment later.
    this.times.set(before, last);
    if (this.times.size > MOST_LAPS) this.times.delete(this.times.keys().next().value);
    this.draw();
  }

  draw() {
    const best = Math.min(...this.times.values());
    this.body.replaceChildren();
    for (const [lap, time] of [...this.times].reverse()) {
      const row = this.body.insertRow();
      row.classList.toggle("best", time === best);
      cell(row, String(lap));
      cell(row, lapTime(time));
      cell(row, signed(time - best));
    }
  }
}

export function showStandings({ cars }) {
  const body = byId("standings").tBodies[0];
  const rows = [...cars].sort((a, b) => (a.position ?? Infinity) - (b.position ?? Infinity));
  body.replaceChildren();
  for (const car of rows) {
    const row = body.insertRow();
    row.classList.toggle("own", car.is_player);
    for (const text of [fixed(car.position, 0), car.car_number || ABSENT, car.driver || ABSENT, car.car || ABSENT,
      fixed(car.lap, 0), lapTime(car.last_lap_time), lapTime(car.best_lap_time), fixed(car.gap_ahead, 1), word(car.pit_state)])
      cell(row, text);
  }
  if (rows.length === 0) cell(body.insertRow(), "no other cars are told of", "absent").colSpan = 9;
}
