/** The wanted lines are the same whether they are found at once or as they come. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { createLines } from "./lines.ts";
import { createSieve, EVERYTHING, isWanted, lowerBound } from "./sieve.ts";
import { said } from "./testing/sample.ts";

const say = (
  lines: ReturnType<typeof createLines>,
  task: number,
  text: string,
  stream = "stdout",
): void => {
  const event = said(task, text, stream);
  if (event.type === "Said") lines.add(event);
};

test("text, stream and task decide together", () => {
  const lines = createLines();
  say(lines, 1, "Hello\nworld\n");
  say(lines, 2, "hello\n", "stderr");
  const sieve = createSieve();
  sieve.want({ text: "HELLO", stream: null, member: null });
  sieve.catchUp(lines);
  assert.deepEqual(sieve.seqs, [0, 2]);
  sieve.want({ text: "hello", stream: "stderr", member: null });
  sieve.catchUp(lines);
  assert.deepEqual(sieve.seqs, [2]);
  sieve.want({ text: "", stream: null, member: (task) => task === 1 });
  sieve.catchUp(lines);
  assert.deepEqual(sieve.seqs, [0, 1]);
});

test("lines that came in pieces are found as if they had come at once", () => {
  const lines = createLines(50);
  const wanted = { text: "7", stream: null, member: null };
  const slow = createSieve();
  slow.want(wanted);
  for (let i = 0; i < 200; i += 1) {
    say(lines, i % 3, i % 5 === 0 ? `part ${i}` : `line ${i}\n`);
    slow.catchUp(lines);
    const quick = createSieve();
    quick.want(wanted);
    quick.catchUp(lines);
    assert.deepEqual(slow.seqs, quick.seqs);
  }
});

test("a line that grows is wanted when it has grown so far", () => {
  const lines = createLines();
  const sieve = createSieve();
  sieve.want({ text: "done", stream: null, member: null });
  say(lines, 1, "almost ");
  sieve.catchUp(lines);
  assert.deepEqual(sieve.seqs, []);
  say(lines, 1, "done\n");
  sieve.catchUp(lines);
  assert.deepEqual(sieve.seqs, [0]);
});

test("it says how many of its lines went", () => {
  const lines = createLines(10);
  const sieve = createSieve();
  assert.equal(sieve.catchUp(lines), -1);
  for (let i = 0; i < 10; i += 1) say(lines, 1, "x\n");
  assert.equal(sieve.catchUp(lines), 0);
  for (let i = 0; i < 4; i += 1) say(lines, 1, "x\n");
  assert.equal(sieve.catchUp(lines), 4);
  assert.deepEqual(sieve.seqs, [4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
});

test("everything is everything, and places are found by halves", () => {
  assert.ok(isWanted({ seq: 0, task: 1, stream: "log", text: "", at: 0 }, EVERYTHING));
  assert.deepEqual(
    [0, 1, 4, 9].map((least) => lowerBound([1, 3, 5], least)),
    [0, 0, 2, 3],
  );
});
