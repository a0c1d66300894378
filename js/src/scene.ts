/** The boxes of the graph and the lines between them, each at its place in the drawing. Pure. */

import { type Area, MARGIN, type Point, READABLE, type Size } from "./camera.ts";
import type { Content } from "./collapse.ts";
import { createGrid, type Grid } from "./hit.ts";
import { type Edge, type Layout, layout, type Place } from "./layout.ts";
import type { TaskId } from "./picture.ts";

// Sizes of view/svg.py.
export const WIDTH = 156; // of a box
export const HEIGHT = 42;
export const PITCH = 204; // from box to box
const ROW = 56;
const BAND = 30; // between bands
const EDGE = 12; // around everything

// Of few boxes in a large view.
const COLUMNS = 7;
const ROWS = 12;

export interface Box extends Content, Point {
  readonly place: Place;
}

/** An arrow from box to box; `below` is the height of the lane that it takes around, if it must. */
export interface Line {
  readonly start: number;
  readonly end: number;
  readonly from: Point;
  readonly to: Point;
  readonly below: number | null;
}

export interface Scene extends Size {
  readonly boxes: readonly Box[];
  readonly lines: readonly Line[];
  /** For each box those it needs, and those that need it. */
  readonly before: readonly (readonly number[])[];
  readonly after: readonly (readonly number[])[];
  readonly boxOf: ReadonlyMap<TaskId, number>;
  readonly grid: Grid;
  readonly edges: readonly Edge[];
}

/** Places for all boxes; `view` is where they are to be seen, and shapes the drawing. */
export function createScene(
  contents: readonly Content[],
  edges: readonly Edge[],
  view: Size,
): Scene {
  const { columns, rows } = proportions(contents.length, view);
  const placed = layout(contents.length, edges, columns, rows);
  const tops = topsOf(placed);
  const boxes = contents.map((content, i): Box => {
    const place = placed.places[i] ?? { column: 0, row: 0, band: 0 };
    const top = tops[place.band] ?? 0;
    return { ...content, place, x: EDGE + place.column * PITCH, y: top + place.row * ROW };
  });
  return {
    boxes,
    lines: linesOf(edges, boxes, tops),
    ...neighbours(boxes.length, edges),
    boxOf: ownersOf(boxes),
    edges,
    grid: createGrid(boxes, WIDTH, HEIGHT),
    width: 2 * EDGE + Math.max(0, placed.columns - 1) * PITCH + WIDTH,
    height: (tops.at(-1) ?? 0) - (placed.heights.length > 0 ? BAND : 0) + EDGE,
  };
}

/** The same boxes at the same places with other tasks in them; null when the boxes differ. */
export function refilled(
  scene: Scene,
  contents: readonly Content[],
  edges: readonly Edge[],
): Scene | null {
  const isSame =
    contents.length === scene.boxes.length &&
    edges.length === scene.edges.length &&
    contents.every((content, i) => isAlike(content, scene.boxes[i])) &&
    edges.every(([start, end], i) => {
      const known = scene.edges[i];
      return known !== undefined && known[0] === start && known[1] === end;
    });
  if (!isSame) return null;
  const boxes = scene.boxes.map((box, i) => ({ ...box, tasks: contents[i]?.tasks ?? [] }));
  return { ...scene, boxes, boxOf: ownersOf(boxes) };
}

/** The area of a box. */
export function areaOf(box: Box): Area {
  return { x: box.x, y: box.y, width: WIDTH, height: HEIGHT };
}

export function centreOf(box: Box): Point {
  return { x: box.x + WIDTH / 2, y: box.y + HEIGHT / 2 };
}

/** How far a line bends, so that it leaves and arrives level. */
export function bendOf(line: Line): number {
  return (PITCH - WIDTH) / 2 + (line.to.x - line.from.x) / 6;
}

/** Where a line that goes around turns down, right of its start, and up again, left of its end. */
export const LANE = (PITCH - WIDTH) / 3;

/** All boxes that can be reached from one along the lines, without itself. */
export function reach(start: number, next: readonly (readonly number[])[]): ReadonlySet<number> {
  const found = new Set<number>();
  const stack = [...(next[start] ?? [])];
  for (let box = stack.pop(); box !== undefined; box = stack.pop()) {
    if (found.has(box) || box === start) continue;
    found.add(box);
    for (const following of next[box] ?? []) stack.push(following);
  }
  return found;
}

function isAlike(content: Content, box: Box | undefined): boolean {
  return (
    box !== undefined &&
    box.name === content.name &&
    box.path === content.path &&
    box.shared === content.shared
  );
}

function ownersOf(boxes: readonly Content[]): ReadonlyMap<TaskId, number> {
  const owners = new Map<TaskId, number>();
  boxes.forEach((box, i) => {
    for (const task of box.tasks) owners.set(task, i);
  });
  return owners;
}

/**
 * Columns in a band and rows in a column that fill a view of this shape; few boxes stand in one
 * band, and in low columns, where that can be read.
 */
function proportions(count: number, view: Size): { columns: number; rows: number } {
  const shape = Math.min(4, Math.max(0.5, view.width / Math.max(1, view.height)));
  const fitting = (length: number, zoom: number, gap: number, step: number): number =>
    Math.floor((length / zoom - 2 * EDGE + gap) / step);
  const across = fitting(view.width, 1, 0, PITCH);
  const most = fitting(view.width - 2 * MARGIN, READABLE, PITCH - WIDTH, PITCH);
  const down = fitting(view.height - 2 * MARGIN, READABLE, ROW - HEIGHT, ROW);
  const wide = Math.ceil(Math.sqrt((count * shape * (HEIGHT + BAND)) / PITCH));
  return {
    columns: Math.max(4, across, Math.min(COLUMNS, most), wide),
    rows: Math.max(
      Math.min(ROWS, Math.max(4, down)),
      Math.ceil(Math.sqrt((count * PITCH) / ROW / shape)),
    ),
  };
}

/** Where each band begins, and after the last one where the next would. */
function topsOf(placed: Layout): readonly number[] {
  const tops = [EDGE];
  for (const height of placed.heights) {
    tops.push((tops.at(-1) ?? 0) + (height - 1) * ROW + HEIGHT + BAND);
  }
  return tops;
}

function linesOf(
  edges: readonly Edge[],
  boxes: readonly Box[],
  tops: readonly number[],
): readonly Line[] {
  const lines: Line[] = [];
  for (const [start, end] of edges) {
    const source = boxes[start];
    const target = boxes[end];
    if (source === undefined || target === undefined) continue;
    const direct =
      source.place.band === target.place.band && source.place.column < target.place.column;
    lines.push({
      start,
      end,
      from: { x: source.x + WIDTH, y: source.y + HEIGHT / 2 },
      to: { x: target.x, y: target.y + HEIGHT / 2 },
      below: direct ? null : (tops[source.place.band + 1] ?? 0) - BAND / 2,
    });
  }
  return lines;
}

function neighbours(
  count: number,
  edges: readonly Edge[],
): { before: readonly (readonly number[])[]; after: readonly (readonly number[])[] } {
  const before: number[][] = Array.from({ length: count }, () => []);
  const after: number[][] = Array.from({ length: count }, () => []);
  for (const [start, end] of edges) {
    before[end]?.push(start);
    after[start]?.push(end);
  }
  return { before, after };
}
