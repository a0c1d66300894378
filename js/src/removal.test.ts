/** A journal is removed after a second click, and not by a late one. */

import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { createScope, type Scope } from "./dom.ts";
import type { JournalRow, SessionRow } from "./listing.ts";
import { createRemoval, PATIENCE, type Removal } from "./removal.ts";
import { openPage, type Page } from "./testing/page.ts";

const session: SessionRow = {
  ...{ session: 1, name: "demo", began: 0, last: 0, counts: {}, failure: "", state: "closed" },
};
const JOURNAL: JournalRow = {
  ...{ journal: "j", life: "over", written: 0, size: 0, is_read: true, damaged: 0, fault: "" },
  sessions: [session, { ...session, session: 2, name: "other" }],
};

let page: Page;
let scope: Scope;
let removal: Removal;
let removed: string[];

beforeEach(async () => {
  page = await openPage();
  mock.timers.enable({ apis: ["setTimeout"] });
  scope = createScope();
  removed = [];
  removal = createRemoval(scope, async (journal) => {
    removed.push(journal);
  });
  removal.draw(JOURNAL);
});
afterEach(async () => {
  scope.destroy();
  mock.timers.reset();
  await page.close();
});

const button = () => removal.element.querySelector("button") as HTMLButtonElement;

test("it asks once more, and says what goes with the journal", () => {
  assert.equal(button().textContent, "Remove");
  assert.equal(
    button().getAttribute("aria-label"),
    "Remove the journal j of demo, other with 2 sessions",
  );
  button().click();
  assert.equal(button().textContent, "Remove all 2 for good?");
  assert.deepEqual(removed, []);
  button().click();
  assert.deepEqual(removed, ["j"]);
  assert.equal(button().textContent, "Remove");
});

test("the question is taken back after a while", () => {
  button().click();
  mock.timers.tick(PATIENCE);
  assert.equal(button().textContent, "Remove");
  button().click();
  assert.deepEqual(removed, []);
});

test("the list may be drawn while it asks", () => {
  button().click();
  removal.draw({ ...JOURNAL, written: 1 });
  assert.equal(button().textContent, "Remove all 2 for good?");
});

test("the journal of a client that lives, or may live, has no button", () => {
  for (const life of ["live", "foreign"] as const) {
    removal.draw({ ...JOURNAL, life });
    assert.equal(button().hidden, true);
  }
});
