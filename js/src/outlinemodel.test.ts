/** The model of the outline knows its rows without any page. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { createGroups } from "./groups.ts";
import { createModel } from "./outlinemodel.ts";
import { createSelection } from "./selection.ts";
import { createStore } from "./store.ts";
import { createSender, idOf, submitted } from "./testing/sample.ts";

/** a/ (0), a/b (1), a/c (2) */
function stage() {
  const store = createStore();
  const send = createSender(store);
  send([submitted([{ name: "a/b" }, { name: "a/c" }])]);
  const groups = createGroups();
  groups.update(store.view, { all: true, tasks: new Set() });
  const selection = createSelection();
  const model = createModel(store, groups, selection);
  store.subscribe((change) => {
    groups.update(store.view, change);
    model.note(change);
  });
  model.bringUp();
  return { send, selection, model };
}

test("the row of what is picked is found", () => {
  const { selection, model } = stage();
  assert.equal(model.picked(), -1);
  selection.pick({ kind: "task", task: idOf(11) });
  assert.equal(model.picked(), 2);
  selection.pick({ kind: "group", path: "a" });
  assert.equal(model.picked(), 0);
  assert.equal(model.labelOf(model.items[2] ?? assert.fail()), "c");
  assert.equal(model.labelOf(model.items[0] ?? assert.fail()), "a");
});

test("what the user closed stays closed while tasks come", () => {
  const { send, model } = stage();
  const [first] = model.items;
  assert.ok(first?.kind === "group" && model.isOpen(first.group));
  model.setOpen(first.group, false);
  send([
    submitted([
      { id: idOf(20), name: "a/d" },
      { id: idOf(21), name: "e" },
    ]),
  ]);
  model.bringUp();
  assert.deepEqual(
    model.items.map((item) => item.kind),
    ["group", "task"],
  );
});

test("a search leaves what is found, and opens it", () => {
  const { selection, model } = stage();
  selection.setSearch("C");
  model.bringUp();
  assert.deepEqual(model.items.map(model.labelOf), ["a", "c"]);
});
