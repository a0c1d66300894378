/** The room shows graph or outline, and in a narrow panel log or inspector. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { createScope, element } from "./dom.ts";
import { furnish } from "./room.ts";
import { openPage, type Page } from "./testing/page.ts";

let page: Page;
before(async () => {
  page = await openPage();
});
after(() => page.close());

test("what is behind a tab is hidden, and drawn when it comes forth", () => {
  const scope = createScope();
  const room = element("div");
  const drawn: string[] = [];
  const canvas = element("div");
  const outline = {
    element: element("div"),
    note: () => undefined,
    draw: () => drawn.push("outline"),
  };
  const graph = {
    destroy: () => undefined,
    redraw: () => drawn.push("graph"),
    fit: () => undefined,
  };
  const other = { search: element("span"), inspector: element("section"), log: element("section") };
  const shown = furnish({ room, scope, canvas, outline, graph, ...other });
  assert.deepEqual([shown.upper(), drawn], ["graph", ["graph"]]);
  assert.ok(outline.element.parentElement?.hidden);
  const tabs = [...room.querySelectorAll<HTMLElement>("[role=tab]")];
  assert.deepEqual(
    tabs.map((tab) => tab.textContent),
    ["Graph", "Outline", "Log", "Inspector"],
  );
  tabs[1]?.click();
  assert.ok(canvas.hidden && !outline.element.parentElement.hidden);
  assert.deepEqual([shown.upper(), drawn], ["outline", ["graph", "outline"]]);
  assert.equal(room.getAttribute("data-lower"), "log");
  shown.showInspector();
  assert.equal(room.getAttribute("data-lower"), "inspector");
  scope.destroy();
});
