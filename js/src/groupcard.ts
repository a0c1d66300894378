/** What is known of a group, or of all tasks: numbers, and failures first. */

import { type Child, element } from "./dom.ts";
import type { Times } from "./groups.ts";
import { facts, list, section, taskLink } from "./links.ts";
import { pickedTasks } from "./members.ts";
import { secondsOf, type TaskView, type View } from "./picture.ts";
import { progressOf } from "./progress.ts";
import type { Picked } from "./selection.ts";
import { plural, seconds, visible } from "./visible.ts";
import { tellStates } from "./words.ts";

const NOTICES = 5; // the newest
const SLOWEST = 3;

/** How long those of these tasks ran that ended on an engine, in s. */
export function timesOf(tasks: Iterable<TaskView>): Times {
  const times: number[] = [];
  for (const task of tasks) {
    const ran = secondsOf(task);
    if (ran !== null) times.push(ran);
  }
  const sum = times.reduce((whole, ran) => whole + ran, 0);
  const mean = times.length > 0 ? sum / times.length : 0;
  const square = times.reduce((whole, ran) => whole + (ran - mean) ** 2, 0);
  return {
    count: times.length,
    mean,
    total: sum,
    deviation: Math.sqrt(square / Math.max(1, times.length)),
  };
}

/** `1.2 s ± 300 ms`, or nothing while no task has ended. */
export function tellTimes({ count, mean, deviation }: Times): string {
  if (count < 2) return count === 0 ? "" : seconds(mean);
  return `${seconds(mean)} ± ${seconds(deviation)}`;
}

export function groupCard(view: View, picked: Picked | null): HTMLElement {
  const tasks = pickedTasks(view, picked);
  if (tasks.length === 0) return nothing(picked);
  const progress = progressOf(tasks);
  const times = timesOf(tasks);
  return element(
    "div",
    { class: "card", "data-card": picked === null ? "all" : "group" },
    element("h3", {}, picked?.kind === "group" ? `${visible(picked.path)}/` : "All tasks"),
    facts([
      ["Finished", `${progress.good}/${progress.total}`],
      ["Others", tellStates(progress.count)],
      ["Mean", tellTimes(times)],
      [
        "In all",
        times.count === 0 ? "" : `${seconds(times.total)} of ${plural(times.count, "task")}`,
      ],
    ]),
    ...section(
      "Failed",
      list(
        tasks.filter((task) => task.state === "failed"),
        drawFailed,
      ),
    ),
    ...section(
      "Running",
      list(
        tasks.filter((task) => task.state === "running"),
        drawTask,
      ),
    ),
    ...section("Longest", list(slowest(tasks), drawTask)),
    ...(picked === null ? notices(view) : []),
    picked === null
      ? element("p", { class: "soft" }, "Pick a task in the graph or the outline to see all of it.")
      : null,
  );
}

function nothing(picked: Picked | null): HTMLElement {
  const words = picked === null ? "No tasks yet." : "It is not there any longer.";
  return element(
    "div",
    { class: "card", "data-card": "none" },
    element("p", { class: "soft" }, words),
  );
}

function drawFailed(task: TaskView): Child[] {
  const message = visible(task.failure?.message ?? "", 120);
  return [taskLink(task, "failed"), element("span", { class: "soft" }, message)];
}

function drawTask(task: TaskView): Child[] {
  const ran = secondsOf(task);
  const where = task.engine === null ? "" : `engine ${task.engine}`;
  return [
    taskLink(task, task.state),
    element("span", { class: "soft" }, ran === null ? where : seconds(ran)),
  ];
}

/** The longest few, without sorting thousands ten times a second. */
function slowest(tasks: readonly TaskView[]): TaskView[] {
  const found: { readonly task: TaskView; readonly ran: number }[] = [];
  for (const task of tasks) {
    const ran = secondsOf(task) ?? -1;
    if (ran < 0 || (found.length === SLOWEST && ran <= (found.at(-1)?.ran ?? 0))) continue;
    found.push({ task, ran });
    found.sort((one, other) => other.ran - one.ran).splice(SLOWEST);
  }
  return found.length < 2 ? [] : found.map((each) => each.task);
}

function notices(view: View): Child[] {
  return section(
    "Notices",
    list(view.notices.slice(-NOTICES).reverse(), (text) => [visible(text, 500)]),
  );
}
