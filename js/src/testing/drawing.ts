/** Drawings of small sessions, and what a pen is told of them. */

import { createAccent } from "../accent.ts";
import type { Drawing } from "../drawing.ts";
import type { EventUnion } from "../events.ts";
import { createLabels } from "../labels.ts";
import { createOutlook } from "../outlook.ts";
import { paint } from "../paint.ts";
import type { Palette } from "../palette.ts";
import { createStore } from "../store.ts";
import { createRecorder, type Recorder } from "./pen.ts";
import { createSender, idOf, type Row, submitted } from "./sample.ts";

export const VIEW = { width: 900, height: 500 };

export const PALETTE: Palette = {
  ...{ paper: "#fff", ink: "#000", soft: "#555", line: "#888", focus: "#00f", grey: "#777" },
  ...{ running: "#07b", finished: "#0a7", failed: "#d50", font: "sans-serif" },
};

/**     first ─▶ second      g/0 … g/399 collapsed    */
export const ROWS: readonly Row[] = [
  { name: "first" },
  { name: "second", inputs: [idOf(10)] },
  ...Array.from({ length: 400 }, (_, i): Row => ({ name: `g/${i}` })),
];

/** A drawing of these rows after these events, from the upper left corner, with these groups open. */
export function drawingOf(
  zoom: number,
  rows: readonly Row[] = ROWS,
  events: readonly EventUnion[] = [],
  opened: readonly string[] = [],
): Drawing {
  const store = createStore();
  const outlook = createOutlook(store);
  store.subscribe(outlook.take);
  createSender(store)([submitted(rows), ...events]);
  outlook.refresh(VIEW);
  for (const path of opened) {
    outlook.expand(outlook.scene.boxes.findIndex((box) => box.path === path));
    outlook.refresh(VIEW);
  }
  const { scene, standing, isGrouped } = outlook;
  return {
    ...{ scene, standing, isGrouped, camera: { x: 0, y: 0, zoom }, view: VIEW, palette: PALETTE },
    ...{ labels: createLabels(), accent: createAccent(scene, null, null) },
    ...{ cursor: null, hovered: null, isFocused: false },
    task: (id) => store.view.tasks.get(id),
  };
}

export interface Painted extends Recorder {
  readonly drawn: number;
}

export function painted(drawing: Drawing): Painted {
  const recorder = createRecorder();
  return { ...recorder, drawn: paint(recorder.pen, drawing, 1) };
}

/** All that was written. */
export function textsOf(recorder: Recorder): unknown[] {
  return recorder.given("fillText").map(([text]) => text);
}
