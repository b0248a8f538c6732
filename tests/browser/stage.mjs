// SPDX-License-Identifier: MIT
// What the tests of the page stand on: a live side, the server and a browser, each of which may come and go.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

export const build = resolve(process.env.BUILD_DIR ?? "build");
// npm puts nothing into the tree.
const puppeteer = createRequire(resolve("build/browser/package.json"))("puppeteer-core");
const PATIENCE_MS = 15000;

/// A program that says a line when it is ready.
class Program {
  constructor(path, words, environment) {
    this.child = spawn(path, words, { env: { ...process.env, ...environment }, stdio: ["ignore", "pipe", "inherit"] });
    this.firstLine = new Promise((found, failed) => {
      let text = "";
      this.child.stdout.on("data", (piece) => {
        text += piece;
        if (text.includes("\n")) found(text.split("\n")[0]);
      });
      this.child.on("exit", () => failed(new Error(`${path} has ended`)));
    });
    this.firstLine.catch(() => {});  // who does not wait for it does not care
    this.ended = new Promise((done) => this.child.on("exit", (code) => done(code)));
  }

  async end() {
    this.child.kill("SIGTERM");
    return this.ended;
  }
}

export class Stage {
  constructor() {
    this.directory = mkdtempSync(join(tmpdir(), "pitbridge-browser-"));
    this.environment = {
      PITBRIDGE_SHM_DIR: this.directory, HOME: this.directory, XDG_RUNTIME_DIR: this.directory,
      PITBRIDGE_CONFIG_FILE: "/dev/null",
    };
    this.faults = [];
  }

  /// `words`: of pitbridge simulate.
  async drive(words = ["--from", "80"]) {
    const program = join(build, "bin/pitbridge-simulate");
    this.live = new Program(program, ["simulate", "lmu", "--rate", "100", ...words], this.environment);
    await eventually("a drive", () => existsSync(join(this.directory, "pitbridge.lmu")));
  }

  async park() {
    await this.live?.end();
    this.live = null;
  }

  async serve(port = 0) {
    this.server = new Program(join(build, "bin/pitbridge-serve"), ["serve", "--port", String(port)], this.environment);
    this.url = (await this.server.firstLine).match(/http:\S+/)[0];
    this.port = Number(new URL(this.url).port);
  }

  async close() {
    const status = await this.server?.end();
    this.server = null;
    return status;
  }

  async open() {
    this.browser = await puppeteer.launch({
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      // As root, in a container, and without the things that ask the network for news.
      args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-gpu"],
      env: { ...process.env, HOME: this.directory },
    });
  }

  /// A page that writes down whatever its console says is wrong.
  async page(path = "", { width = 1280, height = 800, scheme = "dark" } = {}) {
    const page = await this.browser.newPage();
    await page.setViewport({ width, height });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    page.on("console", (line) => {
      if (["error", "warning"].includes(line.type())) this.faults.push(line.text());
    });
    page.on("pageerror", (error) => this.faults.push(String(error)));
    await page.goto(this.url + path, { waitUntil: "load" });
    await page.bringToFront();  // a page behind another one draws nothing
    return page;
  }

  /// What a test that failed leaves to the next one is put right.
  async restore() {
    if (!this.live) await this.drive();
    if (!this.server) await this.serve();
    for (const page of await this.browser.pages()) if (page.url().startsWith("http")) await page.close();
  }

  /// What the pages show now, for who reads of a failure.
  async tell() {
    for (const page of await this.browser.pages()) {
      if (!page.url().startsWith("http")) continue;
      console.error(await page.evaluate(() => [document.hidden ? "hidden" : "shown", ...["connection", "speed", "laps", "bridges", "doctor"]
        .map((id) => `${id}: ${document.getElementById(id)?.textContent.replaceAll(/\s+/g, " ")}`)].join(" | ")));
    }
  }

  async strike() {
    await this.browser?.close();
    await this.park();
    await this.close();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

export const textOf = (page, selector) => page.$eval(selector, (element) => element.textContent);

/// Polls until `look` gives something true, which is returned.
export async function eventually(what, look, patienceMs = PATIENCE_MS) {
  const until = Date.now() + patienceMs;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (Date.now() > until) throw new Error(`never came: ${what}`);
    await new Promise((later) => setTimeout(later, 50));
  }
}

export const isLive = (page) => eventually("live", async () => (await textOf(page, "#connection")) === "live");

export function expect(condition, what) {
  if (!condition) throw new Error(what);
}
