/** Each state has a shape of its own, which no reader of the screen reads out. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { STATES } from "./picture.ts";
import { sign } from "./signs.ts";
import { openPage, type Page } from "./testing/page.ts";

let page: Page;
before(async () => {
  page = await openPage();
});
after(() => page.close());

test("shapes alone tell states apart", () => {
  const shapes = new Map<string, string[]>();
  for (const state of STATES) {
    const drawn = sign(state);
    assert.equal(drawn.getAttribute("aria-hidden"), "true");
    const shape = [...drawn.children].map(
      (path) => `${path.getAttribute("d")} ${path.getAttribute("fill") === "none"}`,
    );
    assert.ok(shape.length > 0);
    shapes.set(shape.join(" "), [...(shapes.get(shape.join(" ")) ?? []), state]);
  }
  const alike = [...shapes.values()].filter((states) => states.length > 1);
  assert.deepEqual(alike, [
    ["declared", "waiting"],
    ["finished", "cached"],
  ]);
});

test("each place gets an element of its own", () => {
  assert.notEqual(sign("failed"), sign("failed"));
});
