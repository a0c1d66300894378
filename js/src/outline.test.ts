/** The outline shows the tree as a treegrid, live, however many tasks there are. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { createScope } from "./dom.ts";
import { createGroups } from "./groups.ts";
import { createOutline } from "./outline.ts";
import { createSelection } from "./selection.ts";
import { createStore } from "./store.ts";
import { HOSTILE } from "./testing/hostile.ts";
import { openPage, type Page } from "./testing/page.ts";
import { assigned, createSender, finished, idOf, submitted } from "./testing/sample.ts";

let page: Page;
before(async () => {
  page = await openPage();
});
after(() => page.close());

function stage(names: readonly string[]) {
  const scope = createScope();
  const store = createStore();
  const send = createSender(store);
  const selection = createSelection();
  const groups = createGroups();
  const outline = createOutline(scope, store, groups, selection);
  store.subscribe((change) => {
    groups.update(store.view, change);
    outline.note(change);
    outline.draw();
  });
  selection.subscribe(outline.draw);
  document.body.replaceChildren(outline.element);
  send([submitted(names.map((name) => ({ name })))]);
  const rows = () => [...outline.element.querySelectorAll<HTMLElement>(".all > [role=row]")];
  const told = () =>
    rows().map((row) => [...row.children].map((cell) => cell.textContent).join("|"));
  const press = (key: string) =>
    outline.element.dispatchEvent(
      new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }),
    );
  return { scope, store, send, selection, outline, rows, told, press };
}

test("each group has finished of total and mean ± deviation, kept up", () => {
  const made = stage(["load/a", "load/b", "fit"]);
  assert.deepEqual(made.told(), [
    "load/|2 waiting|0/2|",
    "a|waiting||",
    "b|waiting||",
    "fit|waiting||",
  ]);
  made.send([assigned([idOf(10), idOf(11)]), finished([idOf(10)], 1), finished([idOf(11)], 3)]);
  assert.deepEqual(made.told(), [
    "load/|finished|2/2|2.0 s ± 1.0 s",
    "a|finished||1.0 s",
    "b|finished||3.0 s",
    "fit|waiting||",
  ]);
  made.scope.destroy();
});

test("a name that is both task and group stands twice", () => {
  const made = stage(["a", "a/x"]);
  assert.deepEqual(made.told(), ["a/|2 waiting|0/2|", "a|waiting||", "x|waiting||"]);
  made.scope.destroy();
});

test("rows say their level, place and whether they are open", () => {
  const made = stage(["load/a", "load/b", "fit"]);
  const said = made
    .rows()
    .map((row) =>
      ["aria-level", "aria-posinset", "aria-setsize", "aria-expanded"].map((name) =>
        row.getAttribute(name),
      ),
    );
  assert.deepEqual(said, [
    ["1", "1", "2", "true"],
    ["2", "1", "2", null],
    ["2", "2", "2", null],
    ["1", "2", "2", null],
  ]);
  assert.equal(made.outline.element.getAttribute("aria-rowcount"), "5");
  made.press("ArrowLeft");
  assert.equal(made.rows()[0]?.getAttribute("aria-expanded"), "false");
  assert.equal(made.rows().length, 2);
  made.scope.destroy();
});

test("ten thousand tasks are a few elements", () => {
  const names = Array.from({ length: 10_000 }, (_, i) => `group${i % 20}/t${i}`);
  const made = stage(names);
  assert.ok(made.rows().length <= 20);
  assert.equal(made.outline.element.getAttribute("aria-rowcount"), "21");
  made.press("ArrowRight");
  assert.ok(made.rows().length < 60);
  assert.equal(made.outline.element.getAttribute("aria-rowcount"), "521");
  made.press("End");
  assert.equal(made.told().at(-1)?.split("|")[0], "group19/");
  const active = made.outline.element.getAttribute("aria-activedescendant");
  assert.equal(made.rows().at(-1)?.id, active);
  made.scope.destroy();
});

test("Enter picks, a click picks, and what is picked elsewhere is shown", () => {
  const made = stage(["load/a", "load/b", "fit"]);
  made.press("ArrowDown");
  made.press("Enter");
  assert.deepEqual(made.selection.current, { kind: "task", task: idOf(10) });
  assert.equal(made.rows()[1]?.getAttribute("aria-selected"), "true");
  made.rows()[0]?.querySelector<HTMLElement>(".label")?.click();
  assert.deepEqual(made.selection.current, { kind: "group", path: "load" });
  made.rows()[0]?.querySelector<HTMLElement>(".twist")?.click();
  assert.equal(made.rows().length, 2);
  made.selection.pick({ kind: "task", task: idOf(12) });
  assert.equal(made.outline.element.getAttribute("aria-activedescendant"), made.rows()[1]?.id);
  made.press("Escape");
  assert.equal(made.selection.current, null);
  made.scope.destroy();
});

test("what is picked elsewhere is brought into sight, out of closed groups, too", () => {
  const made = stage(Array.from({ length: 500 }, (_, i) => `g/t${i}`));
  assert.equal(made.rows().length, 1);
  made.selection.pick({ kind: "task", task: idOf(10 + 400) });
  const shown = made.rows().find((row) => row.getAttribute("aria-selected") === "true");
  assert.equal(shown?.querySelector(".label")?.textContent, "t400");
  made.press("ArrowLeft");
  made.press("ArrowLeft");
  assert.equal(made.rows().length, 1, "and can be closed again");
  made.scope.destroy();
});

test("a search leaves the found tasks and their groups", () => {
  const made = stage(["load/a", "load/b", "fit"]);
  made.press("ArrowLeft");
  made.selection.setSearch("B");
  assert.deepEqual(
    made.told().map((row) => row.split("|")[0]),
    ["load/"],
    "closed by hand",
  );
  made.press("ArrowRight");
  assert.deepEqual(
    made.told().map((row) => row.split("|")[0]),
    ["load/", "b"],
  );
  made.selection.setSearch("");
  assert.equal(made.told().length, 4);
  made.scope.destroy();
});

test("hostile names are text on one line", () => {
  for (const [name, text] of HOSTILE) {
    const made = stage([text, `${text}/x`]);
    assert.ok(made.rows().length > 0, name);
    for (const label of made.outline.element.querySelectorAll(".label")) {
      assert.equal(label.children.length, 0, name);
      assert.doesNotMatch(
        label.textContent ?? "",
        /[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u,
        name,
      );
      assert.ok((label.textContent ?? "").length < 1_000, name);
    }
    made.scope.destroy();
  }
});

test("nothing is left when it ends", () => {
  const left = page.left();
  stage(["a"]).scope.destroy();
  assert.equal(page.left(), left);
});
