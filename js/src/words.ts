/** A box in words: its second line, its title, and what is spoken of it; as view/text.py says it. */

import { isGood, STATES, type State, secondsOf, type TaskView } from "./picture.ts";
import { plural, seconds, visible } from "./visible.ts";

// What went wrong comes last, as in view/text.py.
const TOLD: readonly State[] = [
  "running",
  "assigned",
  "ready",
  "waiting",
  "declared",
  "skipped",
  "cancelled",
  "failed",
];

/** How many tasks of a group have a state. */
export type Counts = (state: State) => number;

/** The second line of a task's box. */
export function tellShortly(task: TaskView): string {
  if (task.state === "failed" && task.failure !== null && messageOf(task) !== "") {
    return `failed: ${messageOf(task)}`;
  }
  const ran = secondsOf(task);
  return ran === null ? task.state : `${task.state} · ${seconds(ran)}`;
}

/** How one task stands: its state, and what belongs to it. */
export function describe(task: TaskView): string {
  const parts: string[] = [task.state];
  const ran = secondsOf(task);
  if (task.failure !== null && task.state === "failed") parts.push(messageOf(task));
  else if (ran !== null) parts.push(seconds(ran));
  else if (task.state === "cancelled" && task.reason !== "") parts.push(task.reason);
  if (task.engine !== null && (task.state === "running" || task.state === "failed")) {
    parts.push(`engine ${task.engine}`);
  }
  if (task.attempts > 1) parts.push(`attempt ${task.attempts}`);
  return parts.map((part) => visible(part)).join(", ");
}

/** The states of a group but the good ones: `2 running, 1 failed`. */
export function tellStates(counts: Counts): string {
  return TOLD.filter((state) => counts(state) > 0)
    .map((state) => `${counts(state)} ${state}`)
    .join(", ");
}

/** `3/10 finished`. */
export function tellGood(counts: Counts): string {
  let total = 0;
  let good = 0;
  for (const state of STATES) {
    total += counts(state);
    if (isGood(state)) good += counts(state);
  }
  return `${good}/${total} finished`;
}

/** What is shown while the pointer rests on a task: a line each for name, standing and place. */
export function titleOfTask(task: TaskView): string {
  const { file, line, cell } = task.place;
  const lines = [visible(task.name), describe(task)];
  if (cell !== null) lines.push(`In [${cell}], line ${line}`);
  else if (file !== "") lines.push(`${visible(file)}:${line}`);
  return lines.join("\n");
}

/** What is shown while the pointer rests on a group. */
export function titleOfGroup(name: string, counts: Counts): string {
  const others = tellStates(counts);
  return `${visible(name)}\n${tellGood(counts)}${others === "" ? "" : `, ${others}`}`;
}

/** What is spoken when the cursor comes to a task. */
export function speakTask(task: TaskView): string {
  return `${visible(task.name)}, ${describe(task)}, ${links(task.inputs.length, task.outputs.length)}`;
}

/** What is spoken when the cursor comes to a group with arrows from and to so many boxes. */
export function speakGroup(name: string, counts: Counts, before: number, after: number): string {
  const others = tellStates(counts);
  const told = `${tellGood(counts)}${others === "" ? "" : `, ${others}`}`;
  return `${visible(name)}, group, ${told}, ${links(before, after)}`;
}

/** What is spoken when the cursor comes to a shared object with arrows to so many boxes. */
export function speakShared(name: string, told: string, holders: number): string {
  return `${visible(name)}, ${visible(told)}, ${plural(holders, "holder")}`;
}

function links(inputs: number, outputs: number): string {
  return `${plural(inputs, "input")}, ${plural(outputs, "output")}`;
}

function messageOf(task: TaskView): string {
  return task.failure?.message ?? "";
}
