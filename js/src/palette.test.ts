/** Colours are those of the element's style, and each state has one. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { colourOf, FILLED, readPalette } from "./palette.ts";
import { STATES } from "./picture.ts";
import { PALETTE } from "./testing/drawing.ts";
import { openPage, type Page } from "./testing/page.ts";

let page: Page;
before(async () => {
  page = await openPage();
});
after(() => page.close());

test("what only waits, or never ran, is grey; the rest is filled", () => {
  for (const state of STATES) {
    assert.equal(colourOf(PALETTE, state) !== PALETTE.grey, FILLED.has(state), state);
  }
  assert.notEqual(colourOf(PALETTE, "failed"), colourOf(PALETTE, "finished"));
});

test("colours are read from the element, and leave nothing in it", () => {
  const host = document.createElement("div");
  document.body.append(host);
  host.style.setProperty("--fl-failed", "#123456");
  const palette = readPalette(host);
  assert.equal(palette.failed, "#123456");
  assert.equal(host.childElementCount, 0);
  for (const [name, value] of Object.entries(palette)) assert.notEqual(value, "", name);
});
