/** Snapshots that Python makes are read back as what it sees. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { emptyDraft } from "./draft.ts";
import { fold } from "./fold.ts";
import { restore } from "./restore.ts";
import { JOURNALS, plain } from "./testing/journals.ts";
import { emptySnapshot } from "./testing/sample.ts";

for (const { name, entries, view, snapshots } of JOURNALS) {
  test(`${name}: a snapshot is the fold until then, and goes on as the whole`, () => {
    for (const [count, snapshot] of snapshots) {
      const whole = emptyDraft();
      for (const entry of entries.slice(0, count)) fold(whole, entry);
      const draft = restore(snapshot);
      assert.deepEqual(plain(draft), plain(whole));
      for (const entry of entries.slice(Math.max(0, count - 3))) fold(draft, entry); // overlaps
      assert.deepEqual(plain(draft), view);
    }
  });
}

test("a column that is too short is said at once", () => {
  const { tasks } = emptySnapshot();
  assert.throws(() => restore(emptySnapshot({ tasks: { ...tasks, ids: [1] } })), /column ends/);
});
