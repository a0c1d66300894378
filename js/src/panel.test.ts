/** The whole panel: its parts stand together, keys stay inside, and nothing is left at the end. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { createPanel } from "./panel.ts";
import { createStore } from "./store.ts";
import { HOSTILE } from "./testing/hostile.ts";
import { openPage, type Page } from "./testing/page.ts";
import {
  assigned,
  createSender,
  finished,
  idOf,
  reported,
  said,
  submitted,
} from "./testing/sample.ts";

let page: Page;
before(async () => {
  page = await openPage();
});
after(() => page.close());

const FAILURE = { message: "ValueError: no", traceback: "", debug: "", line: 0 };

function stage(wishes: Parameters<typeof createPanel>[2] = {}) {
  const store = createStore();
  const send = createSender(store);
  const host = document.createElement("div");
  document.body.append(host);
  const panel = createPanel(host, store, wishes);
  const shadow = host.firstElementChild?.shadowRoot;
  assert.ok(shadow);
  const part = (name: string) => shadow.querySelector<HTMLElement>(`[data-part=${name}]`);
  /** As many drawings as are due by then. */
  const rest = (ms = 130) => new Promise((resolve) => setTimeout(resolve, ms));
  return { store, send, host, panel, shadow, part, rest };
}

test("what the store sees is shown, a drawing for many frames", async () => {
  const made = stage({ stop: () => undefined });
  made.send([submitted([{ name: "load/a" }, { name: "load/b" }]), assigned([idOf(10), idOf(11)])]);
  for (let i = 0; i < 50; i += 1) made.send([said(idOf(10), `line ${i}\n`)]);
  assert.equal(made.part("log")?.querySelectorAll(".row").length, 0);
  await made.rest();
  assert.ok((made.part("log")?.querySelectorAll(".row").length ?? 0) > 5);
  assert.match(made.part("panel")?.textContent ?? "", /0\/2 finished/);
  assert.ok(made.part("stop"));
  made.panel.destroy();
});

test("a failure is one press away", async () => {
  const made = stage();
  made.send([submitted([{ name: "a" }, { name: "b" }]), assigned([idOf(10), idOf(11)])]);
  made.send([finished([idOf(10)]), reported({ failed: [[idOf(11), 1, 1, 2, FAILURE]] })]);
  await made.rest();
  made.shadow.querySelector<HTMLElement>("button.count")?.click();
  assert.equal(made.part("inspector")?.querySelector("h3")?.textContent, "b");
  assert.match(made.part("inspector")?.textContent ?? "", /ValueError: no/);
  assert.match(made.part("speaker")?.textContent ?? "", /b failed: ValueError: no/);
  assert.equal(made.part("stop"), null);
  made.panel.destroy();
});

test("a task can be selected from outside, and be let go by Escape", async () => {
  const made = stage();
  made.send([submitted([{ name: "a" }])]);
  await made.rest();
  made.panel.select(idOf(10));
  assert.equal(
    made.part("inspector")?.querySelector("[data-card]")?.getAttribute("data-card"),
    "task",
  );
  made
    .part("inspector")
    ?.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
  assert.equal(
    made.part("inspector")?.querySelector("[data-card]")?.getAttribute("data-card"),
    "all",
  );
  made.panel.destroy();
});

test("letters do not reach the notebook, chords do", () => {
  const made = stage();
  const heard: string[] = [];
  const hear = (event: Event) => heard.push((event as KeyboardEvent).key);
  document.body.addEventListener("keydown", hear);
  const press = (part: string, key: string, ctrlKey = false) =>
    made
      .part(part)
      ?.dispatchEvent(
        new KeyboardEvent("keydown", { key, ctrlKey, bubbles: true, composed: true }),
      );
  for (const part of ["inspector", "search", "filter", "lines", "outline"]) {
    for (const key of ["d", "d", "a", "b", "x", "/", "Enter", "Escape"]) press(part, key);
    press(part, "s", true);
  }
  assert.deepEqual(heard, ["s", "s", "s", "s", "s"]);
  press("inspector", "/");
  assert.equal(made.shadow.activeElement, made.part("search"));
  document.body.removeEventListener("keydown", hear);
  made.panel.destroy();
});

test("the outline is drawn when it is looked at", async () => {
  const made = stage();
  made.send([submitted([{ name: "g/a" }, { name: "g/b" }])]);
  await made.rest();
  const rows = () => made.part("outline")?.querySelectorAll(".all > [role=row]").length;
  assert.equal(rows(), 0);
  const tab = [...made.shadow.querySelectorAll<HTMLElement>("[role=tab]")].find(
    (each) => each.textContent === "Outline",
  );
  tab?.click();
  assert.equal(rows(), 3);
  made.panel.destroy();
});

test("something can be said about the view itself", () => {
  const made = stage();
  const notice = made.shadow.querySelector<HTMLElement>(".notice");
  made.panel.notify("<b>The connection is lost.</b>");
  assert.equal(notice?.textContent, "<b>The connection is lost.</b>");
  assert.ok(notice && !notice.hidden);
  made.panel.notify(null);
  assert.ok(notice.hidden);
  made.panel.destroy();
});

test("hostile text makes no elements anywhere, and no style of its own", async () => {
  for (const [name, text] of HOSTILE) {
    const made = stage({ title: text.slice(0, 1000) });
    made.send([
      { type: "SessionOpened", session: 1, name: text, on_error: "continue" },
      ...[
        submitted([{ name: text, kind: text }], [[String(idOf(10)), text]]),
        assigned([idOf(10)]),
      ],
      ...[said(idOf(10), text), { type: "Noticed", text, level: "info" } as const],
      reported({ failed: [[idOf(10), 1, 1, 2, { ...FAILURE, message: text, traceback: text }]] }),
    ]);
    made.panel.select(idOf(10));
    made.panel.notify(text);
    assert.equal(made.shadow.querySelector("script,img,style,iframe,object"), null, name);
    const attributes = [...made.shadow.querySelectorAll("*")].flatMap((each) =>
      each.getAttributeNames(),
    );
    assert.ok(!attributes.some((each) => each.startsWith("on")), name);
    made.panel.destroy();
  }
});

test("when it ends nothing is left: no element, listener, observer or timer", async () => {
  const left = page.left();
  const made = stage({ stop: () => undefined });
  made.send([submitted([{ name: "a" }]), assigned([idOf(10)]), said(idOf(10), "x\n")]);
  made.panel.select(idOf(10));
  assert.ok(page.left() > left + 10);
  made.panel.destroy();
  assert.equal(made.host.childElementCount, 0);
  assert.equal(page.left(), left);
  const before = made.part("panel")?.textContent;
  made.send([finished([idOf(10)])]);
  await made.rest();
  assert.equal(made.part("panel")?.textContent, before);
});

test("the keyboard can be given back to what had it", () => {
  const made = stage();
  made.part("search")?.focus();
  (made.shadow.activeElement as HTMLElement | null)?.blur();
  made.panel.focus();
  assert.equal(made.shadow.activeElement, made.part("search"));
  made.panel.destroy();
});
