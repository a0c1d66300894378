/** A splitter is moved by keys, and stays within its bounds. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { createScope, element } from "./dom.ts";
import { createSplitter, shareAfter } from "./splitter.ts";
import { openPage, type Page } from "./testing/page.ts";

let page: Page;
before(async () => {
  page = await openPage();
});
after(() => page.close());

test("arrows move it the way they point", () => {
  assert.ok((shareAfter("ArrowDown", 0.5, false) ?? 0) > 0.5);
  assert.ok((shareAfter("ArrowUp", 0.5, false) ?? 1) < 0.5);
  assert.ok((shareAfter("ArrowRight", 0.5, true) ?? 1) < 0.5, "the last part becomes smaller");
  assert.equal(shareAfter("x", 0.5, false), null);
});

test("keys set the room's share and say it", () => {
  const scope = createScope();
  const room = element("div");
  const bar = createSplitter(scope, {
    ...{ orientation: "horizontal", label: "Height", room },
    ...{ property: "--fl-top", share: 0.5 },
  });
  const press = (key: string) =>
    bar.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  press("ArrowDown");
  assert.equal(room.style.getPropertyValue("--fl-top"), "54.0%");
  assert.equal(bar.getAttribute("aria-valuenow"), "54");
  for (let i = 0; i < 50; i += 1) press("ArrowDown");
  assert.equal(bar.getAttribute("aria-valuenow"), bar.getAttribute("aria-valuemax"));
  press("Home");
  assert.equal(bar.getAttribute("aria-valuenow"), bar.getAttribute("aria-valuemin"));
  bar.dispatchEvent(new MouseEvent("dblclick"));
  assert.equal(bar.getAttribute("aria-valuenow"), "50");
  scope.destroy();
});
