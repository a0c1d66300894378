/**
 * Entries folded into a view, in place; the twin of view/fold.py, tested on the same journals.
 *
 * An entry whose number was seen is left out, so a snapshot may overlap what comes after it. Facts
 * and verdicts have one mark, traces another.
 */

import {
  attemptsOf,
  type Draft,
  declaredTask,
  each,
  ended,
  fresh,
  notice,
  put,
  running,
  things,
} from "./draft.ts";
import type {
  CancelRequested,
  EngineLost,
  Entry,
  EventUnion,
  ObjectInfo,
  Reported,
  SessionClosed,
  SessionFailed,
  SessionOpened,
  Submitted,
  TasksAssigned,
} from "./events.ts";
import type {
  EngineId,
  EngineView,
  Failure,
  ObjectId,
  SessionId,
  SessionView,
  TaskId,
  TaskView,
} from "./picture.ts";
import { unreachable } from "./picture.ts";

/** Fold one entry in; whether it was new. */
export function fold(draft: Draft, entry: Entry): boolean {
  const { event } = entry;
  if (event.type === "Said" || event.type === "Noticed" || event.type === "Sampled") {
    if (entry.seq <= draft.trace_seq) return false;
    draft.trace_seq = entry.seq;
  } else {
    if (entry.seq <= draft.seq) return false;
    draft.seq = entry.seq;
  }
  take(draft, event);
  return true;
}

// One case an event, one line a case: it is the table of what each means.
function take(draft: Draft, event: EventUnion): void {
  switch (event.type) {
    case "Reported":
      return report(draft, event);
    case "TasksAssigned":
      return assign(draft, event);
    case "TasksReady":
      return each(draft, event.tasks, (task) => fresh(task, "ready"));
    case "Submitted":
      return submit(draft, event);
    case "TasksGivenBack":
      return each(draft, event.tasks, (task) => giveBack(draft, task, event.reason));
    case "TasksSkipped":
      return each(draft, event.tasks, (task) => ended(task, "skipped", { cause: event.cause }));
    case "TasksCancelled":
      return each(draft, event.tasks, (task) => ended(task, "cancelled", { reason: event.reason }));
    case "TaskCondemned":
      return each(draft, [event.task], (task) => ended(task, "failed", { failure: event.failure }));
    case "SessionOpened":
    case "SessionClosed":
    case "SessionFailed":
      return changeSession(draft, event);
    case "Unkept":
      return things(draft, event.objects, (thing) => ({ ...thing, kept: false }));
    case "ObjectsDropped":
      return things(draft, event.objects, (thing) => ({ ...thing, state: "dropped" }));
    case "ObjectsLost":
      return things(draft, event.objects, (thing) => ({ ...thing, state: "lost" }));
    case "EngineJoined":
      draft.engines.set(
        event.engine,
        engine(event.engine, { ...event, host: event.name || event.host }),
      );
      return;
    case "EngineLost":
      return lose(draft, event);
    case "Sampled":
      return changeEngine(draft, event.engine, { cpu: event.cpu, memory: event.memory });
    case "ControllerLost":
    case "EnginesUnavailable":
      return notice(draft, event.reason);
    case "Noticed":
      return notice(draft, event.text);
    case "CancelRequested":
      return hide(draft, event);
    case "StagePointSet":
    case "LimitSet":
    case "LogLevelSet":
    case "EngineResumed":
    case "CapacityKnown":
    case "Said":
    case "Logged":
      return; // what follows from them is said by verdicts; output has readers of its own
    default:
      return unreachable(event); // an event that is new in Python stops the build here
  }
}

// Tasks

function submit(draft: Draft, event: Submitted): void {
  const sizes = new Map(event.sizes);
  const makers = new Map<ObjectId, TaskId>();
  for (const spec of event.tasks) for (const id of spec[5]) makers.set(id, spec[0]);
  for (const [id, label, data_type, content_type, keep, constant] of event.objects) {
    draft.objects.set(id, {
      id,
      label,
      data_type,
      content_type,
      state: constant ? "made" : "unmade",
      size: sizes.get(id) ?? null,
      maker: makers.get(id) ?? null,
      kept: keep,
      constant,
    });
  }
  for (const spec of event.tasks) {
    draft.tasks.set(spec[0], declaredTask(spec));
    draft.touched.add(spec[0]);
  }
  for (const [key, text] of event.sources) draft.sources.set(key, text);
  if (event.tasks.length > 0) draft.shape = true;
  const session = draft.sessions.get(event.session);
  if (session) draft.sessions.set(session.id, { ...session, submits: session.submits + 1 });
}

function assign(draft: Draft, event: TasksAssigned): void {
  event.tasks.forEach((id, i) => {
    const task = draft.tasks.get(id);
    const assignment = event.assignments[i];
    if (!task || assignment === undefined) return;
    put(draft, { ...fresh(task, "assigned"), engine: event.engine, assignment });
  });
}

/** Only the open assignment of a task counts: rows of another one are too late. */
function report(draft: Draft, event: Reported): void {
  for (const [id, assignment, began] of event.started) {
    const task = open(draft, id, assignment);
    if (task) put(draft, { ...running(task, "running", began, null), assignment });
  }
  for (const [id, assignment, began, end, infos] of event.finished) {
    const task = open(draft, id, assignment);
    if (!task) continue;
    put(draft, running(task, "finished", began, end));
    // Outputs of which nothing is said stayed in their batch.
    if (infos.length < task.outputs.length) learn(draft, task.outputs.map(unknownInfo));
    learn(draft, infos);
  }
  learn(draft, event.published);
  for (const [id, assignment, began, end, failure] of event.failed) {
    const task = open(draft, id, assignment);
    if (!task) continue;
    const attempts = attemptsOf(task);
    put(draft, ended({ ...task, attempts, began, ended: end }, "failed", { failure }));
  }
}

function open(draft: Draft, id: TaskId, assignment: number): TaskView | undefined {
  const task = draft.tasks.get(id);
  return task?.assignment === assignment ? task : undefined;
}

function giveBack(draft: Draft, task: TaskView, reason: string): TaskView {
  const hasInputs = task.inputs.every((id) => draft.objects.get(id)?.state === "made");
  return { ...fresh(task, hasInputs ? "ready" : "waiting"), reason };
}

/** Leave out tasks that others replaced, with their objects. */
function hide(draft: Draft, event: CancelRequested): void {
  if (!event.replaced) return;
  for (const id of event.tasks) {
    const task = draft.tasks.get(id);
    if (!task) continue;
    draft.tasks.delete(id);
    draft.sources.delete(String(id));
    for (const thing of task.outputs) draft.objects.delete(thing);
    draft.touched.add(id);
    draft.shape = true;
  }
}

// Objects, engines, sessions

function unknownInfo(id: ObjectId): ObjectInfo {
  return [id, 0, "", {}];
}

function learn(draft: Draft, infos: readonly ObjectInfo[]): void {
  for (const [id, size, found] of infos) {
    things(draft, [id], (thing) => {
      return { ...thing, state: "made", size, content_type: found || thing.content_type };
    });
  }
}

type Known = Partial<Pick<EngineView, "host" | "slots" | "pid">>;

function engine(id: EngineId, { host = "", slots = 1, pid = 0 }: Known = {}): EngineView {
  return { id, host, slots, pid, alive: true, reason: "", cpu: 0, memory: 0 };
}

function lose(draft: Draft, event: EngineLost): void {
  changeEngine(draft, event.engine, { alive: false, reason: event.reason });
  for (const [id, assignment] of event.culprits ?? []) {
    const task = open(draft, id, assignment); // it had begun
    if (task) put(draft, { ...task, state: "running", attempts: attemptsOf(task) });
  }
}

function changeEngine(draft: Draft, id: EngineId, change: Partial<EngineView>): void {
  draft.engines.set(id, { ...(draft.engines.get(id) ?? engine(id)), ...change });
}

function changeSession(draft: Draft, event: SessionOpened | SessionClosed | SessionFailed): void {
  const known = draft.sessions.get(event.session) ?? unnamed(event.session);
  draft.sessions.set(event.session, { ...known, ...sessionChange(event) });
}

function sessionChange(
  event: SessionOpened | SessionClosed | SessionFailed,
): Partial<SessionView> & { readonly failure?: Failure } {
  switch (event.type) {
    case "SessionOpened":
      return { name: event.name, on_error: event.on_error };
    case "SessionClosed":
      return { state: "closed", reason: event.reason };
    case "SessionFailed":
      return { state: "failed", failed_task: event.task, failure: event.failure };
    default:
      return unreachable(event);
  }
}

function unnamed(id: SessionId): SessionView {
  const nothing = { submits: 0, reason: "", failed_task: null, failure: null };
  return { id, name: "", on_error: "continue", state: "open", ...nothing };
}
