/** What is written into the boxes: names, and near enough how they stand and what opens them. */

import { type Point, toDrawing } from "./camera.ts";
import { type Detail, type Drawing, detailOf } from "./drawing.ts";
import type { Labels } from "./labels.ts";
import { type Box, HEIGHT, WIDTH } from "./scene.ts";
import { tellGood, tellShortly } from "./words.ts";

type Pen = CanvasRenderingContext2D;

const LEFT = 31; // of the words
const RIGHT = 8;
const OPENER = 16; // room that the sign of a group takes

export function writeNames(
  pen: Pen,
  drawing: Drawing,
  places: readonly number[],
  detail: Detail,
): void {
  pen.textAlign = "left";
  pen.direction = "ltr"; // letters from right to left stay inside their own text
  if (detail === "middle") {
    writeMiddle(pen, drawing, places);
    return;
  }
  const { palette, scene, labels, camera } = drawing;
  const { zoom } = camera;
  pen.textBaseline = "alphabetic";
  pen.fillStyle = palette.ink;
  pen.font = `${legible(9.5 / zoom, 12, 14)}px ${palette.font}`;
  for (const place of places) {
    const box = scene.boxes[place];
    if (box === undefined) continue;
    const y = box.y + (box.path === null ? 18 : 16);
    pen.fillText(labels.name(pen, box.name, roomOf(drawing, place)), box.x + LEFT, y);
  }
  pen.fillStyle = palette.soft;
  pen.font = `${legible(8.5 / zoom, 10.5, 12)}px ${palette.font}`;
  for (const place of places) writeStanding(pen, drawing, place);
  pen.fillStyle = palette.soft;
  pen.strokeStyle = palette.soft;
  for (const place of places) drawOpener(pen, drawing, place);
}

/** A size that can be read, as far as there is room; in halves, so that few are measured. */
function legible(size: number, least: number, most: number): number {
  return Math.round(2 * Math.max(least, Math.min(size, most))) / 2;
}

/** The sign that expands a group, or collapses the group of a task: its square in a box. */
const OPEN = { x: WIDTH - 20, y: 3, side: 17 } as const;

/** Whether a box shows that sign. */
function hasOpener(
  { hovered, cursor, accent, isGrouped }: Drawing,
  box: Box,
  place: number,
): boolean {
  if (box.path !== null) return true;
  const attended = place === hovered || place === cursor || place === accent.picked;
  return attended && isGrouped(place);
}

/** Whether these pixels of the canvas are on that sign. */
export function isOnOpener(drawing: Drawing, place: number, at: Point): boolean {
  const box = drawing.scene.boxes[place];
  if (box === undefined || detailOf(drawing.camera.zoom) !== "near") return false;
  const { x, y } = toDrawing(drawing.camera, at);
  const [right, down] = [x - box.x - OPEN.x, y - box.y - OPEN.y];
  const isInside = right >= 0 && right <= OPEN.side && down >= 0 && down <= OPEN.side;
  return isInside && hasOpener(drawing, box, place);
}

function roomOf(drawing: Drawing, place: number): number {
  const box = drawing.scene.boxes[place];
  const opener = box !== undefined && box.path !== null ? OPENER : 0;
  return WIDTH - LEFT - RIGHT - opener;
}

function writeStanding(pen: Pen, { scene, standing, labels, task }: Drawing, place: number): void {
  const box = scene.boxes[place];
  if (box === undefined) return;
  if (box.path !== null) {
    const words = tellGood((state) => standing.count(place, state));
    pen.fillText(words, box.x + LEFT, box.y + 29);
    return;
  }
  const one = task(box.tasks[0] ?? -1);
  const told = box.shared ?? (one === undefined ? "" : tellShortly(one));
  const room = WIDTH - LEFT - RIGHT;
  if (told !== "") pen.fillText(labels.cut(pen, told, room), box.x + LEFT, box.y + 33);
}

function drawOpener(pen: Pen, drawing: Drawing, place: number): void {
  const box = drawing.scene.boxes[place];
  if (box === undefined || !hasOpener(drawing, box, place)) return;
  const middle = { x: box.x + OPEN.x + OPEN.side / 2, y: box.y + OPEN.y + OPEN.side / 2 };
  if (place === drawing.hovered) {
    const alpha = pen.globalAlpha;
    pen.globalAlpha = alpha * 0.18;
    pen.beginPath();
    pen.roundRect(box.x + OPEN.x, box.y + OPEN.y, OPEN.side, OPEN.side, 4);
    pen.fill();
    pen.globalAlpha = alpha;
  }
  pen.lineWidth = 1.5;
  pen.lineCap = "round";
  pen.beginPath();
  pen.moveTo(middle.x - 4, middle.y);
  pen.lineTo(middle.x + 4, middle.y);
  if (box.path !== null) {
    pen.moveTo(middle.x, middle.y - 4);
    pen.lineTo(middle.x, middle.y + 4);
  }
  pen.stroke();
}

/** From the middle distance the name alone is written, the larger the farther it is. */
function writeMiddle(
  pen: Pen,
  { scene, palette, labels, camera }: Drawing,
  places: readonly number[],
): void {
  const size = legible(9.5 / camera.zoom, 12, 20);
  pen.textBaseline = "middle";
  pen.fillStyle = palette.ink;
  for (const isGroup of [false, true]) {
    const font = isGroup ? Math.min(size, 17) : size;
    pen.font = `${font}px ${palette.font}`;
    for (const place of places) {
      const box = scene.boxes[place];
      if (box === undefined || (box.path !== null) !== isGroup) continue;
      writeName(pen, labels, box);
    }
  }
}

function writeName(pen: Pen, labels: Labels, box: Box): void {
  const left = box.path === null ? LEFT + 4 : LEFT;
  const y = box.y + (box.path === null ? HEIGHT / 2 + 1 : 15);
  pen.fillText(labels.name(pen, box.name, WIDTH - left - RIGHT), box.x + left, y);
}
