/** Texts fit their room; measured with letters that are 6 wide. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { createLabels, type Scribe } from "./labels.ts";

function scribe(): Scribe & { measured: number } {
  return {
    font: "12px sans-serif",
    fillStyle: "",
    direction: "ltr",
    textAlign: "left",
    textBaseline: "alphabetic",
    measured: 0,
    fillText: () => undefined,
    measureText(text) {
      this.measured += 1;
      return { width: 6 * [...text].length };
    },
  };
}

test("what fits is left alone, what does not ends in an ellipsis", () => {
  const labels = createLabels();
  assert.equal(labels.cut(scribe(), "finished", 60), "finished");
  assert.equal(labels.cut(scribe(), "finished · 3 min 10 s", 60), "finished …");
  assert.equal(labels.cut(scribe(), "finished", 5), "…");
});

test("of a long path the last parts are shown", () => {
  const labels = createLabels();
  assert.equal(labels.name(scribe(), "main/load/table/t1", 66), "…/table/t1");
  assert.equal(labels.name(scribe(), "main/load/table/t1", 60), "…/table/t1");
  assert.equal(labels.name(scribe(), "main/load/table/t1", 30), "…/t1");
  assert.equal(labels.name(scribe(), "main/a_very_long_task", 36), "a_ver…");
  assert.equal(labels.name(scribe(), "main/load", 60), "main/load");
});

test("what would act or hide is written out", () => {
  const labels = createLabels();
  assert.equal(labels.name(scribe(), "a\u202eb\n", 200), "a<U+202E>b\u240a");
});

test("a text is measured once", () => {
  const [labels, pen] = [createLabels(), scribe()];
  labels.name(pen, "main/load/table/t1", 60);
  const before = pen.measured;
  labels.name(pen, "main/load/table/t1", 60);
  assert.equal(pen.measured, before);
});

test("of a megabyte no more is measured than a box has room for", () => {
  const pen = scribe();
  const cut = createLabels().cut(pen, "x".repeat(1_000_000), 60);
  assert.equal(cut, "xxxxxxxxx…");
  assert.ok(pen.measured < 20);
});

test("of a million parts the last ones are shown, and no more are looked at than fit", () => {
  const pen = scribe();
  const name = `${"a/".repeat(1_000_000)}end`;
  assert.equal(createLabels().name(pen, name, 66), "…/a/a/a/end");
  assert.ok(pen.measured < 400);
});
