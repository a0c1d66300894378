/** The lines between the boxes on a canvas: all of them softly, those of the picked box clearly. */

import type { Accent } from "./accent.ts";
import type { Area, Point } from "./camera.ts";
import type { Palette } from "./palette.ts";
import { type Route, routeOf } from "./routes.ts";
import { bendOf, HEIGHT, LANE, type Line, PITCH, type Scene, WIDTH } from "./scene.ts";

const STRAIGHT = 0.3; // below this zoom lines have neither bends nor heads
const AT_ONCE = 400; // lines in a path: one path of many thousands is drawn slowly
const MOST = 10_000; // lines that are drawn, but for those of the picked box
const MANY = 400; // lines; more of them are fainter
const CORNER = 6;
const HEAD = 5; // the line ends inside its head

export interface Sheet {
  readonly scene: Scene;
  readonly pen: CanvasRenderingContext2D;
  readonly palette: Palette;
  readonly zoom: number;
  readonly area: Area;
}

/** Draw the lines that cross the area, those of the picked box first; gives how many are left out. */
export function drawLines(sheet: Sheet, accent: Accent): number {
  const { scene, pen, palette, zoom, area } = sheet;
  const inside = scene.lines.filter((line) => crosses(line, area));
  const faint = Math.min(1, Math.max(0.2, MANY / inside.length)); // else they are one grey mass
  const clear: Line[] = [];
  const near: Line[] = [];
  const plain: Line[] = [];
  const dim: Line[] = [];
  for (const line of inside) {
    if (accent.touches(line)) near.push(line);
    else if (accent.follows(line)) clear.push(line);
    else if (dim.length + plain.length >= MOST) continue;
    else if (accent.isDim(line.start) || accent.isDim(line.end)) dim.push(line);
    else plain.push(line);
  }
  const width = Math.max(1.2, 0.7 / zoom);
  pen.globalAlpha = 0.25 * faint;
  drawAll(sheet, dim, palette.line, width);
  pen.globalAlpha = (accent.picked === null ? 1 : 0.5) * faint;
  drawAll(sheet, plain, palette.line, width);
  pen.globalAlpha = 0.8;
  drawAll(sheet, clear, palette.focus, Math.max(1.6, 1.1 / zoom));
  pen.globalAlpha = 1;
  drawAll(sheet, near, palette.focus, Math.max(2.4, 1.6 / zoom));
  return inside.length - near.length - clear.length - plain.length - dim.length;
}

function drawAll(sheet: Sheet, lines: readonly Line[], colour: string, width: number): void {
  const { pen, zoom } = sheet;
  pen.strokeStyle = colour;
  pen.fillStyle = colour;
  pen.lineWidth = width;
  pen.lineJoin = "round";
  pen.lineCap = "butt";
  for (let i = 0; i < lines.length; i += AT_ONCE) {
    const some = lines.slice(i, i + AT_ONCE);
    pen.beginPath();
    for (const line of some) trace(sheet, line);
    pen.stroke();
    if (zoom < STRAIGHT) continue;
    pen.beginPath();
    for (const { to } of some) {
      pen.moveTo(to.x, to.y);
      pen.lineTo(to.x - 7, to.y - 3.5);
      pen.lineTo(to.x - 7, to.y + 3.5);
      pen.closePath();
    }
    pen.fill();
  }
}

function trace(sheet: Sheet, line: Line): void {
  const { pen, zoom } = sheet;
  const { from, to, below } = line;
  pen.moveTo(from.x, from.y);
  if (below !== null) {
    goAround(pen, line, below);
  } else if (zoom < STRAIGHT) {
    pen.lineTo(to.x, to.y);
  } else {
    const route = routeOf(sheet.scene, line);
    if (route.length === 0) bend(pen, from, { x: to.x - HEAD, y: to.y }, bendOf(line));
    else pass(pen, line, route);
  }
}

function bend(pen: CanvasRenderingContext2D, from: Point, to: Point, by: number): void {
  pen.bezierCurveTo(from.x + by, from.y, to.x - by, to.y, to.x, to.y);
}

/** Between the boxes of the columns on the way. */
function pass(pen: CanvasRenderingContext2D, { from, to }: Line, route: Route): void {
  let last = from;
  route.forEach((y, i) => {
    const left = from.x + (i + 1) * PITCH - WIDTH;
    bend(pen, last, { x: left, y }, LANE);
    last = { x: left + WIDTH, y };
    pen.lineTo(last.x, y);
  });
  bend(pen, last, { x: to.x - HEAD, y: to.y }, LANE);
}

/** Down right of the start, below the band, and up left of the end. */
function goAround(pen: CanvasRenderingContext2D, { from, to }: Line, below: number): void {
  const right = from.x + LANE;
  const left = to.x - LANE;
  pen.arcTo(right, from.y, right, below, CORNER);
  pen.arcTo(right, below, left, below, CORNER);
  pen.arcTo(left, below, left, to.y, CORNER);
  pen.arcTo(left, to.y, to.x, to.y, CORNER);
  pen.lineTo(to.x - HEAD, to.y);
}

function crosses({ from, to, below }: Line, area: Area): boolean {
  const left = Math.min(from.x, to.x - LANE);
  const right = Math.max(from.x + LANE, to.x);
  const top = Math.min(from.y, to.y, below ?? from.y) - HEIGHT - CORNER; // it may pass a box there
  const bottom = Math.max(from.y, to.y, below ?? from.y) + HEIGHT + CORNER;
  const across = left <= area.x + area.width && right >= area.x;
  return across && top <= area.y + area.height && bottom >= area.y;
}
