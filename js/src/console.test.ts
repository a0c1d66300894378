/** The log shows lines as text, filtered, and follows until the user leaves the end. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { type Console, createConsole } from "./console.ts";
import { createScope, type Scope } from "./dom.ts";
import { createSelection, type Selection } from "./selection.ts";
import { createStore } from "./store.ts";
import { HOSTILE } from "./testing/hostile.ts";
import { openPage, type Page } from "./testing/page.ts";
import { createSender, emptySnapshot, idOf, said, submitted } from "./testing/sample.ts";

let page: Page;
before(async () => {
  page = await openPage();
});
after(() => page.close());

interface Stage {
  readonly store: ReturnType<typeof createStore>;
  readonly send: ReturnType<typeof createSender>;
  readonly selection: Selection;
  readonly log: Console;
  readonly scope: Scope;
}

/** A log on a page, of tasks a (10), b/x (11) and b/y (12). */
function stage(): Stage {
  const scope = createScope();
  const store = createStore();
  const send = createSender(store);
  const selection = createSelection();
  const log = createConsole(scope, store, selection);
  store.subscribe((change) => {
    log.note(change);
    log.draw();
  });
  selection.subscribe(log.choose);
  document.body.replaceChildren(log.element);
  send([submitted([{ name: "a" }, { name: "b/x" }, { name: "b/y" }])]);
  return { store, send, selection, log, scope };
}

const texts = ({ log }: Stage) =>
  [...log.element.querySelectorAll(".text")].map((each) => each.textContent);
const part = (made: Stage, name: string) =>
  made.log.element.querySelector<HTMLElement>(`[data-part=${name}]`);
const button = (made: Stage, words: string) =>
  [...made.log.element.querySelectorAll("button")].find((each) => each.textContent === words);

test("a line has its time, its task and its stream", () => {
  const made = stage();
  made.send([said(idOf(10), "hello\n", "stderr")]);
  const row = made.log.element.querySelector(".row");
  assert.match(row?.textContent ?? "", /^\d\d:\d\d:05\.000astderrhello$/);
  assert.equal(row?.getAttribute("data-stream"), "stderr");
  made.scope.destroy();
});

test("what is picked, the stream and the text filter", async () => {
  const made = stage();
  made.send([10, 11, 12].map((n) => said(idOf(n), `from ${n}\n`, n === 12 ? "log" : "stdout")));
  assert.deepEqual(texts(made), ["from 10", "from 11", "from 12"]);
  made.selection.pick({ kind: "group", path: "b" });
  assert.deepEqual(texts(made), ["from 11", "from 12"]);
  button(made, "Picked only")?.click();
  assert.equal(texts(made).length, 3);
  const streams = made.log.element.querySelector("select");
  assert.ok(streams);
  streams.value = "log";
  streams.dispatchEvent(new Event("change"));
  assert.deepEqual(texts(made), ["from 12"]);
  const field = part(made, "filter") as HTMLInputElement;
  field.value = "nowhere";
  field.dispatchEvent(new Event("input"));
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.deepEqual(texts(made), []);
  assert.match(made.log.element.textContent ?? "", /No line fits/);
  assert.equal(part(made, "told")?.textContent, "0 of 3 lines");
  made.scope.destroy();
});

test("twenty thousand lines are a few elements, and the newest are seen", () => {
  const made = stage();
  const many = Array.from({ length: 25_000 }, (_, i) => said(idOf(10), `line ${i}\n`));
  made.send(many);
  assert.ok(texts(made).length < 60);
  assert.equal(texts(made).at(-1), "line 24999");
  assert.equal(part(made, "told")?.textContent, "20000 lines, 5000 left out");
  made.scope.destroy();
});

test("who scrolls up is left alone, and End follows again", () => {
  const made = stage();
  made.send(Array.from({ length: 500 }, (_, i) => said(idOf(10), `line ${i}\n`)));
  const lines = part(made, "lines");
  assert.ok(lines);
  lines.scrollTop = 1_000;
  lines.dispatchEvent(new Event("scroll"));
  const seen = texts(made);
  assert.equal(button(made, "Follow")?.getAttribute("aria-pressed"), "false");
  made.send([said(idOf(10), "new\n")]);
  assert.deepEqual(texts(made), seen);
  made.store.apply(emptySnapshot({ frame: 9 }));
  assert.equal(
    button(made, "Follow")?.getAttribute("aria-pressed"),
    "false",
    "a resync is no wish",
  );
  made.send([]);
  lines.dispatchEvent(
    new KeyboardEvent("keydown", { key: "End", bubbles: true, cancelable: true }),
  );
  assert.equal(button(made, "Follow")?.getAttribute("aria-pressed"), "true");
  made.scope.destroy();
});

test("a line that grows is drawn anew, others stay as they are", () => {
  const made = stage();
  made.send([said(idOf(10), "whole\n"), said(idOf(11), "half")]);
  const [first] = made.log.element.querySelectorAll(".text");
  made.send([said(idOf(11), " and half\n")]);
  assert.deepEqual(texts(made), ["whole", "half and half"]);
  assert.equal(made.log.element.querySelector(".text"), first);
  made.scope.destroy();
});

test("hostile lines are text", () => {
  for (const [name, text] of HOSTILE) {
    const made = stage();
    made.send([said(idOf(10), `${text}\n`)]);
    for (const each of made.log.element.querySelectorAll(".text")) {
      assert.equal(each.children.length, 0, name);
      assert.ok((each.textContent ?? "").length < 4_100, name);
      assert.doesNotMatch(
        each.textContent ?? "",
        /[\u202a-\u202e\u2066-\u2069]|[^\P{Cc}\n\t]/u,
        name,
      );
    }
    assert.equal(made.log.element.querySelector("img,script,style"), null, name);
    made.scope.destroy();
  }
});
