/** What of the graph is seen: camera, cursor and colours, and the frames that are drawn of it. */

import { type Accent, boxesOf, boxOfPicked, createAccent, pickOf } from "./accent.ts";
import {
  type Camera,
  fitted,
  kept,
  moored,
  type Point,
  revealed,
  type Size,
  toDrawing,
  toScreen,
} from "./camera.ts";
import type { Scope } from "./dom.ts";
import type { Drawing } from "./drawing.ts";
import { firstOf } from "./keys.ts";
import { createLabels } from "./labels.ts";
import type { Outlook } from "./outlook.ts";
import { paint } from "./paint.ts";
import { type Palette, readPalette } from "./palette.ts";
import { areaOf, centreOf } from "./scene.ts";
import { findTasks } from "./search.ts";
import type { Picked, Selection } from "./selection.ts";
import type { Stage } from "./stage.ts";
import type { Store } from "./store.ts";

const TOOLS = 28; // pixels at the bottom that are left to the buttons

export interface Seat {
  readonly host: HTMLElement;
  readonly stage: Stage;
  readonly store: Store;
  readonly selection: Selection;
  readonly outlook: Outlook;
}

export interface Eye {
  /** The box under the keys' cursor. */
  readonly cursor: number | null;
  /** What is drawn now; null before the first frame. */
  drawing(): Drawing | null;
  /** Ask for a frame. */
  draw(): void;
  /** Read the colours again. */
  recolour(): void;
  /** Show the whole graph, and keep it whole while it grows. */
  fit(): void;
  /** Move the camera; it is no longer fitted then. */
  look(move: (camera: Camera, middle: Point) => Camera): void;
  boxAt(at: Point): number | null;
  /** Put the cursor on a box. */
  point(box: number | null): void;
  hover(box: number | null): void;
  /** What is picked or looked for has changed. */
  highlight(): void;
  /** Bring a box into sight. */
  reveal(box: number | null): void;
  /** Change which groups are open; what a box becomes stands where the box stood. */
  reshape(box: number, change: () => void): void;
}

/** What changes while the user looks. */
interface Gaze {
  camera: Camera;
  isFree: boolean; // the user has moved the camera
  cursor: Picked | null;
  hovered: number | null;
  palette: Palette | null; // read when the canvas is on the page
  accent: Accent;
  sought: Picked | null; // to be brought into sight; the canvas may be hidden until then
}

export function createEye(seat: Seat, scope: Scope): Eye {
  const { outlook } = seat;
  const gaze: Gaze = {
    camera: { x: 0, y: 0, zoom: 1 },
    isFree: false,
    cursor: null,
    hovered: null,
    palette: null,
    accent: createAccent(outlook.scene, null, null),
    sought: null,
  };
  const drawing = drawingOf(seat, gaze);
  const draw = createFrames(seat, gaze, drawing, scope);
  const redraw =
    <T extends unknown[]>(set: (...values: T) => void) =>
    (...values: T): void => {
      set(...values);
      draw();
    };
  return {
    get cursor() {
      return boxOfPicked(outlook.scene, gaze.cursor);
    },
    drawing,
    draw,
    recolour: redraw(() => {
      gaze.palette = null;
    }),
    fit: redraw(() => {
      gaze.isFree = false;
    }),
    look: redraw((move) => look(seat, gaze, move)),
    boxAt: (at) => outlook.scene.grid.at(toDrawing(gaze.camera, at)),
    point: redraw((box) => {
      gaze.cursor = box === null ? null : pickOf(outlook.scene, box);
    }),
    hover(box) {
      if (gaze.hovered === box) return;
      gaze.hovered = box;
      draw();
    },
    highlight: redraw(() => highlight(seat, gaze)),
    reveal: redraw((place) => {
      gaze.sought = place === null ? null : pickOf(outlook.scene, place);
    }),
    reshape(place, change) {
      reshape(seat, gaze, place, change);
      draw();
    },
  };
}

function drawingOf({ stage, store, outlook }: Seat, gaze: Gaze): () => Drawing | null {
  const labels = createLabels();
  return () => {
    const { palette } = gaze;
    if (palette === null) return null;
    const isFocused = stage.hasFocus();
    return {
      ...{ scene: outlook.scene, standing: outlook.standing, isGrouped: outlook.isGrouped },
      task: (id) => store.view.tasks.get(id),
      ...{ camera: gaze.camera, view: stage.size(), accent: gaze.accent, hovered: gaze.hovered },
      ...{ palette, labels, isFocused },
      cursor: isFocused ? boxOfPicked(outlook.scene, gaze.cursor) : null,
    };
  };
}

/** Frames are drawn when they are asked for, once for all wishes, and only in sight. */
function createFrames(
  seat: Seat,
  gaze: Gaze,
  drawing: () => Drawing | null,
  scope: Scope,
): () => void {
  const { host, stage, outlook } = seat;
  let asked = 0;
  let frames = 0;
  let isShown = true;
  let later: ReturnType<typeof setTimeout> | undefined;
  const draw = (): void => {
    if (asked === 0 && isShown && !scope.ended) asked = requestAnimationFrame(frame);
  };
  const frame = (): void => {
    asked = 0;
    const view = stage.size();
    if (scope.ended || view.width === 0 || view.height === 0) return; // its size will ask again
    gaze.palette ??= readPalette(host);
    refresh(seat, gaze);
    clearTimeout(later);
    if (outlook.rest() > 0) later = setTimeout(draw, outlook.rest());
    if (!gaze.isFree) gaze.camera = fitted(outlook.scene, roomOf(view));
    seek(seat, gaze);
    const now = drawing();
    if (now === null || stage.pen === null) return;
    const drawn = paint(stage.pen, now, stage.sharpen());
    frames += 1;
    tell(seat, gaze, { drawn, frames });
  };
  const watch = new IntersectionObserver((entries) => {
    isShown = entries.at(-1)?.isIntersecting ?? false;
    draw();
  });
  watch.observe(stage.canvas);
  scope.add(() => watch.disconnect());
  scope.add(() => {
    cancelAnimationFrame(asked);
    clearTimeout(later);
  });
  scope.watchSize(stage.canvas, draw);
  return draw;
}

/** Numbers on the host, for whoever measures; `at` is where the box is that keys would act on. */
function tell({ host, outlook }: Seat, gaze: Gaze, counts: Record<string, number>): void {
  const { scene, layouts } = outlook;
  const place = boxOfPicked(scene, gaze.cursor) ?? gaze.accent.picked ?? firstOf(scene);
  const box = scene.boxes[place ?? -1];
  const at = box === undefined ? null : toScreen(gaze.camera, centreOf(box));
  const told = { nodes: scene.boxes.length, layouts, ...counts };
  for (const [name, count] of Object.entries(told)) host.dataset[name] = String(count);
  host.dataset["at"] = at === null ? "" : `${Math.round(at.x)},${Math.round(at.y)}`;
}

function look({ stage, outlook }: Seat, gaze: Gaze, move: Parameters<Eye["look"]>[0]): void {
  const view = stage.size();
  const { camera } = gaze;
  const moved = move(camera, { x: view.width / 2, y: view.height / 2 });
  if (moved.x === camera.x && moved.y === camera.y && moved.zoom === camera.zoom) return;
  gaze.camera = kept(moved, outlook.scene, view);
  gaze.isFree = true;
}

/** Bring into sight what is sought. */
function seek(seat: Seat, gaze: Gaze): void {
  const { stage, outlook } = seat;
  const box = outlook.scene.boxes[boxOfPicked(outlook.scene, gaze.sought) ?? -1];
  gaze.sought = null;
  if (box !== undefined) look(seat, gaze, (from) => revealed(from, areaOf(box), stage.size()));
}

function highlight({ store, selection, outlook }: Seat, gaze: Gaze): void {
  const { search, current } = selection;
  const tasks = search === "" ? null : findTasks(store.view.tasks.values(), search);
  const found = tasks === null ? null : boxesOf(outlook.scene, tasks);
  gaze.accent = createAccent(outlook.scene, current, found);
}

/** What of the canvas is left to the graph. */
function roomOf({ width, height }: Size): Size {
  return { width, height: height - TOOLS };
}

function refresh(seat: Seat, gaze: Gaze): void {
  if (!seat.outlook.refresh(roomOf(seat.stage.size()))) return;
  gaze.hovered = null;
  highlight(seat, gaze);
}

function reshape(seat: Seat, gaze: Gaze, place: number, change: () => void): void {
  const { outlook } = seat;
  const before = outlook.scene.boxes[place];
  if (before === undefined) return;
  const at = toScreen(gaze.camera, centreOf(before));
  change();
  refresh(seat, gaze);
  const heir = firstOf(outlook.scene, boxesOf(outlook.scene, before.tasks));
  const after = outlook.scene.boxes[heir ?? -1];
  if (heir === null || after === undefined) return;
  gaze.cursor = pickOf(outlook.scene, heir);
  gaze.camera = moored(gaze.camera, centreOf(after), at);
  gaze.isFree = true;
}
