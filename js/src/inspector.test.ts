/** The inspector follows what is picked, and leads on. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { createScope } from "./dom.ts";
import { createInspector } from "./inspector.ts";
import { createSelection } from "./selection.ts";
import { createStore } from "./store.ts";
import { openPage, type Page } from "./testing/page.ts";
import { assigned, createSender, finished, idOf, said, submitted } from "./testing/sample.ts";

let page: Page;
before(async () => {
  page = await openPage();
});
after(() => page.close());

/** An inspector on a page, of  g/a (10) → g/b (11). */
function stage() {
  const scope = createScope();
  const store = createStore();
  const send = createSender(store);
  const selection = createSelection();
  const inspector = createInspector(scope, store, selection);
  store.subscribe((change) => {
    inspector.note(change);
    inspector.draw();
  });
  selection.subscribe(inspector.draw);
  document.body.replaceChildren(inspector.element);
  send([submitted([{ name: "g/a" }, { name: "g/b", inputs: [idOf(10)] }])]);
  const card = () => inspector.element.querySelector("[data-card]");
  const press = (selector: string) =>
    inspector.element.querySelector<HTMLElement>(selector)?.click();
  return { scope, store, send, selection, inspector, card, press };
}

test("what is picked is shown, and links pick what they lead to", () => {
  const made = stage();
  assert.equal(made.card()?.getAttribute("data-card"), "all");
  made.selection.pick({ kind: "task", task: idOf(11) });
  assert.equal(made.card()?.querySelector("h3")?.textContent, "g/b");
  made.press(`[data-task="${idOf(10)}"]`);
  assert.deepEqual(made.selection.current, { kind: "task", task: idOf(10) });
  made.press("[data-group]");
  assert.deepEqual(made.selection.current, { kind: "group", path: "g" });
  assert.equal(made.card()?.getAttribute("data-card"), "group");
  made.scope.destroy();
});

test("it is drawn anew when the task changes, and left alone when others do", () => {
  const made = stage();
  made.selection.pick({ kind: "task", task: idOf(10) });
  const before = made.card();
  made.send([said(idOf(11), "x\n")]);
  assert.equal(made.card(), before);
  made.send([assigned([idOf(10)]), finished([idOf(10)])]);
  assert.notEqual(made.card(), before);
  assert.match(made.card()?.textContent ?? "", /Statefinished/);
  made.send([said(idOf(10), "its own\n")]);
  assert.match(made.card()?.textContent ?? "", /its own/);
  made.scope.destroy();
});

test("the keyboard stays on a link while the card is drawn anew", () => {
  const made = stage();
  made.selection.pick({ kind: "task", task: idOf(11) });
  made.inspector.element.querySelector<HTMLElement>(`[data-task="${idOf(10)}"]`)?.focus();
  made.send([assigned([idOf(10)]), finished([idOf(10)])]);
  assert.equal(document.activeElement?.getAttribute("data-task"), String(idOf(10)));
  made.scope.destroy();
});
