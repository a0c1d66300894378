/** A part of a name finds tasks, and Enter walks through them. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { createScope } from "./dom.ts";
import { createSearch, findTasks, neighbour } from "./search.ts";
import { createSelection } from "./selection.ts";
import { openPage, type Page } from "./testing/page.ts";
import { idOf, sampleView } from "./testing/sample.ts";

const view = sampleView([{ name: "load/a" }, { name: "Load/b" }, { name: "fit" }]);

let page: Page;
before(async () => {
  page = await openPage();
});
after(() => page.close());

test("a part of the name is enough, in whatever case", () => {
  assert.deepEqual(findTasks(view.tasks.values(), " LOAD"), [idOf(10), idOf(11)]);
  assert.deepEqual(findTasks(view.tasks.values(), "  "), []);
  assert.deepEqual(findTasks(view.tasks.values(), "[("), []);
});

test("neighbours go around", () => {
  assert.equal(neighbour([1, 2, 3], 3, 1), 1);
  assert.equal(neighbour([1, 2, 3], 1, -1), 3);
  assert.equal(neighbour([1, 2, 3], null, -1), 3);
  assert.equal(neighbour([1, 2, 3], 9, 1), 1);
  assert.equal(neighbour([], 1, 1), null);
});

test("Enter picks the next one found, Escape ends the search", () => {
  const scope = createScope();
  const selection = createSelection();
  const search = createSearch(scope, () => view, selection);
  document.body.append(search.element);
  const field = search.element.querySelector("input");
  assert.ok(field);
  const press = (key: string, shiftKey = false): boolean =>
    field.dispatchEvent(new KeyboardEvent("keydown", { key, shiftKey, bubbles: true }));
  field.value = "load";
  press("Enter");
  assert.deepEqual(selection.current, { kind: "task", task: idOf(10) });
  press("Enter");
  assert.deepEqual(selection.current, { kind: "task", task: idOf(11) });
  search.draw();
  assert.match(search.element.textContent ?? "", /2 of 2/);
  press("Enter", true);
  assert.deepEqual(selection.current, { kind: "task", task: idOf(10) });
  press("Escape");
  assert.equal(selection.search, "");
  assert.equal(field.value, "");
  scope.destroy();
});
