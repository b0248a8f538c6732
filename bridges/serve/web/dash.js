// SPDX-License-Identifier: MIT
// Revs with shift lights, gear, speed, pedals, steering, and tyres by their temperature.
import { ABSENT, byId, fixed, isNumber, put } from "./show.js";

const SEGMENTS = 16;
const revs = byId("revs");
const segments = Array.from({ length: SEGMENTS }, () => revs.appendChild(document.createElement("i")));
const tyres = ["front left", "front right", "rear left", "rear right"].map((name) => {
  const box = document.createElement("div");
  box.className = "tyre";
  const [temperature, rest] = [document.createElement("b"), document.createElement("small")];
  box.append(temperature, rest);
  box.setAttribute("aria-label", name);
  byId("tyres").append(box);
  return { box, temperature, rest };
});

function showRevs({ values }) {
  const { rpm } = values;
  const top = values.limiter_rpm || values.max_rpm;
  const known = isNumber(rpm) && isNumber(top) && top > 0;
  const shift = isNumber(values.shift_rpm) && values.shift_rpm > 0 ? values.shift_rpm : 0.97 * top;
  revs.classList.toggle("absent", !known);
  revs.classList.toggle("now", known && rpm >= shift);
  segments.forEach((segment, at) => {
    // The lower half of the revs tells nothing to a driver.
    const from = top * (0.5 + 0.5 * (at / SEGMENTS));
    segment.className = known && rpm >= from ? `on${at >= 13 ? " shift" : at >= 9 ? " high" : ""}` : "";
  });
}

function gearText(gear) {
  if (!isNumber(gear)) return ABSENT;
  return gear < 0 ? "R" : gear === 0 ? "N" : String(gear);
}

function showBar(id, value, reason) {
  const bar = byId(id);
  const known = isNumber(value);
  bar.firstElementChild.style.transform = `scaleX(${known ? Math.min(1, Math.max(0, value)) : 0})`;
  put(bar.lastElementChild, known ? `${Math.round(100 * value)} %` : ABSENT, reason);
}

function showSteering(value, reason) {
  const bar = byId("steering");
  const known = isNumber(value);
  bar.firstElementChild.style.left = `${50 + 50 * (known ? Math.min(1, Math.max(-1, value)) : 0)}%`;
  bar.firstElementChild.hidden = !known;
  const side = value > 0.005 ? " right" : value < -0.005 ? " left" : "";
  put(bar.lastElementChild, known ? `${Math.round(100 * Math.abs(value))} %${side}` : ABSENT, reason);
}

/// From blue over green to red.
function colourOf(celsius) {
  const share = Math.min(1, Math.max(0, (celsius - 50) / 70));
  return `hsl(${Math.round(215 * (1 - share))} 70% 38%)`;
}

function showTyres({ values, absent }) {
  const at = (name, wheel) => (Array.isArray(values[name]) ? values[name][wheel] : undefined);
  tyres.forEach(({ box, temperature, rest }, wheel) => {
    const celsius = at("tyre_temperature", wheel) ?? at("tyre_middle_temperature", wheel);
    put(temperature, fixed(celsius, 0, " °C"), absent.tyre_temperature);
    box.classList.toggle("warm", isNumber(celsius));
    box.style.backgroundColor = isNumber(celsius) ? colourOf(celsius) : "";
    const wear = at("tyre_wear", wheel);
    const parts = [fixed(at("tyre_pressure", wheel), 0, " kPa"), isNumber(wear) ? `${Math.round(100 * wear)} % worn` : ABSENT];
    put(rest, parts.filter((part) => part !== ABSENT).join(" · ") || ABSENT, absent.tyre_pressure);
  });
}

export function showDash(state) {
  const { values, absent } = state;
  put(byId("speed"), fixed(values.speed, 0), absent.speed);
  put(byId("gear"), gearText(values.gear), absent.gear);
  put(byId("rpm"), fixed(values.rpm, 0), absent.rpm);
  showRevs(state);
  for (const pedal of ["throttle", "brake", "clutch"]) showBar(pedal, values[pedal], absent[pedal]);
  showSteering(values.steering, absent.steering);
  showTyres(state);
}
