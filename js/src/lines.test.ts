/** Lines are put together, cut, and counted when they go. */

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Said } from "./events.ts";
import { createLines, type Lines, MOST_CHARACTERS } from "./lines.ts";
import { said } from "./testing/sample.ts";

const say = (text: string, task = 10, stream = "stdout", assignment = 1): Said =>
  said(task, text, stream, assignment) as Said;

function told(chunks: readonly Said[], most?: number): Lines {
  const lines = createLines(most);
  for (const chunk of chunks) lines.add(chunk);
  return lines;
}

const texts = (lines: Lines): string[] => [...lines.from(0)].map(({ text }) => text);

test("chunks of one task and stream are joined until a line ends", () => {
  const lines = told([say("a"), say("b\nc"), say("d\n"), say("e")]);
  assert.deepEqual(texts(lines), ["ab", "cd", "e"]);
  assert.deepEqual([lines.first, lines.next], [0, 3]);
});

test("what others say meanwhile stands in its own lines", () => {
  const lines = told([say("a"), say("x\n", 11), say("err\n", 10, "stderr"), say("b\n")]);
  assert.deepEqual(texts(lines), ["ab", "x", "err"]);
  assert.deepEqual(
    [...lines.from(0)].map(({ task }) => task),
    [10, 11, 10],
  );
});

test("another attempt begins a line of its own", () => {
  assert.deepEqual(texts(told([say("a"), say("b\n", 10, "stdout", 2)])), ["a", "b"]);
});

test("empty lines are lines", () => {
  assert.deepEqual(texts(told([say("a\n\n\n"), say("b\n")])), ["a", "", "", "b"]);
});

test("a line that grows changes the version and keeps its number", () => {
  const lines = createLines();
  lines.add(say("a"));
  const { version, next } = lines;
  lines.add(say("b"));
  assert.ok(lines.version > version);
  assert.deepEqual([lines.next, lines.at(0)?.text], [next, "ab"]);
});

test("a long line is cut, and what is cut is counted", () => {
  const lines = told([
    say("x".repeat(MOST_CHARACTERS - 1)),
    say("yz"),
    say("!".repeat(10)),
    say("\n"),
  ]);
  const [text] = texts(lines);
  assert.equal(text, `${"x".repeat(MOST_CHARACTERS - 1)}y … 11 more characters`);
});

test("no half of a pair is left at the cut", () => {
  const [text] = texts(told([say(`${"x".repeat(MOST_CHARACTERS - 1)}😀`)]));
  assert.equal(text, `${"x".repeat(MOST_CHARACTERS - 1)} … 2 more characters`);
});

test("the oldest lines go, and are counted", () => {
  const lines = told(
    Array.from({ length: 25 }, (_, i) => say(`${i}\n`)),
    10,
  );
  assert.deepEqual(
    texts(lines),
    Array.from({ length: 10 }, (_, i) => `${i + 15}`),
  );
  assert.deepEqual([lines.first, lines.next, lines.leftOut], [15, 25, 15]);
  assert.deepEqual([lines.at(14), lines.at(25), lines.at(24)?.text], [undefined, undefined, "24"]);
});

test("a line that went while it was open is not written to again", () => {
  const lines = told(
    [say("old"), ...Array.from({ length: 5 }, () => say("n\n", 11)), say("new")],
    3,
  );
  assert.deepEqual(texts(lines), ["n", "n", "new"]);
});

test("what the engine left out stands in its place", () => {
  assert.deepEqual(texts(told([{ ...say("z\n"), dropped: 1234 }])), ["… 1234 bytes left out", "z"]);
});

test("lines that never come are counted, known ones are not", () => {
  const lines = createLines();
  lines.miss(3);
  assert.equal(lines.leftOut, 3);
  lines.add(say("a\nb\n"));
  lines.add(say("c"));
  lines.expect(5);
  assert.equal(lines.leftOut, 2);
});
