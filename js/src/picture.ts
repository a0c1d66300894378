/** What is seen: readonly values of tasks, objects, engines and sessions; the twin of view/picture.py. */

import type {
  Assignment,
  EngineId,
  EngineView,
  Failure,
  ObjectId,
  ObjectState,
  Resources,
  SessionId,
  SessionState,
  SessionView,
  State,
  TaskId,
} from "./events.ts";

export type {
  EngineId,
  EngineView,
  Failure,
  ObjectId,
  ObjectState,
  SessionId,
  SessionState,
  SessionView,
  State,
  TaskId,
};

/** What a task takes of which nothing is said. */
export const ONE_CPU: Resources = [1, [], [], [], false];

/** Where the user wrote it; `cell` is the notebook's execution count. */
export interface PlaceView {
  readonly file: string;
  readonly line: number;
  readonly cell: number | null;
}

/**
 * One task.
 *
 * `name` is its kind when it has none; `assignment` is 0 when none is open; `began` and `ended` are
 * seconds since the epoch by the engine's clock; `cause` is whose end made it skipped; `where` has
 * the engines and hosts that may run it, none when all may.
 */
export interface TaskView {
  readonly id: TaskId;
  readonly session: SessionId;
  readonly name: string;
  readonly kind: string;
  readonly inputs: readonly ObjectId[];
  readonly outputs: readonly ObjectId[];
  readonly labels: readonly string[];
  readonly cpus: number;
  readonly limits: readonly string[];
  readonly where: readonly (EngineId | string)[];
  readonly function: string;
  readonly place: PlaceView;
  readonly state: State;
  readonly engine: EngineId | null;
  readonly assignment: Assignment;
  readonly attempts: number;
  readonly began: number | null;
  readonly ended: number | null;
  readonly failure: Failure | null;
  readonly reason: string;
  readonly cause: TaskId | null;
}

/** One object; `maker` is the task that makes it, null for a constant; `size` in bytes. */
export interface ObjectView {
  readonly id: ObjectId;
  readonly label: string;
  readonly data_type: string;
  readonly content_type: string;
  readonly state: ObjectState;
  readonly size: number | null;
  readonly maker: TaskId | null;
  readonly kept: boolean;
  readonly constant: boolean;
}

/** All that is seen; the maps change under whoever holds them, the values in them never do. */
export interface View {
  readonly epoch: number;
  readonly seq: number;
  readonly trace_seq: number;
  readonly tasks: ReadonlyMap<TaskId, TaskView>;
  readonly objects: ReadonlyMap<ObjectId, ObjectView>;
  readonly sessions: ReadonlyMap<SessionId, SessionView>;
  readonly engines: ReadonlyMap<EngineId, EngineView>;
  readonly sources: ReadonlyMap<string, string>;
  readonly notices: readonly string[];
}

// A record, so that a state that Python adds stops the build here.
const PLACES: Readonly<Record<State, number>> = {
  declared: 0,
  waiting: 1,
  ready: 2,
  assigned: 3,
  running: 4,
  finished: 5,
  failed: 6,
  skipped: 7,
  cancelled: 8,
  cached: 9,
};

/** All states in the order in which a task goes through them. */
export const STATES: readonly State[] = Object.keys(PLACES) as State[];

/** The place of a state in `STATES`. */
export function stateIndex(state: State): number {
  return PLACES[state];
}

const GOOD: ReadonlySet<State> = new Set<State>(["finished", "cached"]);
const BAD: ReadonlySet<State> = new Set<State>(["failed", "skipped", "cancelled"]);

/** Whether a task of this state gave what it should. */
export function isGood(state: State): boolean {
  return GOOD.has(state);
}

/** Whether a task of this state ended without that. */
export function isBad(state: State): boolean {
  return BAD.has(state);
}

/** Whether a task of this state has ended. */
export function isFinal(state: State): boolean {
  return GOOD.has(state) || BAD.has(state);
}

/** How long a task ran in seconds, or null when it has not ended on an engine. */
export function secondsOf(task: TaskView): number | null {
  return task.began === null || task.ended === null ? null : Math.max(0, task.ended - task.began);
}

/** What the user wrote for a task, or an empty text. */
export function sourceOf(view: View, task: TaskView): string {
  return view.sources.get(task.function || String(task.id)) ?? "";
}

const SESSION = 2 ** 32; // an id carries its session above these bits

/** The session that a task or an object belongs to. */
export function sessionOf(id: number): SessionId {
  return Math.floor(id / SESSION);
}

/** An id as people see it: `session/number`. */
export function shownId(id: number): string {
  return `${sessionOf(id)}/${id % SESSION}`;
}

/** Never called: a case of a closed union was forgotten where `tsc` complains. */
export function unreachable(value: never): never {
  throw new Error(`no case for ${JSON.stringify(value)}`);
}
