/**
 * Measures the front end's pure rooms in Node and prints one JSON object: `npm run bench`.
 *
 * With the name of a file, what a browser does with that snapshot too.
 */

import { readFileSync } from "node:fs";
import { performance } from "node:perf_hooks";
import { shown } from "./collapse.ts";
import type { EventUnion, Frame } from "./events.ts";
import { createGroups } from "./groups.ts";
import { type Edge, layout } from "./layout.ts";
import { BUDGET, readableAim } from "./readable.ts";
import { createStore } from "./store.ts";
import {
  assigned,
  createSender,
  finished,
  idOf,
  reported,
  said,
  submitted,
} from "./testing/sample.ts";

const ROUNDS = 9;

/** Milliseconds of the middle round. */
function median(act: () => void): number {
  const times = Array.from({ length: ROUNDS }, () => {
    const begin = performance.now();
    act();
    return performance.now() - begin;
  });
  return times.sort((a, b) => a - b)[ROUNDS >> 1] ?? 0;
}

/** Numbers that look random and are the same each time. */
function createChance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * below);
  };
}

/** A layered graph: about 1.5 arrows into each node, a tenth of them long. */
function layered(count: number): Edge[] {
  const chance = createChance(5);
  const width = Math.max(4, Math.round(Math.sqrt(count)));
  const edges: Edge[] = [];
  for (let node = width; node < count; node++) {
    for (let i = 0; i <= chance(2); i++) {
      const back = chance(10) === 0 ? chance(node) : node - 1 - chance(width);
      edges.push([Math.max(0, back), node]);
    }
  }
  return edges;
}

/** 20 groups; each task needs one of the group before. */
function rows(count: number) {
  return Array.from({ length: count }, (_, i) => {
    const inputs = i < 20 ? [] : [idOf(10 + i - 19)];
    return { name: `stage${i % 20}/part/t${i}`, inputs };
  });
}

function measureStore(count: number): Record<string, number> {
  const store = createStore();
  const groups = createGroups();
  store.subscribe((change) => groups.update(store.view, change));
  const send = createSender(store);
  const ids = rows(count).map((_, i) => idOf(10 + i));
  const timed = (act: () => void) => {
    const begin = performance.now();
    act();
    return performance.now() - begin;
  };
  const started = ids.map((id) => [id, 1, 10] as const);
  const submit = timed(() => send([submitted(rows(count))]));
  const assign = timed(() => send([assigned(ids)]));
  const start = timed(() => send([reported({ started })]));
  const finish = timed(() => send([finished(ids)]));
  return {
    submit,
    assign,
    start,
    finish,
    shown: median(() => shown(store.view, groups.root, { budget: BUDGET })),
    readable: median(() => readableAim(store.view, groups.root, { width: 520, height: 300 })),
  };
}

/** One frame at 250 task ends and 1,000 lines a second. */
function measureFrame(count: number): number {
  const store = createStore();
  const groups = createGroups();
  store.subscribe((change) => groups.update(store.view, change));
  const send = createSender(store);
  const ids = rows(count).map((_, i) => idOf(10 + i));
  send([submitted(rows(count)), assigned(ids)]);
  let next = 0;
  return median(() => {
    const some = ids.slice(next, next + 25);
    next += 25;
    const lines = Array.from(
      { length: 100 },
      (_, i): EventUnion => said(some[i % 25] ?? 0, `${i}\n`),
    );
    send([finished(some), ...lines]);
  });
}

/** A snapshot as it arrives: parsed, folded, grouped. */
function measureSnapshot(file: string): Record<string, number> {
  const text = readFileSync(file, "utf8");
  const frame = JSON.parse(text) as Frame;
  const store = createStore();
  const fold = median(() => store.apply(frame));
  const group = median(() => createGroups().update(store.view, { all: true, tasks: new Set() }));
  return { parse: median(() => JSON.parse(text)), fold, group };
}

function named(found: Record<string, number>, what: string): Record<string, number> {
  return Object.fromEntries(
    Object.entries(found).map(([name, time]) => [`${name}: ${what}`, time]),
  );
}

const file = process.argv[2];
const [small, large] = [layered(1_000), layered(10_000)];
const found = {
  "layout of 1,000 nodes": median(() => layout(1_000, small)),
  "layout of 10,000 nodes": median(() => layout(10_000, large)),
  ...named(measureStore(10_000), "10,000 tasks"),
  ...(file ? named(measureSnapshot(file), "a snapshot") : {}),
  "frame of 25 ends and 100 lines, 10,000 tasks": measureFrame(10_000),
};
console.log(JSON.stringify(found));
