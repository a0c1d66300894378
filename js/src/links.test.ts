/** Links say where they lead, in words; lists are bounded. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { facts, groupLink, list, MOST_ITEMS, section, taskLink } from "./links.ts";
import { openPage, type Page } from "./testing/page.ts";
import { idOf, sampleView } from "./testing/sample.ts";

let page: Page;
before(async () => {
  page = await openPage();
});
after(() => page.close());

test("a link to a task has its name and its state in words", () => {
  const task = sampleView([{ name: "<i>a" }]).tasks.get(idOf(10));
  assert.ok(task);
  const link = taskLink(task, "in");
  assert.equal(link.textContent, "<i>a, waiting");
  assert.equal(link.getAttribute("data-task"), String(idOf(10)));
  assert.equal(groupLink("a/b", "b").getAttribute("data-group"), "a/b");
});

test("long lists are cut, and empty ones are not there", () => {
  const made = list(
    Array.from({ length: 80 }, (_, i) => i),
    (i) => [String(i)],
  );
  assert.equal(made?.children.length, MOST_ITEMS + 1);
  assert.equal(made?.lastElementChild?.textContent, "… and 30 more");
  assert.equal(
    list([], () => []),
    null,
  );
  assert.deepEqual(section("Inputs", null), []);
});

test("facts without a value are left out", () => {
  assert.equal(
    facts([
      ["A", "1"],
      ["B", ""],
      ["C", null],
    ]).textContent,
    "A1",
  );
});
