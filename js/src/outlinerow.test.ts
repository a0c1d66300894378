/** A row of the outline is drawn once, and then only brought up to date. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { element } from "./dom.ts";
import { drawHeading, drawItem, indentOf, keyOf } from "./outlinerow.ts";
import { createSelection } from "./selection.ts";
import { createStore } from "./store.ts";
import { openPage, type Page } from "./testing/page.ts";
import { assigned, createSender, idOf, reported, submitted } from "./testing/sample.ts";

let page: Page;
before(async () => {
  page = await openPage();
});
after(() => page.close());

test("the same cells take the new words", () => {
  const store = createStore();
  const send = createSender(store);
  send([submitted([{ name: "a/b" }])]);
  const row = element("div");
  const item = { kind: "task", task: idOf(10), level: 3, place: { at: 1, of: 1 } } as const;
  const draw = () =>
    drawItem(row, item, { view: store.view, selection: createSelection(), isOpen: () => false });
  draw();
  const cells = [...row.children];
  assert.equal(row.textContent, "bwaiting");
  assert.equal(row.querySelector<HTMLElement>(".twist")?.style.marginInlineStart, "32px");
  send([assigned([idOf(10)]), reported({ started: [[idOf(10), 1, 5]] })]);
  draw();
  assert.deepEqual([...row.children], cells);
  assert.equal(row.textContent, "brunning");
  assert.equal(row.querySelector(".sign")?.getAttribute("data-state"), "running");
});

test("tasks and groups of the same name have keys of their own", () => {
  assert.equal(keyOf({ kind: "task", task: 5, level: 1, place: { at: 1, of: 1 } }), 5);
  assert.equal(keyOf(undefined), "");
});

test("the heading names the columns", () => {
  const roles = [...drawHeading().children].map((each) => each.getAttribute("role"));
  assert.deepEqual(new Set(roles), new Set(["columnheader"]));
});

test("however deep a level is, half of a narrow column is left to the name", () => {
  assert.deepEqual([1, 2, 4, 5].map(indentOf), [0, 16, 48, 52]);
  assert.ok(indentOf(1_000) <= 84);
});
