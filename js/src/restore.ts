/** A snapshot's columns read back into a view. */

import { type Draft, emptyDraft, shownName } from "./draft.ts";
import type { ObjectColumns, ObjectState, Snapshot, State, TaskColumns, TaskId } from "./events.ts";
import type { ObjectView, TaskView } from "./picture.ts";
import { ONE_CPU, sessionOf } from "./picture.ts";

/** The view that a snapshot was made of. */
export function restore(snapshot: Snapshot): Draft {
  const draft = emptyDraft(snapshot.epoch);
  draft.seq = snapshot.seq;
  draft.trace_seq = snapshot.trace_seq;
  const makers = new Map<number, TaskId>();
  for (const task of tasks(snapshot.tasks, snapshot.words)) {
    draft.tasks.set(task.id, task);
    for (const thing of task.outputs) makers.set(thing, task.id);
  }
  for (const thing of objects(snapshot.objects, snapshot.words, makers)) {
    draft.objects.set(thing.id, thing);
  }
  for (const session of snapshot.sessions) draft.sessions.set(session.id, session);
  for (const engine of snapshot.engines) draft.engines.set(engine.id, engine);
  for (const [key, text] of Object.entries(snapshot.sources)) draft.sources.set(key, text);
  draft.notices.push(...snapshot.notices);
  return draft;
}

function* tasks(columns: TaskColumns, words: readonly string[]): Iterable<TaskView> {
  const word = reader(words);
  const [labels, resources] = [new Map(columns.labels), new Map(columns.resources)];
  const [failures, reasons] = [new Map(columns.failures), new Map(columns.reasons)];
  const causes = new Map(columns.causes);
  let id = 0;
  for (let i = 0; i < columns.ids.length; i++) {
    const base = id + at(columns.ids, i);
    id = base;
    const kind = word(columns.kinds, i);
    const claims = resources.get(i) ?? ONE_CPU;
    yield {
      id,
      session: sessionOf(id),
      name: shownName(at(columns.names, i), kind),
      kind,
      inputs: at(columns.inputs, i).map((step) => base + step),
      outputs: at(columns.outputs, i).map((step) => base + step),
      labels: labels.get(i) ?? [],
      cpus: claims[0],
      limits: claims[2],
      where: claims[3],
      function: word(columns.functions, i),
      place: {
        file: word(columns.files, i),
        line: at(columns.lines, i),
        cell: at(columns.cells, i),
      },
      state: word(columns.states, i) as State, // the other side writes states there
      engine: at(columns.engines, i),
      assignment: at(columns.assignments, i),
      attempts: at(columns.attempts, i),
      began: at(columns.began, i),
      ended: at(columns.ended, i),
      failure: failures.get(i) ?? null,
      reason: reasons.get(i) ?? "",
      cause: causes.get(i) ?? null,
    };
  }
}

function* objects(
  columns: ObjectColumns,
  words: readonly string[],
  makers: ReadonlyMap<number, TaskId>,
): Iterable<ObjectView> {
  const word = reader(words);
  let id = 0;
  for (let i = 0; i < columns.ids.length; i++) {
    id += at(columns.ids, i);
    const flags = at(columns.flags, i);
    yield {
      id,
      label: word(columns.labels, i),
      data_type: word(columns.types, i),
      content_type: word(columns.contents, i),
      state: word(columns.states, i) as ObjectState, // as above
      size: at(columns.sizes, i),
      maker: makers.get(id) ?? null,
      kept: (flags & 4) !== 0,
      constant: (flags & 2) !== 0,
    };
  }
}

function reader(words: readonly string[]): (column: readonly number[], row: number) => string {
  return (column, row) => at(words, at(column, row));
}

/** What stands there; a column that is too short is a fault of the sender, said at once. */
function at<T>(column: readonly T[], row: number): T {
  if (row < 0 || row >= column.length) throw new Error(`a snapshot's column ends before ${row}`);
  return column[row] as T;
}
