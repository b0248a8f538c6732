// SPDX-License-Identifier: MIT
// Usage: node tests/browser/picture.mjs FILE.png
// The picture of the README: the page after half a lap of the model.
import { isLive, eventually, Stage, textOf } from "./stage.mjs";

const stage = new Stage();
try {
  await stage.drive(["--from", "60"]);
  await stage.serve();
  await stage.open();
  const page = await stage.page("", { width: 1240, height: 790 });
  await isLive(page);
  // So that a lap has ended, most of a track is drawn and a plot is there.
  await eventually("a lap", async () => (await textOf(page, "#laps tbody")).includes("1:32"), 60_000);
  await new Promise((later) => setTimeout(later, 45_000));
  await page.screenshot({ path: process.argv[2], fullPage: false });
} finally {
  await stage.strike();
}
