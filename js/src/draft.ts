/** A view that may be written, and the small changes of which the fold is made. */

import type { TaskSpec } from "./events.ts";
import type {
  EngineId,
  EngineView,
  ObjectId,
  ObjectView,
  SessionId,
  SessionView,
  State,
  TaskId,
  TaskView,
  View,
} from "./picture.ts";
import { sessionOf } from "./picture.ts";

/** How many notices are kept: the newest. */
export const NOTICES = 100;

/** A view that may be written, with what was changed since somebody last emptied the marks. */
export interface Draft extends View {
  epoch: number;
  seq: number;
  trace_seq: number;
  readonly tasks: Map<TaskId, TaskView>;
  readonly objects: Map<ObjectId, ObjectView>;
  readonly sessions: Map<SessionId, SessionView>;
  readonly engines: Map<EngineId, EngineView>;
  readonly sources: Map<string, string>;
  readonly notices: string[];
  readonly touched: Set<TaskId>;
  shape: boolean;
}

/** A view of nothing. */
export function emptyDraft(epoch = 0): Draft {
  return {
    epoch,
    seq: 0,
    trace_seq: 0,
    tasks: new Map(),
    objects: new Map(),
    sessions: new Map(),
    engines: new Map(),
    sources: new Map(),
    notices: [],
    touched: new Set(),
    shape: false,
  };
}

/** A task as it was declared. */
export function declaredTask(spec: TaskSpec): TaskView {
  const [id, kind, name, inputs, labels, outputs, resources, key, , place] = spec;
  return {
    id,
    session: sessionOf(id),
    name: shownName(name, kind),
    kind,
    inputs,
    outputs,
    labels,
    cpus: resources[0],
    limits: resources[2],
    where: resources[3] ?? [], // journals of older versions say nothing of it
    function: key,
    place: { file: place[0], line: place[1], cell: place[2] },
    state: "waiting",
    engine: null,
    assignment: 0,
    attempts: 0,
    began: null,
    ended: null,
    failure: null,
    reason: "",
    cause: null,
  };
}

/** A task's name without slashes around it, or its kind when it has none. */
export function shownName(name: string, kind: string): string {
  if (name === "" || (name[0] !== "/" && name[name.length - 1] !== "/")) return name || kind;
  return name.replace(/^\/+|\/+$/g, "") || kind;
}

/** The task has changed. */
export function put(draft: Draft, task: TaskView): void {
  draft.tasks.set(task.id, task);
  draft.touched.add(task.id);
}

/** Change those of the tasks that are known. */
export function each(
  draft: Draft,
  ids: readonly TaskId[],
  change: (task: TaskView) => TaskView,
): void {
  for (const id of ids) {
    const task = draft.tasks.get(id);
    if (task) put(draft, change(task));
  }
}

/** The task as if it had not been given out now; only the attempts stay. */
export function fresh(task: TaskView, state: State): TaskView {
  return {
    ...task,
    state,
    engine: null,
    assignment: 0,
    began: null,
    ended: null,
    failure: null,
    reason: "",
    cause: null,
  };
}

/** The task on its engine, or ended there well. */
export function running(task: TaskView, state: State, began: number, end: number | null): TaskView {
  const attempts = attemptsOf(task);
  return { ...fresh(task, state), engine: task.engine, attempts, began, ended: end };
}

/** Times that it began to run, with the run under way: that may be told by its end alone. */
export function attemptsOf(task: TaskView): number {
  return task.attempts + (task.state === "running" ? 0 : 1);
}

/** Why a task ended. */
export type Ending = Partial<Pick<TaskView, "cause" | "reason" | "failure">>;

/** The task ended; it keeps what is known of its run. */
export function ended(task: TaskView, state: State, ending: Ending): TaskView {
  return { ...task, state, assignment: 0, ...ending };
}

/** Change those of the objects that are known; their makers' outputs are other ones then. */
export function things(
  draft: Draft,
  ids: readonly ObjectId[],
  change: (thing: ObjectView) => ObjectView,
): void {
  for (const id of ids) {
    const thing = draft.objects.get(id);
    if (!thing) continue;
    draft.objects.set(id, change(thing));
    if (thing.maker !== null) draft.touched.add(thing.maker);
  }
}

/** Something for people; the oldest notice goes when there are too many. */
export function notice(draft: Draft, text: string): void {
  draft.notices.push(text);
  if (draft.notices.length > NOTICES) draft.notices.shift();
}
