/** A group is the tasks of its name and of all names below. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { isMember, memberOf, pathOf, pickedTasks } from "./members.ts";
import { idOf, sampleView } from "./testing/sample.ts";

const view = sampleView([{ name: "a" }, { name: "a/b" }, { name: "ab" }, { name: "/a//b/c1/" }]);

test("slashes that mean nothing are left out", () => {
  assert.deepEqual(["a", "/a//b/", "/", ""].map(pathOf), ["a", "a/b", "", ""]);
});

test("a group holds its own name and what is below, not what begins alike", () => {
  assert.ok(isMember("a", "a") && isMember("a/b", "a") && isMember("/a/b/", "a/b"));
  assert.ok(!isMember("ab", "a") && !isMember("a", "a/b"));
});

test("a star stands for any number", () => {
  assert.ok(isMember("part12/x", "part*") && isMember("part*", "part*"));
  assert.ok(!isMember("party", "part*"));
});

test("what is picked gives its tasks", () => {
  const names = (picked: Parameters<typeof pickedTasks>[1]) =>
    pickedTasks(view, picked).map((task) => task.name);
  assert.deepEqual(names({ kind: "group", path: "a" }), ["a", "a/b", "a//b/c1"]);
  assert.deepEqual(names({ kind: "task", task: idOf(12) }), ["ab"]);
  assert.equal(names(null).length, 4);
});

test("a task that is not known yet may still belong", () => {
  const meant = memberOf(view, { kind: "group", path: "a" });
  assert.equal(meant(idOf(99)), false);
  assert.equal(meant(idOf(11)), true);
  assert.equal(memberOf(view, { kind: "task", task: 5 })(5), true);
});
