/** Drags, pinches, clicks and the wheel are told apart. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { createScope } from "./dom.ts";
import { followPointer } from "./pointer.ts";
import { openPage, type Page } from "./testing/page.ts";

let page: Page;
before(async () => {
  page = await openPage();
  Object.assign(globalThis, { WheelEvent: page.window.WheelEvent });
});
after(() => page.close());

function open() {
  const done: string[] = [];
  const scope = createScope();
  const canvas = document.createElement("canvas");
  canvas.tabIndex = 0;
  document.body.append(canvas);
  followPointer(canvas, scope, {
    drag: (right, down) => done.push(`drag ${right} ${down}`),
    zoom: (factor, at) => done.push(`zoom ${factor.toFixed(2)} at ${at.x} ${at.y}`),
    click: (at) => done.push(`click ${at.x} ${at.y}`),
    doubleClick: (at) => done.push(`double ${at.x} ${at.y}`),
    hover: (at) => at !== null && done.push(`hover ${at.x} ${at.y}`),
  });
  const send = (type: string, fields: Readonly<Record<string, unknown>>): Event => {
    const event = new MouseEvent(type, { bubbles: true, cancelable: true });
    const all = { pointerId: 1, pointerType: "touch", deltaMode: 0, ...fields };
    for (const [name, value] of Object.entries(all)) Object.defineProperty(event, name, { value });
    canvas.dispatchEvent(event);
    return event;
  };
  return { done, scope, canvas, send };
}

test("a hand that trembles clicks, one that moves drags", () => {
  const { done, scope, send } = open();
  send("pointerdown", { offsetX: 10, offsetY: 10 });
  send("pointermove", { offsetX: 11, offsetY: 11 });
  send("pointerup", { offsetX: 11, offsetY: 11 });
  assert.deepEqual(done.splice(0), ["click 11 11"]);
  send("pointerdown", { offsetX: 10, offsetY: 10 });
  send("pointermove", { offsetX: 30, offsetY: 5 });
  send("pointerup", { offsetX: 30, offsetY: 5 });
  assert.deepEqual(done, ["drag 20 -5"]);
  scope.destroy();
});

test("two fingers zoom around the point between them", () => {
  const { done, scope, send } = open();
  send("pointerdown", { pointerId: 1, offsetX: 100, offsetY: 50 });
  send("pointerdown", { pointerId: 2, offsetX: 200, offsetY: 50 });
  send("pointermove", { pointerId: 2, offsetX: 300, offsetY: 50 });
  assert.deepEqual(done, ["drag 50 0", "zoom 2.00 at 200 50"]);
  send("pointerup", { pointerId: 2, offsetX: 300, offsetY: 50 });
  send("pointerup", { pointerId: 1, offsetX: 100, offsetY: 50 });
  assert.equal(done.length, 2); // that was no click
  scope.destroy();
});

test("the wheel is the page's, but with ctrl or where the focus is", () => {
  const { done, scope, canvas, send } = open();
  const turn = (fields: object) =>
    send("wheel", { deltaY: -100, offsetX: 5, offsetY: 6, ...fields });
  assert.equal(turn({}).defaultPrevented, false);
  assert.deepEqual(done, []);
  assert.equal(turn({ ctrlKey: true }).defaultPrevented, true);
  canvas.focus();
  assert.equal(turn({}).defaultPrevented, true);
  assert.deepEqual(done, ["zoom 1.20 at 5 6", "zoom 1.20 at 5 6"]);
  scope.destroy();
});

test("a mouse that rests is told, a finger is not", () => {
  const { done, scope, send } = open();
  send("pointermove", { offsetX: 3, offsetY: 4 });
  send("pointermove", { offsetX: 3, offsetY: 4, pointerType: "mouse" });
  assert.deepEqual(done, ["hover 3 4"]);
  scope.destroy();
});
