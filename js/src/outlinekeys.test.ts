/** Keys move the cursor of the outline as in any treegrid. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { createGroups } from "./groups.ts";
import { createTyping, stepOf } from "./outlinekeys.ts";
import { createModel } from "./outlinemodel.ts";
import { createSelection } from "./selection.ts";
import { createStore, type Store } from "./store.ts";
import { createSender, submitted } from "./testing/sample.ts";

function groupsOf(store: Store) {
  const groups = createGroups();
  groups.update(store.view, { all: true, tasks: new Set() });
  return groups;
}

/** load/ (0), a (1), b (2), fit (3) */
function model() {
  const store = createStore();
  createSender(store)([submitted([{ name: "load/a" }, { name: "load/b" }, { name: "fit" }])]);
  const made = createModel(store, groupsOf(store), createSelection());
  made.bringUp();
  return made;
}

test("arrows, pages and ends", () => {
  const to = (key: string, index: number) => {
    const step = stepOf(key, { index, model: model(), page: 2 });
    return step?.kind === "go" ? step.to : step;
  };
  assert.equal(to("ArrowDown", 0), 1);
  assert.equal(to("ArrowUp", 2), 1);
  assert.equal(to("PageDown", 0), 2);
  assert.equal(to("PageUp", 3), 1);
  assert.equal(to("Home", 3), 0);
  assert.equal(to("End", 0), 3);
  assert.equal(to("ArrowRight", 0), 1, "into an open group");
  assert.equal(to("ArrowRight", 1), 1, "a task has nothing in it");
  assert.equal(to("ArrowLeft", 2), 0, "to the group around");
  assert.deepEqual(to("ArrowLeft", 0), { kind: "toggle", open: false });
  assert.deepEqual(to("Enter", 0), { kind: "pick" });
  assert.deepEqual(to("Escape", 0), { kind: "leave" });
  assert.equal(to("b", 0), null);
});

test("a closed group opens by the right arrow", () => {
  const made = model();
  const [first] = made.items;
  assert.ok(first?.kind === "group");
  made.setOpen(first.group, false);
  made.bringUp();
  assert.deepEqual(stepOf("ArrowRight", { index: 0, model: made, page: 2 }), {
    kind: "toggle",
    open: true,
  });
});

test("typed beginnings find a row, and stay when there is none", () => {
  const made = model();
  assert.equal(createTyping().find("f", 0, made), 3);
  assert.equal(createTyping().find("L", 3, made), 0);
  assert.equal(createTyping().find("z", 2, made), 2);
  const typing = createTyping();
  assert.equal(typing.find("f", 0, made), 3);
  assert.equal(typing.find("i", 3, made), 3, "a second letter belongs to the same word");
});
