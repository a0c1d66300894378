/** The address behind the `#` names a session, or the list. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { readAddress } from "./dashboard.ts";

test("a journal and a session are read from the address", () => {
  assert.deepEqual(readAddress("#/20260101-120000-abc/3"), ["20260101-120000-abc", 3]);
  assert.deepEqual(readAddress("#/a%2Fb/1"), ["a/b", 1]);
});

test("all else is the list", () => {
  for (const hash of ["", "#", "#/", "#/a", "#/a/", "#/a/b", "#/a/1/2", "#/%/1", "#/a/-1"]) {
    assert.equal(readAddress(hash), null, hash);
  }
});
