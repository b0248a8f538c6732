// SPDX-License-Identifier: MIT
// The last minutes, by uPlot.
import { byId, isNumber } from "./show.js";

const KEPT_S = 180;
const STEP_S = 0.1;
const PLOTS = [
  { id: "plot-speed", series: [["speed", "km/h", "--accent"]] },
  { id: "plot-pedals", series: [["throttle", "", "--good"], ["brake", "", "--bad"]], range: [0, 1] },
  { id: "plot-rpm", series: [["rpm", "", "--warn"]] },
];

export class Plots {
  constructor() {
    this.forget();
    this.make();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.make());
    new ResizeObserver(() => this.fit()).observe(byId("plot-speed"));
  }

  forget() {
    this.times = [];
    this.columns = new Map(PLOTS.flatMap(({ series }) => series.map(([name]) => [name, []])));
  }

  take({ values }) {
    const now = performance.now() / 1000;
    if (now - (this.times.at(-1) ?? -Infinity) < STEP_S) return;
    this.times.push(now);
    // null is a gap: what is absent is no line at 0.
    for (const [name, column] of this.columns) column.push(isNumber(values[name]) ? values[name] : null);
    if (now - this.times[0] <= KEPT_S + 20) return;
    const old = this.times.findIndex((time) => now - time <= KEPT_S);
    this.times.splice(0, old);
    for (const column of this.columns.values()) column.splice(0, old);
  }

  make() {
    for (const plot of PLOTS) plot.chart?.destroy();
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(name).trim();
    for (const plot of PLOTS) {
      const axis = { stroke: colour("--dim"), grid: { stroke: colour("--line") }, ticks: { stroke: colour("--line") } };
      plot.chart = new uPlot({
        width: byId(plot.id).clientWidth || 300,
        height: 130,
        legend: { live: false },
        cursor: { show: false },
        scales: { x: { time: false, range: [-KEPT_S, 0] }, y: plot.range ? { range: plot.range } : {} },
        axes: [{ ...axis, values: (_, all) => all.map((s) => `${s} s`) }, { ...axis, size: 55 }],
        series: [{}, ...plot.series.map(([name, unit, line]) => ({
          label: unit ? `${name} (${unit})` : name, stroke: colour(line), width: 1.5, points: { show: false },
        }))],
      }, [[], ...plot.series.map(() => [])], byId(plot.id));
    }
  }

  fit() {
    for (const { id, chart } of PLOTS) chart.setSize({ width: byId(id).clientWidth, height: 130 });
  }

  draw() {
    const now = performance.now() / 1000;
    const times = this.times.map((time) => time - now);
    for (const { chart, series } of PLOTS) chart.setData([times, ...series.map(([name]) => this.columns.get(name))]);
  }
}
