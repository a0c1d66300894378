/** Boxes of shared objects on a canvas, as view/svg.py draws them on paper. */

import type { Drawing } from "./drawing.ts";
import { type Box, HEIGHT, WIDTH } from "./scene.ts";

/** Their outlines, with round ends, and their sign: one thing in two hands. */
export function drawShared(
  pen: CanvasRenderingContext2D,
  { scene, palette, accent }: Drawing,
  places: readonly number[],
): void {
  for (const place of places) {
    const box = scene.boxes[place];
    if (box?.shared === undefined) continue;
    outline(pen, box);
    pen.fillStyle = accent.isRelated(place) ? palette.line : palette.paper;
    pen.fill();
    pen.strokeStyle = palette.soft;
    pen.lineWidth = 1.2;
    pen.stroke();
    sign(pen, box);
  }
}

function outline(pen: CanvasRenderingContext2D, { x, y }: Box): void {
  pen.beginPath();
  pen.roundRect(x, y, WIDTH, HEIGHT, HEIGHT / 2);
}

function sign(pen: CanvasRenderingContext2D, { x, y }: Box): void {
  pen.lineWidth = 1.5;
  pen.beginPath();
  for (const right of [-3.2, 3.2]) {
    pen.moveTo(x + 18 + right + 4.6, y + HEIGHT / 2);
    pen.arc(x + 18 + right, y + HEIGHT / 2, 4.6, 0, 2 * Math.PI);
  }
  pen.stroke();
}
