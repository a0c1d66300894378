/** How much is told depends on how near it is. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { detailOf } from "./drawing.ts";

test("nothing is written below a third of life-size, names alone below two thirds", () => {
  assert.deepEqual([0.05, 0.32, 0.34, 0.6, 0.63, 1, 2].map(detailOf), [
    ...["far", "far", "middle", "middle"],
    ...["near", "near", "near"],
  ]);
});
