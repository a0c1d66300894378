/** The signs of the states on a canvas; twin of flowlab/view/glyphs.py. Many of one state at once. */

import type { Point } from "./camera.ts";
import { colourOf, type Palette } from "./palette.ts";
import type { State } from "./picture.ts";

/** What of a canvas is drawn with. */
export type Pen = Pick<
  CanvasRenderingContext2D,
  | "beginPath"
  | "moveTo"
  | "lineTo"
  | "closePath"
  | "arc"
  | "rect"
  | "fill"
  | "stroke"
  | "fillStyle"
  | "strokeStyle"
  | "lineWidth"
  | "lineCap"
  | "lineJoin"
>;

const RADIUS = 8;

type Shape = readonly (readonly [number, number])[];

const CHECK: Shape = [
  [-3.6, 0.3],
  [-1, 3],
  [3.8, -2.8],
];
const PLAY: Shape = [
  [-2.6, -4],
  [4.4, 0],
  [-2.6, 4],
];
const ARROW: Shape = [
  [-2, -3],
  [3, 0],
  [-2, 3],
];
const FALLING: Shape = [
  [-2.8, -2.8],
  [2.8, 2.8],
];
const RISING: Shape = [
  [-2.8, 2.8],
  [2.8, -2.8],
];
const SLASH: Shape = [
  [-5, 5],
  [5, -5],
];
const DIAMOND: Shape = [
  [-9.5, 0],
  [0, -9.5],
  [9.5, 0],
  [0, 9.5],
];

/** The sign of one state around each of these points, `scale` times as large as usual. */
export function drawGlyphs(
  pen: Pen,
  state: State,
  points: readonly Point[],
  palette: Palette,
  scale = 1,
): void {
  if (points.length === 0) return;
  const colour = colourOf(palette, state);
  pen.fillStyle = colour;
  pen.strokeStyle = colour;
  pen.lineWidth = 1.5 * scale;
  pen.lineCap = "round";
  pen.lineJoin = "round";
  SIGNS[state]({ pen, points, scale, paper: palette.paper });
}

/** The sign alone, as it is cut into the filled discs: for boxes that are filled themselves. */
export function cutGlyphs(
  pen: Pen,
  state: State,
  points: readonly Point[],
  palette: Palette,
  scale = 1,
): void {
  cut({ pen, points, scale, paper: palette.paper }, state);
}

/** Slanted lines that fill a rectangle, added to the path that is open. */
export function hatch(pen: Pen, x: number, y: number, width: number, height: number): void {
  for (let offset = 4; offset < width + height; offset += 4) {
    pen.moveTo(x + Math.max(0, offset - height), y + Math.min(offset, height));
    pen.lineTo(x + Math.min(offset, width), y + Math.max(0, offset - width));
  }
}

interface Marks {
  readonly pen: Pen;
  readonly points: readonly Point[];
  readonly scale: number;
  readonly paper: string;
}

const SIGNS: Readonly<Record<State, (marks: Marks) => void>> = {
  declared: ring,
  waiting: ring,
  ready(marks) {
    ring(marks);
    discs(marks, 3);
  },
  assigned(marks) {
    ring(marks);
    trace(marks, [ARROW], true);
    marks.pen.stroke();
  },
  running(marks) {
    discs(marks, RADIUS);
    cut(marks, "running");
  },
  finished(marks) {
    discs(marks, RADIUS);
    cut(marks, "finished");
  },
  cached(marks) {
    discs(marks, RADIUS);
    cut(marks, "cached");
  },
  failed(marks) {
    trace(marks, [DIAMOND], true);
    marks.pen.fill();
    cut(marks, "failed");
  },
  skipped({ pen, points, scale }) {
    const side = 2 * (RADIUS - 1) * scale;
    pen.beginPath();
    for (const { x, y } of points) {
      pen.rect(x - side / 2, y - side / 2, side, side);
      hatch(pen, x - side / 2, y - side / 2, side, side);
    }
    pen.stroke();
  },
  cancelled(marks) {
    ring(marks);
    trace(marks, [SLASH], false);
    marks.pen.stroke();
  },
};

function cut(marks: Marks, state: State): void {
  const { pen, paper, scale } = marks;
  pen.fillStyle = paper;
  pen.strokeStyle = paper;
  pen.lineWidth = 2 * scale;
  pen.lineCap = "round";
  pen.lineJoin = "round";
  if (state === "running") {
    trace(marks, [PLAY], true);
    pen.fill();
    return;
  }
  trace(marks, state === "failed" ? [FALLING, RISING] : [CHECK], false);
  pen.stroke();
}

function ring(marks: Marks): void {
  circles(marks, RADIUS - 0.75);
  marks.pen.stroke();
}

function discs(marks: Marks, radius: number): void {
  circles(marks, radius);
  marks.pen.fill();
}

function circles({ pen, points, scale }: Marks, radius: number): void {
  pen.beginPath();
  for (const { x, y } of points) {
    pen.moveTo(x + radius * scale, y);
    pen.arc(x, y, radius * scale, 0, 2 * Math.PI);
  }
}

function trace({ pen, points, scale }: Marks, shapes: readonly Shape[], closed: boolean): void {
  pen.beginPath();
  for (const { x, y } of points) {
    for (const shape of shapes) {
      shape.forEach(([right, down], i) => {
        if (i === 0) pen.moveTo(x + right * scale, y + down * scale);
        else pen.lineTo(x + right * scale, y + down * scale);
      });
      if (closed) pen.closePath();
    }
  }
}
