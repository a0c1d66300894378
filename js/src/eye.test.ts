/** The camera is the graph's until the user takes it, and colours are read when there are some. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { panned } from "./camera.ts";
import { createScope } from "./dom.ts";
import { createEye } from "./eye.ts";
import { createOutlook } from "./outlook.ts";
import { createSelection } from "./selection.ts";
import { createStage } from "./stage.ts";
import { createStore } from "./store.ts";
import { openPage, type Page } from "./testing/page.ts";
import { createSender, idOf, type Row, submitted } from "./testing/sample.ts";

let page: Page;
let wishes: (() => void)[] = []; // frames that were asked for
let size = { width: 900, height: 500 };

before(async () => {
  page = await openPage();
  Object.assign(globalThis, {
    requestAnimationFrame: (draw: () => void) => wishes.push(draw),
    cancelAnimationFrame: () => {
      wishes = [];
    },
  });
  Object.defineProperties(page.window.HTMLCanvasElement.prototype, {
    clientWidth: { get: () => size.width },
    clientHeight: { get: () => size.height },
  });
});
after(() => page.close());

function open() {
  size = { width: 900, height: 500 };
  const host = document.createElement("div");
  document.body.append(host);
  const scope = createScope();
  const stage = createStage(host, scope, { zoom: () => undefined, fit: () => undefined });
  const store = createStore();
  const outlook = createOutlook(store, () => 0);
  store.subscribe(outlook.take);
  const send = createSender(store);
  const selection = createSelection();
  const eye = createEye({ host, stage, store, selection, outlook }, scope);
  const frame = (): void => {
    eye.draw();
    for (const draw of wishes.splice(0)) draw();
  };
  const add = (first: number, rows: readonly Row[]): void => {
    send([submitted(rows.map((row, i) => ({ id: idOf(first + i), ...row })))]);
    frame();
  };
  return { host, scope, eye, frame, add, selection, outlook };
}

function column(count: number, name: string): Row[] {
  return Array.from({ length: count }, (_, i) => ({ name: `${name}${i}` }));
}

test("the whole graph is shown while it grows, until the user moves the camera", () => {
  const { eye, add, scope, frame } = open();
  const zoom = () => eye.drawing()?.camera.zoom ?? 0;
  add(100, column(4, "a"));
  assert.equal(zoom(), 1);
  add(200, column(100, "b"));
  const small = zoom();
  assert.ok(small < 1);
  eye.look((camera) => panned(camera, 10, 0));
  add(400, column(40, "c"));
  assert.equal(zoom(), small);
  eye.fit();
  frame();
  assert.notEqual(zoom(), small);
  scope.destroy();
});

test("without a size nothing is drawn, and colours are read later", () => {
  const { eye, add, host, scope, frame } = open();
  size = { width: 0, height: 0 };
  add(100, column(3, "a"));
  assert.equal(eye.drawing(), null);
  assert.equal(host.dataset["frames"], undefined);
  size = { width: 900, height: 500 };
  frame();
  assert.notEqual(eye.drawing()?.palette.paper, "");
  assert.equal(host.dataset["frames"], "1");
  scope.destroy();
});

test("a canvas that is hidden keeps its place, and shows what is sought when it is back", () => {
  const { eye, add, scope, frame } = open();
  add(100, column(40, "a"));
  eye.look((camera) => ({ ...camera, x: 0, y: 0, zoom: 2 }));
  frame();
  const before = eye.drawing()?.camera;
  size = { width: 0, height: 0 };
  eye.reveal(39);
  frame();
  assert.deepEqual(eye.drawing()?.camera, before);
  size = { width: 900, height: 500 };
  frame();
  const box = eye.drawing()?.scene.boxes[39] ?? assert.fail();
  const camera = eye.drawing()?.camera ?? assert.fail();
  assert.ok((box.y - camera.y) * camera.zoom < 500);
  scope.destroy();
});

test("new colours are read when they are asked for", () => {
  const { eye, add, host, scope, frame } = open();
  add(100, column(3, "a"));
  host.style.setProperty("--fl-failed", "#010203");
  frame();
  assert.notEqual(eye.drawing()?.palette.failed, "#010203");
  eye.recolour();
  frame();
  assert.equal(eye.drawing()?.palette.failed, "#010203");
  scope.destroy();
});

test("what is picked or looked for stands out in the next frame", () => {
  const { eye, add, scope, selection } = open();
  add(100, column(3, "a"));
  selection.pick({ kind: "task", task: idOf(101) });
  selection.setSearch("a2");
  eye.highlight();
  const accent = eye.drawing()?.accent ?? assert.fail();
  assert.equal(accent.picked, 1);
  assert.deepEqual([0, 1, 2].map(accent.isDim), [true, true, false]);
  scope.destroy();
});

test("what a box becomes stands where the box stood", () => {
  const { eye, add, scope, outlook, host, frame } = open();
  add(100, [...column(100, "g/a"), ...column(100, "h/a")]);
  const before = host.dataset["at"];
  const first = outlook.scene.boxes.findIndex((box) => box.path === "g");
  eye.reshape(first, () => outlook.expand(first));
  frame();
  assert.equal(outlook.scene.boxes.length, 101);
  assert.equal(host.dataset["at"], before);
  scope.destroy();
});
