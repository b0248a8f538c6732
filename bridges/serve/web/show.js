// SPDX-License-Identifier: MIT
// How values become text. What is absent is shown as absent, with its reason, and never as 0.

export const ABSENT = "–";

const REASONS = {
  unknown: "nothing is known of the game", not_given: "this game does not give it", not_yet: "not yet",
  unknown_version: "the version of the game is not known", implausible: "no car can do what stands there",
  off: "the game is off", cut_off: "the game's memory ends before it",
};

export const byId = (id) => document.getElementById(id);

/// Texts of games go through here, and so are never taken for anything but text.
export function put(element, text, absentBecause) {
  if (element.textContent !== text) element.textContent = text;
  element.classList.toggle("absent", text === ABSENT);
  const title = text === ABSENT ? REASONS[absentBecause] ?? "" : "";
  if (element.title !== title) element.title = title;
}

export function isNumber(value) {
  return typeof value === "number" && Number.isFinite(value);
}

export function fixed(value, digits, unit = "") {
  return isNumber(value) ? value.toFixed(digits) + unit : ABSENT;
}

export function lapTime(seconds) {
  if (!isNumber(seconds) || seconds <= 0) return ABSENT;
  const minutes = Math.floor(seconds / 60);
  return `${minutes}:${(seconds - 60 * minutes).toFixed(3).padStart(6, "0")}`;
}

export function clock(seconds) {
  if (!isNumber(seconds)) return ABSENT;
  const all = Math.max(0, Math.floor(seconds));
  const two = (n) => String(n).padStart(2, "0");
  return `${Math.floor(all / 3600)}:${two(Math.floor(all / 60) % 60)}:${two(all % 60)}`;
}

export function signed(seconds) {
  return isNumber(seconds) ? (seconds > 0 ? "+" : seconds < 0 ? "−" : "") + Math.abs(seconds).toFixed(3) : ABSENT;
}

export function word(value) {
  return typeof value === "string" && value !== "" ? value.replaceAll("_", " ") : ABSENT;
}

export function cell(row, text, className) {
  const made = row.insertCell();
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

/// A list of names and values, made once and then only filled.
export class Definitions {
  /// `rows`: [name on the page, name of the value, how it becomes text].
  constructor(list, rows) {
    this.rows = rows.map(([label, name, text]) => {
      const term = document.createElement("dt");
      const value = document.createElement("dd");
      term.textContent = label;
      value.dataset.value = name;
      list.append(term, value);
      return { name, text, value };
    });
  }

  show(state) {
    for (const { name, text, value } of this.rows) put(value, text(state.values[name], state), state.absent[name]);
  }
}
