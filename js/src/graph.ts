/** The graph: draws what the store sees when it has changed and is in sight, and follows hand and keys. */

import { pickOf } from "./accent.ts";
import { type Point, panned, STEP, zoomed } from "./camera.ts";
import { createPacer, createScope, isPlainKey, type Scope, taken } from "./dom.ts";
import { createEye, type Eye, type Seat } from "./eye.ts";
import { stepTo, type Way, type Wish, wishOf } from "./keys.ts";
import { createOutlook } from "./outlook.ts";
import type { State } from "./picture.ts";
import { followPointer } from "./pointer.ts";
import { type Selection, samePick } from "./selection.ts";
import { createStage } from "./stage.ts";
import type { Store } from "./store.ts";
import { visible } from "./visible.ts";
import { speakGroup, speakShared, speakTask, titleOfGroup, titleOfTask } from "./words.ts";
import { isOnOpener } from "./writing.ts";

const REST = 350; // ms that the pointer rests before the title is shown

export interface Graph {
  destroy(): void;
  /** Read the colours again, and draw. */
  redraw(): void;
  /** Show the whole graph, and keep it whole while it grows. */
  fit(): void;
}

export function createGraph(host: HTMLElement, store: Store, selection: Selection): Graph {
  const scope = createScope();
  const stage = createStage(host, scope, {
    zoom: (nearer) => eye.look((from, middle) => zoomed(from, nearer ? STEP : 1 / STEP, middle)),
    fit: () => eye.fit(),
  });
  const seat: Seat = { host, stage, store, selection, outlook: createOutlook(store) };
  const eye = createEye(seat, scope);
  const news = createPacer(scope, eye.draw);
  scope.add(
    store.subscribe((change) => {
      if (seat.outlook.take(change)) news();
    }),
  );
  scope.add(
    selection.subscribe(() => {
      eye.highlight();
      eye.reveal(eye.drawing()?.accent.picked ?? null);
    }),
  );
  followHand(seat, eye, scope);
  followKeys(seat, eye, scope);
  eye.draw();
  return { destroy: scope.destroy, redraw: eye.recolour, fit: eye.fit };
}

function followHand(seat: Seat, eye: Eye, scope: Scope): void {
  const { stage, selection, outlook } = seat;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let opened = Number.NEGATIVE_INFINITY; // when the sign in a box was clicked last
  const untitle = (): void => {
    clearTimeout(timer);
    stage.title(null, { x: 0, y: 0 });
  };
  const isOnSign = (box: number, at: Point): boolean => {
    const drawing = eye.drawing();
    return drawing !== null && isOnOpener(drawing, box, at);
  };
  scope.add(untitle);
  followPointer(stage.canvas, scope, {
    drag: (right, down) => eye.look((from) => panned(from, right, down)),
    zoom: (factor, at) => eye.look((from) => zoomed(from, factor, at)),
    click(at) {
      const box = eye.boxAt(at);
      if (performance.now() < opened + REST) return; // the second half of a double click
      if (box !== null && isOnSign(box, at)) {
        opened = performance.now();
        toggle(seat, eye, box);
        return;
      }
      eye.point(box);
      selection.pick(box === null ? null : pickOf(outlook.scene, box));
    },
    doubleClick(at) {
      const box = eye.boxAt(at);
      if (box !== null && performance.now() > opened + REST) toggle(seat, eye, box);
    },
    hover(at) {
      const box = at === null ? null : eye.boxAt(at);
      stage.canvas.style.cursor = box === null ? "grab" : "pointer";
      untitle();
      eye.hover(box);
      if (box !== null && at !== null) {
        timer = setTimeout(() => stage.title(titleOf(seat, box), at), REST);
      }
    },
  });
}

function followKeys(seat: Seat, eye: Eye, scope: Scope): void {
  const { stage } = seat;
  scope.listen<KeyboardEvent>(stage.canvas, "keydown", (event) => {
    if (!isPlainKey(event)) return;
    const wish = wishOf(event);
    if (wish !== null && fulfil(seat, eye, wish)) taken(event);
  });
  scope.listen(stage.canvas, "focus", () => {
    if (stage.hasFocus() && eye.cursor === null) move(seat, eye, "first");
    eye.draw();
  });
  scope.listen(stage.canvas, "blur", eye.draw);
}

/** Do what a key wants; false when there is nothing to do, and the key is the page's. */
function fulfil(seat: Seat, eye: Eye, wish: Wish): boolean {
  const { selection, outlook } = seat;
  const box = eye.cursor ?? stepTo(outlook.scene, null, "first");
  switch (wish.kind) {
    case "move":
      move(seat, eye, wish.way);
      return true;
    case "zoom":
      eye.look((from, middle) => zoomed(from, wish.nearer ? STEP : 1 / STEP, middle));
      return true;
    case "fit":
      eye.fit();
      return true;
    case "leave":
      if (selection.current === null) return false;
      selection.pick(null);
      return true;
    case "pick":
      if (box !== null) inspect(seat, eye, box);
      return true;
    case "toggle":
      if (box !== null) toggle(seat, eye, box);
      return true;
    case "collapse":
      if (box !== null) collapse(seat, eye, box);
      return true;
  }
}

function move(seat: Seat, eye: Eye, way: Way): void {
  const next = stepTo(seat.outlook.scene, eye.cursor, way);
  if (next === null) {
    seat.stage.say(NOWHERE[way]);
    return;
  }
  eye.point(next);
  eye.reveal(next);
  speak(seat, next);
}

const NOWHERE: Readonly<Record<Way, string>> = {
  left: "needs nothing",
  right: "nothing needs it",
  up: "this is the first one",
  down: "this is the last one",
  first: "no tasks",
  last: "no tasks",
};

/** Pick a box; a group that is picked already is expanded. */
function inspect(seat: Seat, eye: Eye, box: number): void {
  const picked = pickOf(seat.outlook.scene, box);
  if (picked?.kind === "group" && samePick(picked, seat.selection.current)) toggle(seat, eye, box);
  else seat.selection.pick(picked);
}

function toggle(seat: Seat, eye: Eye, box: number): void {
  if (seat.outlook.scene.boxes[box]?.path === null) collapse(seat, eye, box);
  else reshape(seat, eye, box, () => seat.outlook.expand(box));
}

function collapse(seat: Seat, eye: Eye, box: number): void {
  reshape(seat, eye, box, () => seat.outlook.collapse(box));
}

function reshape(seat: Seat, eye: Eye, box: number, change: () => void): void {
  eye.reshape(box, change);
  if (eye.cursor !== null) speak(seat, eye.cursor);
}

function speak({ stage, outlook, store }: Seat, place: number): void {
  const { scene, standing } = outlook;
  const box = scene.boxes[place];
  if (box === undefined) return;
  const task = box.path === null ? store.view.tasks.get(box.tasks[0] ?? -1) : undefined;
  const before = scene.before[place]?.length ?? 0;
  const after = scene.after[place]?.length ?? 0;
  const counts = (state: State): number => standing.count(place, state);
  if (box.shared !== undefined) {
    stage.say(speakShared(box.name, box.shared, after));
    return;
  }
  stage.say(task !== undefined ? speakTask(task) : speakGroup(box.name, counts, before, after));
}

function titleOf({ outlook, store }: Seat, place: number): string | null {
  const box = outlook.scene.boxes[place];
  if (box === undefined) return null;
  const task = box.path === null ? store.view.tasks.get(box.tasks[0] ?? -1) : undefined;
  if (task !== undefined) return titleOfTask(task);
  if (box.shared !== undefined) return `${visible(box.name)}\n${visible(box.shared)}`;
  return titleOfGroup(box.name, (state) => outlook.standing.count(place, state));
}
