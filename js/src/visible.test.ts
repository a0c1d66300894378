/** Hostile text is text: it is shown, and it does nothing; the same words as in Python. */

import assert from "node:assert/strict";
import { test } from "node:test";

import cases from "../../tests/journals/visible.json" with { type: "json" };
import { HOSTILE } from "./testing/hostile.ts";
import { block, bytes, clock, logged, plural, seconds, visible } from "./visible.ts";

const ACTS = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c\ufeff]/u;
const ACTS_IN_LINES =
  /[^\P{Cc}\n\t]|[\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\u200e\u200f\ufeff]/u;

test("what acts or hides is written out as Python writes it", () => {
  for (const [text, most, shown] of cases.visible as [string, number, string][]) {
    assert.equal(visible(text, most), shown);
  }
});

test("durations are told as Python tells them", () => {
  for (const [duration, told] of cases.seconds as [number, string][]) {
    assert.equal(seconds(duration), told);
  }
});

test("hostile text neither acts nor hides, nor is long", () => {
  for (const [name, text] of HOSTILE) {
    assert.doesNotMatch(visible(text, 60), ACTS, name);
    assert.doesNotMatch(logged(text), ACTS_IN_LINES, name);
    assert.doesNotMatch(block(text), ACTS_IN_LINES, name);
    assert.ok(visible(text, 60).length <= 61 * 8, name);
    assert.ok(logged(text).length < 4_300 && block(text).length < 200_100, name);
  }
});

test("a log leaves out terminal codes and what a carriage return wrote over", () => {
  assert.equal(logged("\x1b[31mred\x1b[0m \x1b]0;title\x07done"), "red done");
  assert.equal(logged(" 10%\r 20%\r 30%"), "␍ 30%");
  assert.equal(logged("whole\r"), "whole");
  assert.equal(logged("a\tb\x07"), "a\tb␇");
});

test("a block keeps its lines", () => {
  assert.equal(block("a\r\nb\rc\n\x1b[1mbold\x1b[0m\u202e"), "a\nb\nc\nbold<U+202E>");
  assert.equal(block("x".repeat(20), 5), "xxxxx… 15 more characters");
});

test("a megabyte costs no more than a line", () => {
  assert.equal(visible("x".repeat(1e6), 20), `${"x".repeat(19)}…`);
  const long = "\u202e".repeat(1e6);
  const began = performance.now();
  for (let i = 0; i < 1_000; i += 1) visible(long, 20);
  assert.ok(performance.now() - began < 2_000, "a million characters each would take minutes");
});

test("sizes, times and counts are told for people", () => {
  assert.deepEqual([0, 999, 1000, 1440, 23_400_000].map(bytes), [
    "0 B",
    "999 B",
    "1.0 kB",
    "1.4 kB",
    "23 MB",
  ]);
  assert.match(clock(1_700_000_000.5), /^\d\d:\d\d:\d\d\.500$/);
  assert.equal(clock(Number.NaN), "--:--:--.---");
  assert.deepEqual([plural(1, "task"), plural(0, "task")], ["1 task", "0 tasks"]);
});
