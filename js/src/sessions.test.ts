/** The list of sessions: rows stay while they change, text stays text, a removal is asked twice. */

import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";

import type { JournalRow, Listing, SessionRow } from "./listing.ts";
import { createSessionList, type SessionList } from "./sessions.ts";
import { HOSTILE } from "./testing/hostile.ts";
import { openPage, type Page } from "./testing/page.ts";

const session: SessionRow = {
  session: 1,
  name: "nightly",
  state: "open",
  began: 1_000,
  last: 2_000,
  counts: { finished: 3, running: 1 },
  failure: "",
};

function journal(name: string, change: Partial<JournalRow> = {}): JournalRow {
  const row = { journal: name, life: "live", written: 2_000, size: 9, is_read: true } as const;
  return { ...row, sessions: [session], damaged: 0, fault: "", ...change };
}

function listing(journals: readonly JournalRow[], change: Partial<Listing> = {}): Listing {
  return { type: "Listing", now: 2_003, journals, left: 0, fault: "", ...change };
}

let page: Page;
let list: SessionList;
let removed: string[] = [];
let refusal: Error | null = null;

before(async () => {
  page = await openPage();
});
after(() => page.close());
beforeEach(() => {
  [removed, refusal] = [[], null];
  list = createSessionList(async (name) => {
    removed.push(name);
    if (refusal !== null) throw refusal;
  });
  document.body.replaceChildren(list.element);
});

function rows(): HTMLTableRowElement[] {
  return [...list.element.querySelectorAll("tbody tr")] as HTMLTableRowElement[];
}

test("a session says its name, how it stands, and leads to its page", () => {
  list.draw(listing([journal("20260101-a")]), 2_003);
  const [row] = rows();
  const text = row?.textContent ?? "";
  for (const part of [
    "nightly",
    "20260101-a",
    "live",
    "3/4 tasks finished, 1 running",
    "3 s ago",
  ]) {
    assert.ok(text.includes(part), `${part} in ${text}`);
  }
  assert.equal(row?.querySelector("a")?.getAttribute("href"), "#/20260101-a/1");
  assert.equal(row?.querySelector("button")?.hidden, true);
});

test("rows stay the same elements while what they say changes", () => {
  list.draw(listing([journal("a"), journal("b")]), 2_003);
  const [first, second] = rows();
  const link = second?.querySelector("a");
  const newer = { ...session, last: 2_002, counts: { finished: 4 } };
  list.draw(listing([journal("a"), journal("b", { sessions: [newer] })]), 2_003);
  assert.deepEqual(rows(), [second, first]);
  assert.equal(second?.querySelector("a"), link);
  assert.ok(second?.textContent?.includes("4/4 tasks finished"));
  list.draw(listing([journal("a")]), 2_003);
  assert.deepEqual(rows(), [first]);
});

test("what cannot be read stands there with its reason, and an empty list says so", () => {
  list.draw(listing([journal("x", { sessions: [], fault: "not private to this user" })]), 0);
  assert.ok(rows()[0]?.textContent?.includes("not private to this user"));
  assert.equal(rows()[0]?.querySelector("a"), null);
  list.draw(listing([]), 0);
  assert.match(list.element.textContent ?? "", /no sessions yet/);
  list.draw(listing([], { fault: "journals is not private" }), 0);
  assert.match(list.element.textContent ?? "", /journals is not private/);
  list.draw(listing([journal("a")], { left: 2 }), 0);
  assert.match(list.element.textContent ?? "", /2 older journals not shown/);
});

test("only the journal of a client that is over can be removed, after a second click", async () => {
  list.draw(listing([journal("far", { life: "foreign" }), journal("done", { life: "over" })]), 0);
  const [far, done] = rows();
  assert.equal(far?.querySelector("button")?.hidden, true);
  const button = done?.querySelector("button") as HTMLButtonElement;
  assert.equal(button.hidden, false);
  button.click();
  assert.deepEqual(removed, []);
  assert.equal(button.textContent, "Remove for good?");
  assert.match(
    button.getAttribute("aria-label") ?? "",
    /Really remove the journal done of nightly/,
  );
  refusal = new Error("it is <b>alive</b>");
  button.click();
  await new Promise((soon) => setTimeout(soon));
  assert.deepEqual(removed, ["done"]);
  assert.match(done?.querySelector(".fault")?.textContent ?? "", /it is <b>alive<\/b>/);
  list.destroy();
});

test("hostile names and errors are text", () => {
  for (const [what, text] of HOSTILE) {
    const hostile = { ...session, name: text, failure: text };
    list.draw(listing([journal("j", { sessions: [hostile] })]), 0);
    const [row] = rows();
    const names = [...(row?.querySelectorAll("*") ?? [])].map((each) => each.localName);
    assert.deepEqual(
      [...new Set(names)].filter((name) => !KNOWN.has(name)),
      [],
      what,
    );
    assert.ok((row?.textContent ?? "").length < 2_000, what);
    assert.doesNotMatch(row?.textContent ?? "", /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u, what);
  }
});

const KNOWN = new Set(["th", "td", "a", "small", "div", "span", "button"]);
