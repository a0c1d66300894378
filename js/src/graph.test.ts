/** The graph under the keys and the hand, on a page without a browser; frames are drawn by hand. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { createGraph } from "./graph.ts";
import { createSelection } from "./selection.ts";
import { createStore } from "./store.ts";
import { openPage, type Page } from "./testing/page.ts";
import { assigned, createSender, finished, idOf, type Row, submitted } from "./testing/sample.ts";

let page: Page;
let wishes: (() => void)[] = []; // frames that were asked for

before(async () => {
  page = await openPage();
  Object.assign(globalThis, {
    requestAnimationFrame: (draw: () => void) => wishes.push(draw),
    cancelAnimationFrame: () => {
      wishes = [];
    },
  });
  const size = { clientWidth: { get: () => 900 }, clientHeight: { get: () => 500 } };
  Object.defineProperties(page.window.HTMLCanvasElement.prototype, size);
});
after(() => page.close());

//  load/a ─▶ fit     load/b
const ROWS: readonly Row[] = [
  { name: "load/a" },
  { name: "load/b" },
  { name: "fit", inputs: [idOf(10)] },
];

function frame(): void {
  for (const draw of wishes.splice(0)) draw();
}

function open(rows: readonly Row[]) {
  const store = createStore();
  const send = createSender(store);
  const selection = createSelection();
  const host = document.createElement("div");
  document.body.append(host);
  send([submitted(rows)]);
  const graph = createGraph(host, store, selection);
  frame();
  const canvas = host.querySelector("canvas") ?? assert.fail();
  return {
    ...{ host, canvas, graph, selection, send },
    press(key: string, shiftKey = false): boolean {
      const event = new KeyboardEvent("keydown", {
        key,
        shiftKey,
        bubbles: true,
        cancelable: true,
      });
      const isFree = canvas.dispatchEvent(event);
      frame();
      return isFree;
    },
    said: () => host.querySelector("[aria-live]")?.textContent,
    point(type: string, x: number, y: number): void {
      const event = new MouseEvent(type, { bubbles: true, button: 0 });
      for (const [name, value] of Object.entries({ offsetX: x, offsetY: y, pointerId: 1 })) {
        Object.defineProperty(event, name, { value });
      }
      canvas.dispatchEvent(event);
      frame();
    },
    at: () => (host.dataset["at"] ?? "").split(",").map(Number) as [number, number],
  };
}

test("the canvas can be reached by keys, and says what it is", () => {
  const { canvas, graph, host } = open(ROWS);
  assert.equal(canvas.getAttribute("tabindex"), "0");
  assert.equal(canvas.getAttribute("role"), "application");
  assert.equal(canvas.getAttribute("aria-label"), "Graph of the tasks");
  assert.match(canvas.getAttribute("aria-description") ?? "", /Space expands/);
  assert.deepEqual([host.dataset["nodes"], host.dataset["drawn"]], ["3", "3"]);
  graph.destroy();
});

test("each move of the keys is spoken, and Enter picks", () => {
  const { press, said, selection, graph } = open(ROWS);
  press("Home");
  assert.equal(said(), "load/a, waiting, 0 inputs, 1 output");
  press("ArrowRight");
  assert.equal(said(), "fit, waiting, 1 input, 1 output");
  press("ArrowRight");
  assert.equal(said(), "nothing needs it");
  press("ArrowLeft");
  press("Enter");
  assert.deepEqual(selection.current, { kind: "task", task: idOf(10) });
  press("Escape");
  assert.equal(selection.current, null);
  graph.destroy();
});

test("Space collapses the group of a task, and expands it again", () => {
  const { press, said, host, graph } = open(ROWS);
  press("Home");
  press(" ");
  assert.equal(said(), "load, group, 0/2 finished, 2 waiting, 0 inputs, 1 output");
  assert.equal(host.dataset["nodes"], "2");
  press(" ");
  assert.equal(said(), "load/a, waiting, 0 inputs, 1 output");
  assert.equal(host.dataset["nodes"], "3");
  graph.destroy();
});

test("keys that are handled here go no further, others do", () => {
  const { press, graph } = open(ROWS);
  let escaped = 0;
  const count = (): void => {
    escaped += 1;
  };
  document.body.addEventListener("keydown", count);
  for (const key of ["ArrowUp", "Enter", " ", "+", "-", "0"]) assert.equal(press(key), false, key);
  assert.equal(escaped, 0);
  assert.equal(press("Escape"), false); // it let go of what Enter picked
  assert.equal(press("Escape"), true);
  press("Tab");
  assert.equal(escaped, 2);
  document.body.removeEventListener("keydown", count);
  graph.destroy();
});

test("a click picks, a click beside lets go, a drag does neither", () => {
  const { point, at, selection, graph } = open(ROWS);
  const [x, y] = at();
  point("pointerdown", x, y);
  point("pointerup", x, y);
  assert.deepEqual(selection.current, { kind: "task", task: idOf(10) });
  point("pointerdown", 2, 2);
  point("pointermove", 60, 40);
  point("pointerup", 60, 40);
  assert.deepEqual(selection.current, { kind: "task", task: idOf(10) });
  assert.deepEqual(at(), [x + 58, y + 38]);
  point("pointerdown", 2, 2);
  point("pointerup", 2, 2);
  assert.equal(selection.current, null);
  graph.destroy();
});

test("a double click opens a group where it stands", () => {
  const rows = Array.from({ length: 300 }, (_, i): Row => ({ name: `load/${i}` }));
  const { point, at, host, graph } = open([...rows, { name: "fit" }]);
  const [x, y] = at();
  point("dblclick", x, y);
  assert.equal(host.dataset["nodes"], "301");
  assert.deepEqual(at(), [x, y]);
  graph.destroy();
});

test("a state that changed is drawn once, and nothing is laid out for it", async () => {
  const { host, send, graph } = open(ROWS);
  frame();
  assert.equal(wishes.length, 0); // no frame asks for the next one
  const before = Number(host.dataset["frames"]);
  send([assigned([idOf(10)]), finished([idOf(10)])]);
  for (let tries = 0; wishes.length === 0 && tries < 200; tries += 1) {
    await new Promise((done) => setTimeout(done, 10));
  }
  frame();
  assert.ok(Number(host.dataset["frames"]) > before);
  assert.equal(host.dataset["layouts"], "1");
  graph.destroy();
});

test("what is picked elsewhere comes into sight", () => {
  const rows = Array.from({ length: 120 }, (_, i): Row => ({ name: `t${i}` }));
  const { press, selection, host, at, graph } = open(rows);
  for (let i = 0; i < 12; i += 1) press("+");
  selection.pick({ kind: "task", task: idOf(129) });
  frame();
  const [x, y] = at();
  assert.ok(x > 0 && x < 900 && y > 0 && y < 500, `${x},${y} of ${host.dataset["drawn"]} boxes`);
  graph.destroy();
});

test("its end leaves nothing behind", () => {
  const begun = page.left();
  const { graph, host } = open(ROWS);
  assert.ok(page.left() > begun);
  graph.destroy();
  assert.equal(page.left(), begun);
  assert.equal(host.childElementCount, 0);
});
