// SPDX-License-Identifier: MIT
// Puts the page together. `?sim=NAME` shows that sim, and else whichever is driven.
import { watchBridges } from "./bridges.js";
import { showDash } from "./dash.js";
import { TrackMap } from "./map.js";
import { Plots } from "./plots.js";
import { ABSENT, byId, clock, Definitions, fixed, lapTime, put, signed, word } from "./show.js";
import { LiveStream } from "./stream.js";
import { Laps, showStandings } from "./tables.js";

const timing = new Definitions(byId("timing"), [
  ["lap time", "lap_time", lapTime],
  ["delta", "delta", signed],
  ["last", "last_lap_time", lapTime],
  ["best", "best_lap_time", lapTime],
  ["lap", "lap", (lap, { values }) => (values.laps ? `${fixed(lap, 0)} / ${values.laps}` : fixed(lap, 0))],
  ["position", "position", (place, { values }) => (values.cars ? `${fixed(place, 0)} / ${values.cars}` : fixed(place, 0))],
  ["gap ahead", "gap_ahead", (gap) => fixed(gap, 1, " s")],
  ["gap behind", "gap_behind", (gap) => fixed(gap, 1, " s")],
  ["session", "session_kind", word],
  ["time left", "session_time_left", clock],
]);
const car = new Definitions(byId("car"), [
  ["fuel", "fuel", (litres) => fixed(litres, 1, " l")],
  ["fuel for", "fuel_laps", (laps) => fixed(laps, 1, " laps")],
  ["coolant", "coolant_temperature", (celsius) => fixed(celsius, 0, " °C")],
  ["oil", "oil_temperature", (celsius) => fixed(celsius, 0, " °C")],
  ["traction control", "tc_level", (level) => fixed(level, 0)],
  ["ABS", "abs_level", (level) => fixed(level, 0)],
  ["brake bias", "brake_bias", (share) => fixed(share * 100, 1, " %")],
  ["pit", "pit_state", word],
  ["damage", "body_damage", (share) => fixed(share * 100, 0, " %")],
  ["air", "air_temperature", (celsius) => fixed(celsius, 0, " °C")],
  ["track", "track_temperature", (celsius) => fixed(celsius, 0, " °C")],
]);
const laps = new Laps();
const map = new TrackMap();
const plots = new Plots();
let latest = null;
let connection = { kind: "connecting", text: "connecting" };
let changed = false;
let cars = null;
let drive = "";

function showHead(state) {
  const { values } = state;
  put(byId("title"), state.title_name || state.sim || "pitbridge");
  const place = [values.car, values.track].filter((text) => text).join(" · ");
  byId("place").textContent = place;
  const flag = byId("flag");
  const shown = typeof values.flag === "string" && values.flag !== "none";
  flag.hidden = !shown;
  flag.dataset.flag = shown ? values.flag : "";
  flag.textContent = shown ? `${word(values.flag)} flag` : "";
  const delta = document.querySelector("[data-value=delta]");
  delta.className = delta.textContent === ABSENT ? "absent" : values.delta < 0 ? "faster" : "slower";
}

function showConnection({ kind, text }) {
  const line = byId("connection");
  const isOn = kind === "live" && latest?.result === "ok";
  line.dataset.state = kind === "live" && !isOn ? "idle" : kind;
  put(line, kind !== "live" ? text : isOn ? word(latest.activity) : latest?.message || "waiting");
}

function onState(state) {
  latest = state;
  changed = true;
  const now = [state.sim, state.values.track, state.values.car].join("\n");
  // Between two drives there is nothing that would have to be forgotten.
  if (state.result === "ok" && now !== drive) {
    drive = now;
    laps.forget();
    map.forget();
  }
  laps.take(state);
  map.take(state);
  plots.take(state);
}

function onConnection(kind, text) {
  connection = { kind, text };
  changed = true;
}

function showValues() {
  timing.show(latest);
  car.show(latest);
  showDash(latest);
  showHead(latest);
  if (cars !== latest.cars) showStandings(latest);
  cars = latest.cars;
}

// In one turn, so that nobody reads "live" over values that are not shown yet.
function draw() {
  if (changed) {
    changed = false;
    if (latest) showValues();
    showConnection(connection);
  }
  requestAnimationFrame(draw);
}

const sim = new URLSearchParams(location.search).get("sim");
const base = sim ? `/api/sims/${encodeURIComponent(sim)}` : "/api/live";
new LiveStream(`${base}/events?hz=30`, onState, onConnection);
watchBridges(() => latest?.result === "ok");
setInterval(() => { map.draw(latest?.cars ?? []); plots.draw(); }, 250);
requestAnimationFrame(draw);
