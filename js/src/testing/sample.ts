/** Small sessions for tests: events made short, and frames of them. */

import type {
  Entry,
  EventUnion,
  ObjectSpec,
  Reported,
  Resources,
  Snapshot,
  TaskSpec,
} from "../events.ts";
import { ONE_CPU, type View } from "../picture.ts";
import { createStore, type Store } from "../store.ts";

/** What a test says of a task; the rest has ordinary values. */
export interface Row {
  readonly id?: number;
  readonly name?: string;
  readonly kind?: string;
  readonly inputs?: readonly number[];
  readonly outputs?: readonly number[];
  readonly function?: string;
  readonly resources?: Resources;
}

const BASE = 2 ** 32; // the first session

/** The id of the task of this number in the first session; its one output has the same. */
export function idOf(number: number): number {
  return BASE + number;
}

/** Tasks of these rows, numbered from 10. */
export function submitted(
  rows: readonly Row[],
  sources: readonly [string, string][] = [],
): EventUnion {
  const tasks = rows.map(specOf);
  const objects = tasks
    .flatMap((task) => task[5])
    .map((id): ObjectSpec => [id, "", "blob", "", false, false, null, {}]);
  const none = { sizes: [], awaited: [], caught: [] };
  return { type: "Submitted", session: 1, objects, tasks, sources, ...none };
}

function specOf(row: Row, i: number): TaskSpec {
  const id = row.id ?? idOf(10 + i);
  const { name = "", kind = "python", inputs = [], outputs = [id], resources = ONE_CPU } = row;
  const place = ["cell.py", 3, 2] as const;
  return [id, kind, name, inputs, [], outputs, resources, row.function ?? "", null, place, {}];
}

export function assigned(tasks: readonly number[], assignment = 1): EventUnion {
  const assignments = tasks.map(() => assignment);
  return { type: "TasksAssigned", engine: 0, batch: 1, tasks, assignments };
}

export function reported(change: Partial<Reported>): EventUnion {
  const nothing = { started: [], finished: [], failed: [], returned: [], cancelled: [] };
  const other = { published: [], missing: [], held_gil: [], notes: [], stayed: [] };
  return { type: "Reported", engine: 0, session: 1, ...nothing, ...other, ...change };
}

/** Tasks of assignment 1 that ran for these seconds. */
export function finished(tasks: readonly number[], seconds = 1): EventUnion {
  return reported({ finished: tasks.map((id) => [id, 1, 10, 10 + seconds, [[id, 8, "", {}]]]) });
}

export function said(task: number, text: string, stream = "stdout", assignment = 1): EventUnion {
  return { type: "Said", task, assignment, number: 1, stream, text, at: 5, dropped: 0 };
}

/** These events, numbered from `first` on. */
export function entries(events: readonly EventUnion[], first = 1): Entry[] {
  return events.map((event, i) => ({ seq: first + i, at: 1, session: 1, event }));
}

/** A snapshot of nothing. */
export function emptySnapshot(change: Partial<Snapshot> = {}): Snapshot {
  const none = { ids: [], labels: [], states: [], users: [] };
  const tasks = {
    ...{ kinds: [], names: [], inputs: [], outputs: [], functions: [], files: [], lines: [] },
    ...{ cells: [], engines: [], assignments: [], attempts: [], began: [], ended: [] },
    ...{ resources: [], retries: [], failures: [], reasons: [], causes: [] },
  };
  const objects = { types: [], declared: [], contents: [], sizes: [], flags: [], hints: [] };
  return {
    ...{ type: "Snapshot", epoch: 1, frame: 1, seq: 0, trace_seq: 0, words: [] },
    tasks: { ...none, ...tasks },
    objects: { ...none, ...objects },
    ...{ sessions: [], engines: [], sources: {}, notices: [], said: [], left_out: 0 },
    ...change,
  };
}

/** Sends a store one delta after the other, numbered as they must be. */
export function createSender(store: Store): (events: readonly EventUnion[]) => void {
  let [frame, seq] = [1, 1];
  store.apply(emptySnapshot());
  return (events) => {
    frame += 1;
    store.apply({ type: "Delta", epoch: 1, frame, entries: entries(events, seq), left_out: 0 });
    seq += events.length;
  };
}

/** What is seen when tasks of these rows were submitted. */
export function sampleView(rows: readonly Row[]): View {
  const store = createStore();
  createSender(store)([submitted(rows)]);
  return store.view;
}
