// SPDX-License-Identifier: MIT
// What each bridge does, and what the doctor says when nothing comes.
import { byId, cell, fixed } from "./show.js";

const ASK_MS = 2000;

async function ask(path) {
  const answer = await fetch(path, { cache: "no-store" });
  if (!answer.ok) throw new Error(path);
  return answer.json();
}

function showBridges(sims) {
  const table = document.createElement("table");
  const head = table.createTHead().insertRow();
  for (const name of ["sim", "state", "updates/s", "age"]) {
    const th = document.createElement("th");
    th.textContent = name;
    head.append(th);
  }
  const body = table.createTBody();
  for (const sim of sims) {
    for (const bridge of sim.bridges) {
      const row = body.insertRow();
      row.classList.toggle("own", sim.driven);
      const attached = bridge.mappings.filter((mapping) => mapping.attached);
      const ages = attached.map((mapping) => mapping.age_s).filter((age) => age !== null);
      cell(row, `${sim.sim}${bridge.title ? ` (${bridge.title})` : ""}`);
      cell(row, bridge.remedy ? `${bridge.state}: ${bridge.remedy}` : bridge.state);
      cell(row, fixed(Math.max(0, ...attached.map((mapping) => mapping.rate_hz)), 0));
      cell(row, ages.length ? fixed(Math.min(...ages), 1, " s") : "–");
    }
  }
  if (body.rows.length === 0) cell(body.insertRow(), "no bridge has run yet", "absent").colSpan = 4;
  const old = byId("bridges");
  const scroll = document.createElement("div");
  scroll.className = "scroll";
  scroll.append(table);
  old.replaceChildren(scroll);
}

function line(parent, kind, text) {
  const element = document.createElement(kind);
  element.textContent = text;
  parent.append(element);
}

function showDoctor(report) {
  const box = byId("doctor");
  box.replaceChildren();
  box.hidden = false;
  if (report.age_s === null) return line(box, "p", "the doctor looks …");
  if (report.verdicts.length === 0)
    return line(box, "p", "The doctor: no known game runs, and none is installed by Steam. Start the game.");
  for (const verdict of report.verdicts) {
    line(box, "p", `The doctor on ${verdict.sim}: ${verdict.verdict}`);
    const broken = report.links.find((link) => link.sim === verdict.sim && link.state === "broken");
    if (!broken) continue;
    line(box, "p", broken.remedy);
    for (const command of broken.commands ?? []) line(box, "pre", command);
  }
}

/// `isLive()`: values come, so that nobody needs a doctor.
export function watchBridges(isLive) {
  let since = Date.now();
  const look = async () => {
    if (isLive()) since = Date.now();
    if (document.hidden) return;
    try {
      showBridges(await ask("/api/sims"));
      if (Date.now() - since > 2 * ASK_MS) showDoctor(await ask("/api/doctor"));
      else byId("doctor").hidden = true;
    } catch {
      // The line about the connection tells of it.
    }
  };
  look();
  setInterval(look, ASK_MS);
}
