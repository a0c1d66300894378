/** The bar above the log says what is wanted, and when that changes. */

import assert from "node:assert/strict";
import { after, before, mock, test } from "node:test";

import { createControls } from "./consolebar.ts";
import { createScope } from "./dom.ts";
import { openPage, type Page } from "./testing/page.ts";

let page: Page;
before(async () => {
  page = await openPage();
});
after(() => page.close());

test("typing is waited for, a choice counts at once, and nothing after the end", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  const scope = createScope();
  const controls = createControls(scope);
  let changes = 0;
  controls.changed(() => {
    changes += 1;
  });
  const field = controls.element.querySelector("input");
  const streams = controls.element.querySelector("select");
  assert.ok(field && streams);
  field.value = "x";
  for (let i = 0; i < 5; i += 1) field.dispatchEvent(new Event("input"));
  assert.equal(changes, 0);
  mock.timers.tick(150);
  assert.equal(changes, 1);
  streams.value = "log";
  streams.dispatchEvent(new Event("change"));
  assert.equal(changes, 2);
  assert.deepEqual(controls.wanted(), { text: "x", stream: "log" });
  field.dispatchEvent(new Event("input"));
  scope.destroy();
  mock.timers.tick(1_000);
  assert.equal(changes, 2);
  mock.timers.reset();
});

test("what is picked can be wanted alone or not, once something is", () => {
  const scope = createScope();
  const controls = createControls(scope);
  const [only, follow] = controls.element.querySelectorAll("button");
  assert.ok(only?.hidden && !controls.wholeLog());
  controls.offer(true);
  assert.ok(!only.hidden);
  only.click();
  assert.ok(controls.wholeLog());
  controls.showFollowing(false);
  assert.equal(follow?.getAttribute("aria-pressed"), "false");
  scope.destroy();
});
