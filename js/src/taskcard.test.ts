/** One task's card says all that is known of it, as text. */

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { EventUnion } from "./events.ts";
import { createStore, type Store } from "./store.ts";
import { lastLines, signatureOf, taskCard } from "./taskcard.ts";
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

const SOURCE = "def load():\n    return 1 / 0\n";
const TRACEBACK = 'Traceback\n  File "a.py", line 9, in load\n    return 1 / 0\nZeroDivisionError';

let page: Page;
before(async () => {
  page = await openPage();
});
after(() => page.close());

/** load (10) → fit (11) → plot (12) */
function told(...events: EventUnion[]): Store {
  const store = createStore();
  const rows = [
    { name: "in/load", function: "f" },
    { name: "fit", inputs: [idOf(10)] },
    { name: "plot", inputs: [idOf(11)] },
  ];
  const engine = { engine: 0, host: "node", name: "", slots: 1, pid: 77 };
  const joined = { type: "EngineJoined", ...engine } as const;
  createSender(store)([
    joined,
    submitted(rows, [
      ["f", SOURCE],
      [String(idOf(11)), "fit(rows)"],
    ]),
    ...events,
  ]);
  return store;
}

function card(store: Store, number: number): HTMLElement {
  const task = store.view.tasks.get(idOf(number));
  assert.ok(task);
  return taskCard(store.view, task, lastLines(store, task.id));
}

test("a finished task: state, times, engine, place, source, inputs, outputs and who reads them", () => {
  const ran = [
    assigned([idOf(10)]),
    finished([idOf(10)], 2.5),
    assigned([idOf(11)], 1),
    finished([idOf(11)]),
  ];
  const made = card(told(...ran, said(idOf(11), "scored 7\n")), 11);
  const text = made.textContent ?? "";
  for (const wanted of [
    /Statefinished/,
    /Ran1\.0 s/,
    /0 on node \(pid 77\)/,
    /In \[2\], line 3/,
    /fit\(rows\)/,
    /scored 7/,
  ]) {
    assert.match(text, wanted);
  }
  const links = [...made.querySelectorAll("[data-task]")].map((each) =>
    Number(each.getAttribute("data-task")),
  );
  assert.deepEqual(links, [idOf(10), idOf(12)]);
  assert.match(text, /8 B/);
});

test("a task that may not run anywhere at any time says where and what it waits for", () => {
  const store = createStore();
  const claims = [2, [["gpu", 1]], ["db", "site"], [3, "node"], false] as const;
  createSender(store)([submitted([{ resources: claims }, {}])]);
  const text = card(store, 10).textContent ?? "";
  for (const wanted of [/CPUs2/, /Limitsdb, site/, /Only on3, node/]) assert.match(text, wanted);
  assert.doesNotMatch(card(store, 11).textContent ?? "", /CPUs|Limits|Only on/);
});

test("a failed task: message, traceback, and its line marked in the source", () => {
  const failure = {
    message: "ZeroDivisionError: division by zero",
    traceback: TRACEBACK,
    debug: "n = 0",
    line: 9,
  };
  const made = card(
    told(assigned([idOf(10)]), reported({ failed: [[idOf(10), 1, 1, 2, failure]] })),
    10,
  );
  assert.equal(made.querySelector(".wrong")?.textContent, failure.message);
  const bad = made.querySelector(".line.bad");
  assert.equal(bad?.getAttribute("data-line"), "9");
  assert.equal(bad?.textContent, "failed here:     return 1 / 0");
  assert.match(made.textContent ?? "", /n = 0/);
  assert.equal(made.querySelector("[data-group]")?.getAttribute("data-group"), "in");
});

test("a skipped task leads to the one that is to blame", () => {
  const made = card(told({ type: "TasksSkipped", tasks: [idOf(12)], cause: idOf(10) }), 12);
  const why = [...made.querySelectorAll("h4")].find((each) => each.textContent === "Why");
  assert.ok(why);
  assert.equal(
    made.querySelector("[data-key^=cause]")?.getAttribute("data-task"),
    String(idOf(10)),
  );
});

test("a task that waits again says that it was given back", () => {
  const back = { type: "TasksGivenBack", tasks: [idOf(10)], reason: "engine lost" } as const;
  const made = card(told(assigned([idOf(10)]), back), 10);
  const title = [...made.querySelectorAll("h4")].find((each) =>
    /Given back/.test(each.textContent),
  );
  assert.equal(title?.nextElementSibling?.textContent, "engine lost");
});

test("the card changes when something in it does, and not otherwise", () => {
  const store = createStore();
  const send = createSender(store);
  send([submitted([{ name: "a" }, { name: "b", inputs: [idOf(10)] }])]);
  const signature = () => signatureOf(store.view, store.view.tasks.get(idOf(11)) ?? assert.fail());
  const before = signature();
  assert.deepEqual(signature(), before);
  send([assigned([idOf(10)]), finished([idOf(10)])]);
  assert.notDeepEqual(signature(), before, "its input was made");
});

test("hostile names, sources, reasons and errors are text", () => {
  for (const [name, text] of HOSTILE) {
    const store = createStore();
    const failure = { message: text, traceback: text, debug: text, line: 1 };
    createSender(store)([
      ...[
        submitted([{ name: text, kind: text }], [[String(idOf(10)), text]]),
        assigned([idOf(10)]),
      ],
      ...[reported({ failed: [[idOf(10), 1, 1, 2, failure]] }), said(idOf(10), text)],
    ]);
    const made = card(store, 10);
    assert.equal(made.querySelector("script,img,style,text"), null, name);
    assert.doesNotMatch(
      made.textContent ?? "",
      /[\u202a-\u202e\u2066-\u2069]|[^\P{Cc}\n\t]/u,
      name,
    );
    assert.ok((made.querySelector("h3")?.textContent ?? "").length < 2_000, name);
    const handlers = [...made.querySelectorAll("*")].flatMap((each) => each.getAttributeNames());
    assert.ok(
      handlers.every((attribute) => !attribute.startsWith("on")),
      name,
    );
  }
});
