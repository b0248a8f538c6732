// SPDX-License-Identifier: MIT
// The track as it is driven: no game tells its shape.
import { byId, isNumber } from "./show.js";

const MOST_POINTS = 8000;
const STEP_M = 3;
/// Nothing drives so far between two events: the car was put somewhere else.
const JUMP_M = 150;

export class TrackMap {
  constructor() {
    this.canvas = byId("map");
    this.note = byId("map-note");
    this.forget();
  }

  forget() {
    this.points = [];
    this.here = null;
  }

  take({ values }) {
    const place = values.world_position;
    if (!Array.isArray(place) || !place.slice(0, 2).every(isNumber)) {
      this.here = null;
      return;
    }
    this.here = { x: place[0], y: place[1] };
    const last = this.points.at(-1);
    const far = last ? Math.hypot(last.x - place[0], last.y - place[1]) : Infinity;
    if (far < STEP_M) return;
    this.points.push({ ...this.here, begins: far > JUMP_M });
    if (this.points.length > MOST_POINTS) this.points.splice(0, MOST_POINTS / 4);
  }

  draw(cars) {
    const ratio = devicePixelRatio || 1;
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (this.canvas.width !== Math.round(width * ratio)) this.canvas.width = Math.round(width * ratio);
    if (this.canvas.height !== Math.round(height * ratio)) this.canvas.height = Math.round(height * ratio);
    const paper = this.canvas.getContext("2d");
    paper.setTransform(ratio, 0, 0, ratio, 0, 0);
    paper.clearRect(0, 0, width, height);
    this.note.textContent = this.points.length > 1 ? "" : "drawn as you drive, where the game tells its position";
    if (this.points.length < 2) return;
    const style = getComputedStyle(document.documentElement);
    const [xs, ys] = [this.points.map((p) => p.x), this.points.map((p) => p.y)];
    const bounds = (all) => all.reduce(([low, high], v) => [Math.min(low, v), Math.max(high, v)], [Infinity, -Infinity]);
    const [[left, right], [bottom, top]] = [bounds(xs), bounds(ys)];
    const scale = Math.min((width - 24) / Math.max(right - left, 50), (height - 24) / Math.max(top - bottom, 50));
    // In the world's frame y goes to the left of x: up on the screen.
    const on = (x, y) => [width / 2 + (x - (left + right) / 2) * scale, height / 2 - (y - (bottom + top) / 2) * scale];
    paper.lineWidth = 4;
    paper.lineJoin = paper.lineCap = "round";
    paper.strokeStyle = style.getPropertyValue("--dim");
    paper.beginPath();
    for (const point of this.points) paper[point.begins ? "moveTo" : "lineTo"](...on(point.x, point.y));
    paper.stroke();
    const dot = (place, radius, colour) => {
      paper.fillStyle = style.getPropertyValue(colour);
      paper.beginPath();
      paper.arc(...on(place.x, place.y), radius, 0, 2 * Math.PI);
      paper.fill();
    };
    for (const car of cars)
      if (!car.is_player && Array.isArray(car.world_position)) dot({ x: car.world_position[0], y: car.world_position[1] }, 4, "--warn");
    if (this.here) dot(this.here, 7, "--accent");
  }
}
