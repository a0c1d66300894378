/** The boxes on a canvas: outlines, signs and the bars of groups; all of one state at once. */

import type { Point } from "./camera.ts";
import type { Detail, Drawing } from "./drawing.ts";
import { cutGlyphs, drawGlyphs, hatch } from "./glyphs.ts";
import { colourOf, FILLED, HATCHED, type Palette } from "./palette.ts";
import type { State } from "./picture.ts";
import { type Box, HEIGHT, WIDTH } from "./scene.ts";

type Pen = CanvasRenderingContext2D;

const ROUND = 6;
const LEAST = 3; // of a part of a bar: one failure of thousands is to be seen
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
  readonly tasks: Box[];
  readonly groups: Box[];
  readonly related: Box[]; // those of them that have to do with the picked one
}

/** Outlines and signs. */
export function drawBoxes(
  pen: Pen,
  drawing: Drawing,
  places: readonly number[],
  detail: Detail,
): void {
  const { palette } = drawing;
  for (const { state, tasks, groups, related } of buckets(drawing, places)) {
    const colour = colourOf(palette, state);
    pen.strokeStyle = colour;
    pen.setLineDash(HATCHED.has(state) ? [4, 3] : []);
    pen.fillStyle = palette.paper;
    pen.lineWidth = 1;
    trace(pen, groups, 4);
    pen.fill();
    pen.stroke();
    pen.lineWidth = FILLED.has(state) ? 2 : 1.2;
    trace(pen, [...tasks, ...groups], 0);
    pen.fill();
    pen.stroke();
    pen.setLineDash([]);
    if (FILLED.has(state)) tint(pen, colour, 0.07);
    trace(pen, related, 0);
    tint(pen, palette.focus, 0.1);
    const points = (boxes: readonly Box[]): Point[] => boxes.map((box) => signPoint(box, detail));
    drawGlyphs(pen, state, points(tasks), palette, detail === "near" ? 1 : 1.3);
    drawGlyphs(pen, state, points(groups), palette, 1);
  }
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
  for (const { state, tasks } of buckets(drawing, places)) {
    const colour = colourOf(palette, state);
    fillExactly(pen, tasks, FILLED.has(state) ? null : palette.paper, colour);
    if (camera.zoom < SIGNS) continue;
    const middles = tasks.map((box) => ({ x: box.x + WIDTH / 2, y: box.y + HEIGHT / 2 }));
    if (FILLED.has(state)) cutGlyphs(pen, state, middles, palette, 2.6);
    else drawGlyphs(pen, state, middles, palette, 1.8);
  }
  for (const place of places) {
    const box = scene.boxes[place];
    if (box !== undefined && box.path !== null) drawFarGroup(pen, drawing, place, box, thin);
  }
}

/**
 * Fill boxes to whole pixels, which is many times as quick as with soft edges: there may be
 * thousands. `inside` makes them hollow, or pale when there is no room for that.
 */
function fillExactly(pen: Pen, boxes: readonly Box[], inside: string | null, colour: string): void {
  const { a: scale, e: left, f: top } = pen.getTransform();
  const width = Math.max(1, Math.round(WIDTH * scale));
  const height = Math.max(1, Math.round(HEIGHT * scale));
  const alpha = pen.globalAlpha;
  const isHollow = inside !== null && height > 3;
  pen.setTransform(1, 0, 0, 1, 0, 0);
  if (inside !== null && !isHollow) pen.globalAlpha = alpha * 0.6;
  pen.fillStyle = colour;
  for (const { x, y } of boxes) {
    pen.fillRect(Math.round(x * scale + left), Math.round(y * scale + top), width, height);
  }
  pen.globalAlpha = alpha;
  if (isHollow) {
    pen.fillStyle = inside;
    for (const { x, y } of boxes) {
      const [right, down] = [Math.round(x * scale + left), Math.round(y * scale + top)];
      pen.fillRect(right + 1, down + 1, width - 2, height - 2);
    }
  }
  pen.setTransform(scale, 0, 0, scale, left, top);
}

function drawFarGroup(pen: Pen, drawing: Drawing, place: number, box: Box, thin: number): void {
  const { x, y } = box;
  pen.fillStyle = drawing.palette.paper;
  pen.strokeStyle = colourOf(drawing.palette, drawing.standing.lead(place));
  const colour = pen.strokeStyle;
  for (const shift of [8, 0]) {
    pen.lineWidth = shift > 0 ? thin : 1.6 * thin;
    pen.fillStyle = drawing.palette.paper;
    pen.fillRect(x + shift, y - shift, WIDTH, HEIGHT);
    if (shift === 0) fillBar(pen, drawing, place, { x, y, width: WIDTH, height: HEIGHT });
    pen.strokeStyle = colour;
    pen.strokeRect(x + shift, y - shift, WIDTH, HEIGHT);
  }
}

function buckets(
  { scene, standing, accent }: Drawing,
  places: readonly number[],
): Iterable<Bucket> {
  const found = new Map<State, Bucket>();
  for (const place of places) {
    const box = scene.boxes[place];
    if (box === undefined || box.shared !== undefined) continue;
    const state = standing.lead(place);
    const bucket = found.get(state) ?? { state, tasks: [], groups: [], related: [] };
    found.set(state, bucket);
    (box.path === null ? bucket.tasks : bucket.groups).push(box);
    if (accent.isRelated(place)) bucket.related.push(box);
  }
  return found.values();
}

/** All these boxes as one path. */
function trace(pen: Pen, boxes: readonly Box[], shift: number): void {
  pen.beginPath();
  for (const { x, y } of boxes) pen.roundRect(x + shift, y - shift, WIDTH, HEIGHT, ROUND);
}

/** Fill the path that is open with a little of a colour. */
function tint(pen: Pen, colour: string, share: number): void {
  const alpha = pen.globalAlpha;
  pen.globalAlpha = alpha * share;
  pen.fillStyle = colour;
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
  const unit = bar.width / Math.max(1, standing.total(place));
  const widths = BARRED.map((state) => {
    const count = standing.count(place, state);
    return count === 0 ? 0 : Math.max(LEAST, count * unit);
  });
  const squeezed = Math.min(1, bar.width / widths.reduce((sum, width) => sum + width, 1e-9));
  let x = bar.x;
  BARRED.forEach((state, i) => {
    const width = squeezed * (widths[i] ?? 0);
    if (width > 0) fillPart(pen, palette, state, { ...bar, x, width });
    x += width;
  });
}

function fillPart(pen: Pen, palette: Palette, state: State, part: Bar): void {
  const { x, y, width, height } = part;
  const colour = colourOf(palette, state);
  if (FILLED.has(state)) {
    pen.fillStyle = colour;
    pen.fillRect(x, y, width, height);
  }
  if ((state === "failed" && width > 8) || HATCHED.has(state)) {
    pen.strokeStyle = state === "failed" ? palette.paper : colour; // told without colours, too
    pen.lineWidth = 1;
    pen.beginPath();
    hatch(pen, x, y, width, height);
    pen.stroke();
  }
}
