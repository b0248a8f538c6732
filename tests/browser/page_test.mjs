// SPDX-License-Identifier: MIT
// The page of `pitbridge serve` in a real browser. Usage: node tests/browser/page_test.mjs [NAME PART]
// Screenshots go to BUILD_DIR/screenshots. The last line is the sum.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { build, eventually, expect, isLive, Stage, textOf } from "./stage.mjs";

const shots = join(build, "screenshots");
mkdirSync(shots, { recursive: true });
const tests = [];
const test = (name, run) => tests.push({ name, run });
const number = async (page, selector) => Number((await textOf(page, selector)).replace(/[^\d.-]/g, ""));
const shoot = (page, name) => page.screenshot({ path: join(shots, `${name}.png`) });

test("values move", async (stage) => {
  const page = await stage.page();
  await isLive(page);
  const first = await number(page, "#speed");
  await eventually("another speed", async () => (await number(page, "#speed")) !== first);
  expect((await textOf(page, "#title")) === "Le Mans Ultimate", "the title stands at the top");
  expect((await page.$$("#revs i.on")).length > 0, "the revs are lit");
  await eventually("the field", async () => (await page.$$("#standings tbody tr")).length === 8);
  expect((await textOf(page, "#standings tr.own")).includes("Søren Müller"), "the driver is marked");
  await eventually("an ended lap", async () => (await textOf(page, "#laps tbody")).includes("1:32.500"));
  await eventually("a map", () => page.$eval("#map", (map) => {
    const pixels = map.getContext("2d").getImageData(0, 0, map.width, map.height).data;
    return pixels.some((value) => value !== 0);
  }));
  await eventually("a plot", () => page.$eval("#plot-speed canvas", (canvas) => canvas.width > 100));
  await eventually("the bridge", async () => (await textOf(page, "#bridges")).includes("lmu (le_mans_ultimate)attached"));
  await shoot(page, "desktop-dark");
});

test("what is absent is shown as absent", async (stage) => {
  const page = await stage.page();
  await isLive(page);
  expect((await textOf(page, "[data-value=fuel_laps]")) === "–", "not 0");
  expect((await page.$eval("[data-value=fuel_laps]", (e) => e.title)) === "this game does not give it", "with its reason");
});

test("texts of games are text", async (stage) => {
  const page = await stage.page();
  await isLive(page);
  await page.evaluate(async () => {
    const { showStandings } = await import("./tables.js");
    showStandings({ cars: [{ driver: "<img src=x onerror=alert(1)>", is_player: false }] });
  });
  expect((await page.$("#standings img")) === null, "no element is made of it");
  expect((await textOf(page, "#standings")).includes("<img"), "it is shown as it is");
});

test("nothing but the server's own files", async (stage) => {
  const page = await stage.page();
  await isLive(page);
  const refused = await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "window.ran = true";
    document.body.append(script);
    return window.ran !== true;
  });
  expect(refused, "the policy keeps inline scripts from running");
  stage.faults = stage.faults.filter((fault) => !fault.includes("Content Security Policy"));
});

test("a narrow screen has no horizontal scroll, dark and light", async (stage) => {
  for (const [name, width, height, scheme] of [["phone", 360, 740, "light"], ["phone-dark", 320, 640, "dark"], ["tablet", 820, 1180, "light"], ["desktop", 1280, 800, "light"]]) {
    const page = await stage.page("", { width, height, scheme });
    await isLive(page);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(wide <= 0, `${name} is ${wide} too wide`);
    const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = Number(ground.match(/\d+/)[0]) > 127;
    expect(light === (scheme === "light"), `${name}: ${ground} is not ${scheme}`);
    await shoot(page, name);
    await page.close();
  }
});

test("a game's end is shown, and the next game", async (stage) => {
  const page = await stage.page();
  await isLive(page);
  await stage.park();
  await eventually("the end", async () => (await textOf(page, "#connection")).includes("bridge"));
  await eventually("no speed", async () => (await textOf(page, "#speed")) === "–");
  await eventually("the doctor", async () => (await textOf(page, "#doctor")).includes("lmu: broken at:"));
  await shoot(page, "no-game");
  await stage.drive();
  await isLive(page);
  await eventually("a speed", async () => (await number(page, "#speed")) > 0);
});

test("it finds a server that comes back", async (stage) => {
  const page = await stage.page();
  await isLive(page);
  const { port } = stage;
  expect((await stage.close()) === 0, "it ends clean with a client");
  await eventually("that it says so", async () => (await textOf(page, "#connection")).includes("trying again"));
  await stage.serve(port);
  await isLive(page);
  const first = await number(page, "#speed");
  await eventually("another speed", async () => (await number(page, "#speed")) !== first);
  // That the server was away is what the browser is right to complain of.
  stage.faults = stage.faults.filter((fault) => !/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET/.test(fault));
});

const stage = new Stage();
let failed = 0, passed = 0;
try {
  await stage.drive();
  await stage.serve();
  await stage.open();
  for (const { name, run } of tests.filter(({ name }) => name.includes(process.argv[2] ?? ""))) {
    stage.faults = [];
    try {
      await run(stage);
      expect(stage.faults.length === 0, `the console says: ${stage.faults.join("; ")}`);
      passed += 1;
    } catch (error) {
      failed += 1;
      console.error(`FAILED: ${name}: ${error.message}`);
      await stage.tell();
    }
    await stage.restore();
  }
} catch (error) {
  failed += 1;
  console.error(`FAILED: ${error.stack}`);
} finally {
  await stage.strike();
}
console.log(`browser: ${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
