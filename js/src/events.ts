/**
 * What comes over the wire: events, entries and frames.
 *
 * Written by `python -m tests.wire.typescript` from `flowlab/events/messages.py` and
 * `flowlab/view/frames.py`; a test proves that it is fresh. Rows are tuples.
 */

/** Where a task stands. */
export type State = "declared" | "waiting" | "ready" | "assigned" | "running" | "finished" | "failed" | "skipped" | "cancelled" | "cached";

/** Where an object stands. */
export type ObjectState = "unmade" | "made" | "dropped" | "lost";

export type SessionId = number;

/** What a failed task does to its session. */
export type OnError = "fail-session" | "continue";

/** A session began. */
export interface SessionOpened {
  readonly type: "SessionOpened";
  readonly session: SessionId;
  readonly name: string;
  readonly on_error: OnError;
}

/** A session ended: its running tasks are to be stopped and its objects dropped. */
export interface SessionClosed {
  readonly type: "SessionClosed";
  readonly session: SessionId;
  readonly reason: string;
}

export type ObjectId = number;

/** What an object is: a string of bytes, or a tree of files. */
export type DataType = "blob" | "dir";

/** An object as declared. */
export type ObjectSpec = readonly [
  id: ObjectId,
  label: string,
  data_type: DataType,
  content_type: string,
  keep: boolean,
  constant: boolean,
  size_hint: number | null,
  user: Readonly<Record<string, unknown>>,
];

export type TaskId = number;

/** What a task claims of one host while it runs. */
export type Resources = readonly [
  cpus: number,
  amounts: readonly (readonly [string, number])[],
  limits: readonly string[],
  where: readonly (number | string)[],
  alone: boolean,
];

/** Where the user wrote it: `cell` is the notebook's execution count or None. */
export type Place = readonly [
  file: string,
  line: number,
  cell: number | null,
];

/** A task as declared; its configuration and function lie beside it, in the payload. */
export type TaskSpec = readonly [
  id: TaskId,
  kind: string,
  name: string,
  inputs: readonly ObjectId[],
  labels: readonly string[],
  outputs: readonly ObjectId[],
  resources: Resources,
  function: string,
  retries: number | null,
  place: Place,
  user: Readonly<Record<string, unknown>>,
];

/** A parcel of a graph was submitted; a task's inputs stand here or were submitted before. */
export interface Submitted {
  readonly type: "Submitted";
  readonly session: SessionId;
  readonly objects: readonly ObjectSpec[];
  readonly tasks: readonly TaskSpec[];
  readonly sizes: readonly (readonly [ObjectId, number])[];
  readonly sources: readonly (readonly [string, string])[];
  readonly awaited: readonly ObjectId[];
  readonly caught: readonly ObjectId[];
}

/** Where a session's large objects are staged from now on; empty: they go in pieces. */
export interface StagePointSet {
  readonly type: "StagePointSet";
  readonly session: SessionId;
  readonly url: string;
  readonly objects: readonly ObjectId[];
}

/** At most so many tasks of a session that name this limit run at once. */
export interface LimitSet {
  readonly type: "LimitSet";
  readonly session: SessionId;
  readonly name: string;
  readonly count: number;
  readonly per_host: boolean;
}

/** From which level on a session wants the log records of tasks that are given out from now on. */
export interface LogLevelSet {
  readonly type: "LogLevelSet";
  readonly session: SessionId;
  readonly level: number;
}

/** The user does not need these objects any longer. */
export interface Unkept {
  readonly type: "Unkept";
  readonly session: SessionId;
  readonly objects: readonly ObjectId[];
}

/** The user wants these tasks stopped; what depends on them is skipped. */
export interface CancelRequested {
  readonly type: "CancelRequested";
  readonly session: SessionId;
  readonly tasks: readonly TaskId[];
  readonly replaced: boolean;
}

export type EngineId = number;

export type HostId = string;

/** An engine is linked and fits; `slots` tasks may run on it at once (one as a rule). */
export interface EngineJoined {
  readonly type: "EngineJoined";
  readonly engine: EngineId;
  readonly host: HostId;
  readonly slots: number;
  readonly pid: number;
  readonly name: string;
}

export type Assignment = number;

/** An engine is gone, and dead for certain or fenced. */
export interface EngineLost {
  readonly type: "EngineLost";
  readonly engine: EngineId;
  readonly reason: string;
  readonly culprits: readonly (readonly [TaskId, Assignment])[] | null;
  readonly deliberate: boolean;
}

/** An engine's link came up again, with what the engine still holds. */
export interface EngineResumed {
  readonly type: "EngineResumed";
  readonly engine: EngineId;
  readonly held: readonly (readonly [TaskId, Assignment])[];
}

/** What is known of an object that was made: `size` in bytes. */
export type ObjectInfo = readonly [
  id: ObjectId,
  size: number,
  content_type: string,
  user: Readonly<Record<string, unknown>>,
];

/** Why a task failed, as bounded text made where it failed. */
export interface Failure {
  readonly message: string;
  readonly traceback: string;
  readonly debug: string;
  readonly line: number;
}

/** What an engine did for one session since its last report, in columns. */
export interface Reported {
  readonly type: "Reported";
  readonly engine: EngineId;
  readonly session: SessionId;
  readonly started: readonly (readonly [TaskId, Assignment, number])[];
  readonly finished: readonly (readonly [TaskId, Assignment, number, number, readonly ObjectInfo[]])[];
  readonly failed: readonly (readonly [TaskId, Assignment, number, number, Failure])[];
  readonly returned: readonly (readonly [TaskId, Assignment, string])[];
  readonly cancelled: readonly (readonly [TaskId, Assignment])[];
  readonly published: readonly ObjectInfo[];
  readonly missing: readonly ObjectId[];
  readonly held_gil: readonly TaskId[];
  readonly notes: readonly (readonly [TaskId, string, Readonly<Record<string, string>>])[];
  readonly stayed: readonly ObjectInfo[];
}

/** Published objects whose bytes are gone (a store's file vanished). */
export interface ObjectsLost {
  readonly type: "ObjectsLost";
  readonly objects: readonly ObjectId[];
  readonly reason: string;
}

/** ipyparallel's controller does not answer; tasks go on while the links stand. */
export interface ControllerLost {
  readonly type: "ControllerLost";
  readonly reason: string;
}

/** The most that can ever be had: engines wanted, and slots of the largest host. */
export interface CapacityKnown {
  readonly type: "CapacityKnown";
  readonly engines: number;
  readonly largest: number;
}

/** No engine can be had: everything unfinished fails with this said. */
export interface EnginesUnavailable {
  readonly type: "EnginesUnavailable";
  readonly reason: string;
}

/** All inputs of these tasks are there. */
export interface TasksReady {
  readonly type: "TasksReady";
  readonly tasks: readonly TaskId[];
}

export type BatchId = number;

/** A batch was given to an engine. */
export interface TasksAssigned {
  readonly type: "TasksAssigned";
  readonly engine: EngineId;
  readonly batch: BatchId;
  readonly tasks: readonly TaskId[];
  readonly assignments: readonly Assignment[];
}

/** Tasks that had been assigned are ready again. */
export interface TasksGivenBack {
  readonly type: "TasksGivenBack";
  readonly tasks: readonly TaskId[];
  readonly reason: string;
}

/** An input of these tasks will never come, because `cause` failed or was cancelled. */
export interface TasksSkipped {
  readonly type: "TasksSkipped";
  readonly tasks: readonly TaskId[];
  readonly cause: TaskId;
}

/** These tasks were cancelled and will not end otherwise. */
export interface TasksCancelled {
  readonly type: "TasksCancelled";
  readonly tasks: readonly TaskId[];
  readonly reason: string;
}

/** The scheduler itself failed a task: it killed too many engines, or can never run. */
export interface TaskCondemned {
  readonly type: "TaskCondemned";
  readonly task: TaskId;
  readonly failure: Failure;
}

/** The first failure of a session that asked to fail as a whole. */
export interface SessionFailed {
  readonly type: "SessionFailed";
  readonly session: SessionId;
  readonly task: TaskId;
  readonly failure: Failure;
}

/** Nobody needs these objects any longer; their bytes are gone everywhere. */
export interface ObjectsDropped {
  readonly type: "ObjectsDropped";
  readonly objects: readonly ObjectId[];
}

/** Text that a task wrote. */
export interface Said {
  readonly type: "Said";
  readonly task: TaskId;
  readonly assignment: Assignment;
  readonly number: number;
  readonly stream: string;
  readonly text: string;
  readonly at: number;
  readonly dropped: number;
}

/** One log record: all that a handler needs of it. */
export type LogRow = readonly [
  at: number,
  level: number,
  word: string,
  name: string,
  text: string,
  file: string,
  line: number,
  function: string,
  process: number,
  thread: string,
  error: string,
  stack: string,
  extra: Readonly<Record<string, unknown>>,
];

/** Log records of a task, in order; none of them is ever left out on its way. */
export interface Logged {
  readonly type: "Logged";
  readonly task: TaskId;
  readonly assignment: Assignment;
  readonly number: number;
  readonly engine: EngineId | null;
  readonly rows: readonly LogRow[];
  readonly size: number;
}

/** What people should know and no task is changed by: a lost controller, a full journal. */
export interface Noticed {
  readonly type: "Noticed";
  readonly text: string;
  readonly level: string;
}

/** Load of an engine: share of one cpu, resident bytes. */
export interface Sampled {
  readonly type: "Sampled";
  readonly engine: EngineId;
  readonly cpu: number;
  readonly memory: number;
}

/** One line of the stream. */
export interface Entry {
  readonly seq: number;
  readonly at: number;
  readonly session: SessionId | null;
  readonly event: EventUnion;
}

/** Tasks, one a row, in the order of their submit. */
export interface TaskColumns {
  readonly ids: readonly number[];
  readonly kinds: readonly number[];
  readonly names: readonly string[];
  readonly inputs: readonly (readonly number[])[];
  readonly outputs: readonly (readonly number[])[];
  readonly functions: readonly number[];
  readonly files: readonly number[];
  readonly lines: readonly number[];
  readonly cells: readonly (number | null)[];
  readonly states: readonly number[];
  readonly engines: readonly (EngineId | null)[];
  readonly assignments: readonly Assignment[];
  readonly attempts: readonly number[];
  readonly began: readonly (number | null)[];
  readonly ended: readonly (number | null)[];
  readonly labels: readonly (readonly [number, readonly string[]])[];
  readonly resources: readonly (readonly [number, Resources])[];
  readonly retries: readonly (readonly [number, number])[];
  readonly users: readonly (readonly [number, Readonly<Record<string, unknown>>])[];
  readonly failures: readonly (readonly [number, Failure])[];
  readonly reasons: readonly (readonly [number, string])[];
  readonly causes: readonly (readonly [number, TaskId])[];
}

/** Objects, one a row; who makes one follows from the tasks' outputs. */
export interface ObjectColumns {
  readonly ids: readonly number[];
  readonly labels: readonly number[];
  readonly types: readonly number[];
  readonly declared: readonly number[];
  readonly contents: readonly number[];
  readonly states: readonly number[];
  readonly sizes: readonly (number | null)[];
  readonly flags: readonly number[];
  readonly hints: readonly (readonly [number, number])[];
  readonly users: readonly (readonly [number, Readonly<Record<string, unknown>>])[];
}

/** Where a session stands. */
export type SessionState = "open" | "failed" | "closed";

/** One session; `failed_task` and `failure` are the first failure of one that failed. */
export interface SessionView {
  readonly id: SessionId;
  readonly name: string;
  readonly on_error: OnError;
  readonly state: SessionState;
  readonly submits: number;
  readonly reason: string;
  readonly failed_task: TaskId | null;
  readonly failure: Failure | null;
}

/** One engine; `host` as people call it, `reason` why it is gone, `cpu` a share of one. */
export interface EngineView {
  readonly id: EngineId;
  readonly host: string;
  readonly slots: number;
  readonly pid: number;
  readonly alive: boolean;
  readonly reason: string;
  readonly cpu: number;
  readonly memory: number;
}

/** All that is seen at one moment. */
export interface Snapshot {
  readonly type: "Snapshot";
  readonly epoch: number;
  readonly frame: number;
  readonly seq: number;
  readonly trace_seq: number;
  readonly words: readonly string[];
  readonly tasks: TaskColumns;
  readonly objects: ObjectColumns;
  readonly sessions: readonly SessionView[];
  readonly engines: readonly EngineView[];
  readonly sources: Readonly<Record<string, string>>;
  readonly notices: readonly string[];
  readonly said: readonly Entry[];
  readonly left_out: number;
}

/** What happened since the frame before. */
export interface Delta {
  readonly type: "Delta";
  readonly epoch: number;
  readonly frame: number;
  readonly entries: readonly Entry[];
  readonly left_out: number;
}

export type FactUnion = SessionOpened | SessionClosed | Submitted | StagePointSet | LimitSet | LogLevelSet | Unkept | CancelRequested | EngineJoined | EngineLost | EngineResumed | Reported | ObjectsLost | ControllerLost | CapacityKnown | EnginesUnavailable;

export type VerdictUnion = TasksReady | TasksAssigned | TasksGivenBack | TasksSkipped | TasksCancelled | TaskCondemned | SessionFailed | ObjectsDropped;

export type TraceUnion = Said | Logged | Noticed | Sampled;

export type EventUnion = SessionOpened | SessionClosed | Submitted | StagePointSet | LimitSet | LogLevelSet | Unkept | CancelRequested | EngineJoined | EngineLost | EngineResumed | Reported | ObjectsLost | ControllerLost | CapacityKnown | EnginesUnavailable | TasksReady | TasksAssigned | TasksGivenBack | TasksSkipped | TasksCancelled | TaskCondemned | SessionFailed | ObjectsDropped | Said | Logged | Noticed | Sampled;

export type Frame = Snapshot | Delta;
