/** The parts stand in their places, and one is found from the other. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { createScope, element } from "./dom.ts";
import { createParts } from "./parts.ts";
import { createSelection } from "./selection.ts";
import { createStore } from "./store.ts";
import { openPage, type Page } from "./testing/page.ts";
import { createSender, idOf, submitted } from "./testing/sample.ts";

let page: Page;
before(async () => {
  page = await openPage();
});
after(() => page.close());

function stage() {
  const scope = createScope();
  const store = createStore();
  const selection = createSelection();
  const root = element("div");
  document.body.replaceChildren(root);
  const parts = createParts(root, store, selection, scope, {});
  const send = createSender(store);
  send([submitted([{ name: "a" }, { name: "b" }])]);
  parts.draw();
  return { scope, selection, root, parts };
}

test("where there is room for one only, what is picked is shown instead of the log", () => {
  const made = stage();
  const lower = () => made.root.querySelector(".room")?.getAttribute("data-lower");
  assert.equal(lower(), "log");
  made.selection.subscribe(made.parts.choose);
  made.selection.pick({ kind: "task", task: idOf(10) });
  assert.equal(lower(), "inspector");
  made.scope.destroy();
});

test("every part can be reached by the keyboard and has a name", () => {
  const made = stage();
  for (const part of made.root.querySelectorAll("[tabindex='0'], input, select")) {
    const named =
      part.getAttribute("aria-label") ?? part.getAttribute("aria-labelledby") ?? part.textContent;
    assert.notEqual(named, "", part.outerHTML.slice(0, 200));
  }
  const roles = ["tablist", "separator", "treegrid", "progressbar"];
  for (const role of roles) assert.ok(made.root.querySelector(`[role=${role}]`), role);
  made.scope.destroy();
});
