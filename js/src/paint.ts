/** Draws the graph on a canvas, as view/svg.py draws it on paper: the nearer, the more is told. */

import { drawBars, drawBoxes, drawFar } from "./boxes.ts";
import { type Area, seen } from "./camera.ts";
import { type Drawing, detailOf } from "./drawing.ts";
import { HEIGHT, WIDTH } from "./scene.ts";
import { drawShared } from "./sharedpaint.ts";
import { drawLines } from "./strokes.ts";
import { writeNames } from "./writing.ts";

/** Draw all that is in sight, `ratio` device pixels for a CSS pixel; returns how many boxes. */
export function paint(pen: CanvasRenderingContext2D, drawing: Drawing, ratio: number): number {
  const { camera, view, palette, scene, accent } = drawing;
  const { zoom } = camera;
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.globalAlpha = 1;
  pen.fillStyle = palette.paper;
  pen.fillRect(0, 0, view.width, view.height);
  const scale = ratio * zoom;
  pen.setTransform(scale, 0, 0, scale, -camera.x * scale, -camera.y * scale);
  const area = seen(camera, view);
  const left = drawLines({ scene, pen, palette, zoom, area }, accent);
  const inSight = scene.grid.within(grown(area));
  pen.globalAlpha = 0.28;
  drawSome(pen, drawing, inSight.filter(accent.isDim));
  pen.globalAlpha = 1;
  drawSome(
    pen,
    drawing,
    inSight.filter((box) => !accent.isDim(box)),
  );
  drawRings(pen, drawing);
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  if (drawing.isFocused) drawFocus(pen, drawing);
  if (left > 0) writeNote(pen, drawing, `${left} more lines are not drawn`);
  return inSight.length;
}

function drawSome(pen: CanvasRenderingContext2D, drawing: Drawing, boxes: readonly number[]): void {
  if (boxes.length === 0) return;
  const detail = detailOf(drawing.camera.zoom);
  drawShared(pen, drawing, boxes);
  if (detail === "far") {
    drawFar(pen, drawing, boxes);
    return;
  }
  drawBoxes(pen, drawing, boxes, detail);
  drawBars(pen, drawing, boxes, detail);
  writeNames(pen, drawing, boxes, detail);
}

/** The picked box in a ring, the cursor of the keys in a dashed one. */
function drawRings(pen: CanvasRenderingContext2D, drawing: Drawing): void {
  const { accent, cursor, hovered, palette, camera } = drawing;
  const least = 1 / camera.zoom;
  if (hovered !== null && hovered !== accent.picked) {
    pen.globalAlpha = 0.5;
    ring(pen, drawing, hovered, { colour: palette.focus, gap: 3, width: Math.max(1.5, least) });
    pen.globalAlpha = 1;
  }
  if (accent.picked !== null) {
    const width = Math.max(3, 2.5 * least);
    ring(pen, drawing, accent.picked, { colour: palette.focus, gap: 2 + width / 2, width });
  }
  if (cursor !== null) {
    const width = Math.max(1.5, 1.5 * least);
    pen.setLineDash([3 * width, 2 * width]);
    ring(pen, drawing, cursor, { colour: palette.ink, gap: 6 + 2 * width, width });
    pen.setLineDash([]);
  }
}

/** The ring of the focus, just within the canvas: what is around it may cut off what is outside. */
function drawFocus(pen: CanvasRenderingContext2D, { palette, view }: Drawing): void {
  pen.strokeStyle = palette.focus;
  pen.lineWidth = 2;
  pen.strokeRect(1, 1, view.width - 2, view.height - 2);
}

/** In the lower left corner, on paper, so that it can be read over anything. */
function writeNote(pen: CanvasRenderingContext2D, drawing: Drawing, note: string): void {
  const { palette, view } = drawing;
  pen.font = `11px ${palette.font}`;
  pen.textAlign = "left";
  pen.textBaseline = "alphabetic";
  pen.fillStyle = palette.paper;
  pen.fillRect(6, view.height - 26, pen.measureText(note).width + 12, 20);
  pen.fillStyle = palette.soft;
  pen.fillText(note, 12, view.height - 12);
}

interface Ring {
  readonly colour: string;
  readonly gap: number;
  readonly width: number;
}

function ring(
  pen: CanvasRenderingContext2D,
  { scene }: Drawing,
  place: number,
  { colour, gap, width }: Ring,
): void {
  const box = scene.boxes[place];
  if (box === undefined) return;
  const behind = box.path === null ? 0 : 4; // the second box of a group looks out there
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.beginPath();
  pen.roundRect(
    box.x - gap,
    box.y - gap - behind,
    WIDTH + 2 * gap + behind,
    HEIGHT + 2 * gap + behind,
    6 + gap,
  );
  pen.stroke();
}

/** With what stands out of the boxes: the second box of a group and the rings. */
function grown(area: Area): Area {
  return { x: area.x - 8, y: area.y - 8, width: area.width + 16, height: area.height + 16 };
}
