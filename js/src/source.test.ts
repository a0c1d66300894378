/** Lines have the numbers that people know, and the failing one is found. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { MOST_SOURCE, sourceLines, tellPlace } from "./source.ts";
import { HOSTILE } from "./testing/hostile.ts";

const CELL = { file: "", line: 1, cell: 5 };
const FILE = { file: "/elsewhere/steps.py", line: 40, cell: null };
const failure = (traceback: string, line: number) => ({ message: "", traceback, debug: "", line });

test("a cell is counted as the notebook counts it, without the magic's line", () => {
  const lines = sourceLines("\nx = 1\ny = x / 0\n", CELL, null);
  assert.deepEqual(
    lines.map(({ number, text }) => [number, text]),
    [
      [2, "x = 1"],
      [3, "y = x / 0"],
    ],
  );
});

test("the line of a cell that failed is marked", () => {
  const traceback =
    'Traceback\n  File "In [5]", line 3, in <module>\n    y = x / 0\n        ~~^~~\nZeroDivisionError';
  const lines = sourceLines("\nx = 1\ny = x / 0\n", CELL, failure(traceback, 3));
  assert.deepEqual(
    lines.filter((line) => line.bad).map((line) => line.number),
    [3],
  );
});

test("a line of another file is not taken for the cell's", () => {
  const traceback =
    'Traceback\n  File "In [5]", line 2, in <module>\n    help()\n  File "/x/lib.py", line 3, in help\n    raise ValueError\nValueError';
  const lines = sourceLines("\nhelp()\nother()\n", CELL, failure(traceback, 3));
  assert.deepEqual(
    lines.filter((line) => line.bad).map((line) => line.number),
    [2],
  );
});

test("without a traceback the line of a cell counts", () => {
  const lines = sourceLines("\nx = (\n", CELL, failure("", 2));
  assert.deepEqual(
    lines.map((line) => line.bad),
    [true],
  );
});

test("a function gets the numbers of its file by the traceback's text", () => {
  const source = "def load(path):\n    return open(path)\n";
  const traceback =
    'Traceback\n  File "/elsewhere/steps.py", line 12, in load\n    return open(path)\nFileNotFoundError';
  const lines = sourceLines(source, FILE, failure(traceback, 12));
  assert.deepEqual(
    lines.map(({ number, bad }) => [number, bad]),
    [
      [11, false],
      [12, true],
    ],
  );
  assert.deepEqual(
    sourceLines(source, FILE, null).map((line) => line.number),
    [1, 2],
  );
});

test("hostile sources are a bounded number of lines of text", () => {
  for (const [name, text] of HOSTILE) {
    const lines = sourceLines(`${text}\n`.repeat(3), FILE, failure(text, 1));
    assert.ok(lines.length <= MOST_SOURCE, name);
  }
  assert.equal(sourceLines("x\n".repeat(10_000), FILE, null).length, MOST_SOURCE);
});

test("a place is a cell, or a file's name", () => {
  assert.equal(tellPlace({ file: "", line: 4, cell: 3 }), "In [3], line 4");
  assert.equal(tellPlace(FILE), "steps.py:40");
  assert.equal(tellPlace({ file: "C:\\work\\a.py", line: 1, cell: null }), "a.py:1");
  assert.equal(
    tellPlace({ file: "/tmp/ipykernel_12/99.py", line: 2, cell: null }),
    "In a cell, line 2",
  );
  assert.equal(tellPlace({ file: "", line: 0, cell: null }), "");
});
