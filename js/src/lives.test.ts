/** How sessions stand, in words and in order. */

import assert from "node:assert/strict";
import { test } from "node:test";

import type { JournalRow, SessionRow } from "./listing.ts";
import { ago, linesOf, progressOfCounts, tellLife, tellStanding } from "./lives.ts";
import { summary } from "./progress.ts";

const session: SessionRow = {
  session: 1,
  name: "demo",
  state: "open",
  began: 100,
  last: 200,
  counts: {},
  failure: "",
};
const journal: JournalRow = {
  journal: "j",
  life: "live",
  written: 200,
  size: 1,
  is_read: true,
  sessions: [session],
  damaged: 0,
  fault: "",
};

function told(change: Partial<JournalRow>, state: SessionRow["state"] | null = "open"): string {
  const row = { ...journal, ...change };
  const one = state === null ? null : { ...session, state };
  return tellLife({ key: "", journal: row, session: one }, 260);
}

test("living ones come first, then what was heard of last", () => {
  const rows: JournalRow[] = [
    { ...journal, journal: "over", life: "over", sessions: [{ ...session, last: 900 }] },
    { ...journal, journal: "far", life: "foreign" },
    { ...journal, journal: "old" },
    { ...journal, journal: "two", sessions: [session, { ...session, session: 2, last: 300 }] },
    { ...journal, journal: "none", sessions: [], written: 250 },
  ];
  const lines = linesOf({ type: "Listing", now: 0, journals: rows, left: 0, fault: "" });
  assert.deepEqual(
    lines.map((line) => line.key),
    ["two/2", "none", "old/1", "two/1", "far/1", "over/1"],
  );
});

test("whether it lives is said in words", () => {
  assert.equal(told({}), "live");
  assert.equal(told({}, "closed"), "closed");
  assert.equal(told({}, "failed"), "live, failed");
  assert.equal(told({ life: "over" }, "closed"), "over");
  assert.match(told({ life: "over" }, "open"), /ended without closing/);
  assert.equal(told({ life: "over" }, "failed"), "over, failed");
  assert.equal(told({ life: "foreign" }), "unknown: on another machine, written 1 min 0 s ago");
});

test("a journal without a session says why it shows none", () => {
  assert.equal(told({ fault: "not private" }, null), "not private");
  assert.equal(told({ is_read: false }, null), "being read");
  assert.equal(told({}, null), "live, nothing submitted yet");
  assert.equal(told({ life: "over" }, null), "over, nothing was submitted");
});

test("ages are told in the largest unit that fits", () => {
  assert.equal(ago(10, 9), "just now");
  assert.equal(ago(10, 13.9), "3 s ago");
  assert.equal(ago(0, 3_700), "1 h 1 min ago");
  assert.equal(ago(0, 86_400), "1 day ago");
  assert.equal(ago(0, 200_000), "2 days ago");
});

test("the standing of a client says what its journal lacks", () => {
  const standing = {
    type: "Standing",
    now: 0,
    life: "live",
    written: 50_000,
    damaged: 0,
    fault: "",
  } as const;
  assert.equal(tellStanding(standing), "live");
  assert.match(
    tellStanding({ ...standing, life: "over", damaged: 2 }),
    /^over: the client ended, .* came at .*1970.* · 2 lines of the journal could not be read$/,
  );
  assert.match(tellStanding({ ...standing, life: "foreign", fault: "gone" }), /unknown.*· gone/);
});

test("counts of a row are a progress", () => {
  const progress = progressOfCounts({ finished: 3, failed: 1, running: 2, unheard: 9 });
  assert.equal(summary(progress), "3/6 tasks finished, 2 running, 1 failed");
  assert.equal(progress.unfinished, 2);
});
