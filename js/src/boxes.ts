/** The boxes on a canvas: outlines, signs and the bars of groups; all of one state at once. */

import type { Point } from "./camera.ts";
import type { Detail, Drawing } from "./drawing.ts";
import { cutGlyphs, drawGlyphs, hatch } from "./glyphs.ts";
import { colourOf, FILLED, HATCHED } from "./palette.ts";
import { STATES, type State } from "./picture.ts";
import { type Box, HEIGHT, WIDTH } from "./scene.ts";

type Pen = CanvasRenderingContext2D;

const ROUND = 6;
const SIGNS = 0.13; // below this zoom the boxes are too small for signs
const BARRED: readonly State[] = [
  "cached",
  "finished",
  "failed",
  "running",
  "cancelled",
  "skipped",
];

/** Boxes of one state. */
interface Bucket {
  readonly state: State;
  readonly boxes: readonly Box[];
}

/** Outlines and signs. */
export function drawBoxes(
  pen: Pen,
  drawing: Drawing,
  places: readonly number[],
  detail: Detail,
): void {
  const alpha = pen.globalAlpha;
  for (const { state, boxes } of buckets(drawing, places)) {
    const colour = colourOf(drawing.palette, state);
    pen.strokeStyle = colour;
    pen.setLineDash(HATCHED.has(state) ? [4, 3] : []);
    const groups = boxes.filter((box) => box.path !== null);
    pen.lineWidth = 1;
    outline(pen, drawing, groups, 4);
    pen.lineWidth = FILLED.has(state) ? 2 : 1.2;
    outline(pen, drawing, boxes, 0);
    pen.setLineDash([]);
    if (FILLED.has(state)) {
      pen.globalAlpha = alpha * 0.07;
      pen.fillStyle = colour;
      pen.fill();
      pen.globalAlpha = alpha;
    }
    const scale = detail === "near" ? 1 : 1.3;
    const tasks = boxes.filter((box) => box.path === null);
    drawGlyphs(
      pen,
      state,
      tasks.map((box) => signPoint(box, detail)),
      drawing.palette,
      scale,
    );
    drawGlyphs(
      pen,
      state,
      groups.map((box) => signPoint(box, detail)),
      drawing.palette,
      1,
    );
  }
  tintRelated(pen, drawing, places);
}

/** The bars of groups: how many tasks are in which state. */
export function drawBars(
  pen: Pen,
  drawing: Drawing,
  places: readonly number[],
  detail: Detail,
): void {
  const [top, height] = detail === "near" ? [HEIGHT - 9, 5] : [HEIGHT - 13, 8];
  for (const place of places) {
    const box = drawing.scene.boxes[place];
    if (box === undefined || box.path === null) continue;
    const bar = { x: box.x + 6, y: box.y + top, width: WIDTH - 12, height };
    fillBar(pen, drawing, place, bar);
    pen.strokeStyle = drawing.palette.line;
    pen.lineWidth = 1;
    pen.strokeRect(bar.x, bar.y, bar.width, bar.height);
  }
}

/** Boxes that are too small for words: the whole box tells its state. */
export function drawFar(pen: Pen, drawing: Drawing, places: readonly number[]): void {
  const { palette, camera, scene } = drawing;
  const thin = Math.max(1.2, 0.8 / camera.zoom);
  for (const { state, boxes } of buckets(drawing, places)) {
    const colour = colourOf(palette, state);
    const tasks = boxes.filter((box) => box.path === null);
    pen.fillStyle = FILLED.has(state) ? colour : palette.paper;
    pen.strokeStyle = colour;
    pen.lineWidth = thin;
    for (const { x, y } of tasks) pen.fillRect(x, y, WIDTH, HEIGHT);
    if (!FILLED.has(state)) for (const { x, y } of tasks) pen.strokeRect(x, y, WIDTH, HEIGHT);
    if (camera.zoom < SIGNS) continue;
    const middles = tasks.map((box) => ({ x: box.x + WIDTH / 2, y: box.y + HEIGHT / 2 }));
    if (FILLED.has(state)) cutGlyphs(pen, state, middles, palette, 2.6);
    else drawGlyphs(pen, state, middles, palette, 1.8);
  }
  for (const place of places) {
    const box = scene.boxes[place];
    if (box === undefined || box.path === null) continue;
    const whole = { x: box.x, y: box.y, width: WIDTH, height: HEIGHT };
    pen.fillStyle = palette.paper;
    pen.fillRect(box.x, box.y, WIDTH, HEIGHT);
    fillBar(pen, drawing, place, whole);
    pen.strokeStyle = colourOf(palette, drawing.standing.lead(place));
    pen.lineWidth = 1.6 * thin;
    pen.strokeRect(box.x, box.y, WIDTH, HEIGHT);
  }
}

function buckets({ scene, standing }: Drawing, places: readonly number[]): readonly Bucket[] {
  const found = new Map<State, Box[]>();
  for (const place of places) {
    const box = scene.boxes[place];
    if (box === undefined) continue;
    const state = standing.lead(place);
    const bucket = found.get(state);
    if (bucket === undefined) found.set(state, [box]);
    else bucket.push(box);
  }
  return STATES.filter((state) => found.has(state)).map((state) => ({
    state,
    boxes: found.get(state) ?? [],
  }));
}

/** All these boxes as one path, filled with paper and stroked; the path stays open for a tint. */
function outline(pen: Pen, { palette }: Drawing, boxes: readonly Box[], shift: number): void {
  pen.beginPath();
  for (const { x, y } of boxes) pen.roundRect(x + shift, y - shift, WIDTH, HEIGHT, ROUND);
  pen.fillStyle = palette.paper;
  pen.fill();
  pen.stroke();
}

function tintRelated(
  pen: Pen,
  { scene, accent, palette }: Drawing,
  places: readonly number[],
): void {
  const alpha = pen.globalAlpha;
  pen.beginPath();
  for (const place of places) {
    const box = scene.boxes[place];
    if (box !== undefined && accent.isRelated(place)) {
      pen.roundRect(box.x, box.y, WIDTH, HEIGHT, ROUND);
    }
  }
  pen.globalAlpha = alpha * 0.1;
  pen.fillStyle = palette.focus;
  pen.fill();
  pen.globalAlpha = alpha;
}

function signPoint(box: Box, detail: Detail): Point {
  if (box.path !== null) return { x: box.x + 16, y: box.y + (detail === "near" ? 17 : 15) };
  return { x: box.x + (detail === "near" ? 16 : 19), y: box.y + HEIGHT / 2 };
}

interface Bar extends Point {
  readonly width: number;
  readonly height: number;
}

/** Good ones left, then what went wrong and what runs; what waits is the empty rest. */
function fillBar(pen: Pen, { standing, palette }: Drawing, place: number, bar: Bar): void {
  const total = Math.max(1, standing.total(place));
  let x = bar.x;
  for (const state of BARRED) {
    const part = (bar.width * standing.count(place, state)) / total;
    if (part === 0) continue;
    const colour = colourOf(palette, state);
    if (FILLED.has(state)) {
      pen.fillStyle = colour;
      pen.fillRect(x, bar.y, part, bar.height);
    } else {
      pen.strokeStyle = colour;
      pen.lineWidth = 1;
      pen.beginPath();
      hatch(pen, x, bar.y, part, bar.height);
      pen.stroke();
    }
    x += part;
  }
}
