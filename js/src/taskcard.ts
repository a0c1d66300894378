/** All that is known of one task, as an element. */

import { type Child, element } from "./dom.ts";
import type { Line } from "./lines.ts";
import { facts, groupLink, list, section, taskLink } from "./links.ts";
import { pathOf } from "./members.ts";
import {
  isFinal,
  type ObjectId,
  type ObjectView,
  secondsOf,
  shownId,
  sourceOf,
  type TaskId,
  type TaskView,
  type View,
} from "./picture.ts";
import { isShared } from "./shared.ts";
import { sign } from "./signs.ts";
import { sourceLines, tellPlace } from "./source.ts";
import type { Store } from "./store.ts";
import { block, bytes, clock, logged, seconds, visible } from "./visible.ts";

const SAID = 8; // newest lines of its log
const LOOKED = 4_000; // newest lines of all that are looked through for them
const READERS = 3; // tasks that are named beside an output

/** What the card is made from: when none of it changed, neither does the card. */
export function signatureOf(view: View, task: TaskView): unknown[] {
  const objects = [...task.inputs, ...task.outputs].map((id) => view.objects.get(id));
  const makers = objects.map((object) => view.tasks.get(object?.maker ?? -1)?.state);
  const engine = task.engine === null ? undefined : view.engines.get(task.engine);
  return [task.id, task, sourceOf(view, task), engine?.pid, ...objects, ...makers];
}

/** The newest lines that a task said. */
export function lastLines(store: Store, task: TaskId): Line[] {
  const { lines } = store;
  const found: Line[] = [];
  const least = Math.max(lines.first, lines.next - LOOKED);
  for (let seq = lines.next - 1; seq >= least && found.length < SAID; seq -= 1) {
    const line = lines.at(seq);
    if (line?.task === task) found.unshift(line);
  }
  return found;
}

export function taskCard(view: View, task: TaskView, said: readonly Line[]): HTMLElement {
  return element(
    "div",
    { class: "card", "data-card": "task" },
    element("h3", {}, sign(task.state), visible(task.name)),
    standing(view, task),
    ...wrong(view, task),
    ...source(view, task),
    ...section("Inputs", list(inputsOf(view, task), drawInput)),
    ...section(
      "Outputs",
      list(task.outputs, (id) => drawOutput(view, id)),
    ),
    ...section("Last said", saidLines(said)),
  );
}

function standing(view: View, task: TaskView): HTMLElement {
  const ran = secondsOf(task);
  const group = pathOf(task.name).split("/").slice(0, -1).join("/");
  return facts([
    ["State", task.attempts > 1 ? `${task.state}, attempt ${task.attempts}` : task.state],
    ["Ran", ran === null ? "" : seconds(ran)],
    ["Began", task.began === null ? "" : clock(task.began)],
    ["Ended", task.ended === null ? "" : clock(task.ended)],
    ["Engine", tellEngine(view, task)],
    ["Declared", place(task)],
    ["Group", group === "" ? "" : groupLink(group, visible(group))],
    ["Kind", task.name === task.kind ? "" : visible(task.kind)],
    ["CPUs", task.cpus === 1 ? "" : String(task.cpus)],
    ["Limits", task.limits.map((name) => visible(name, 60)).join(", ")],
    ["Only on", task.where.map((each) => visible(String(each), 60)).join(", ")],
  ]);
}

function place(task: TaskView): Child {
  const told = visible(tellPlace(task.place));
  return told === "" ? "" : element("span", { title: visible(task.place.file, 1000) }, told);
}

function tellEngine(view: View, task: TaskView): string {
  if (task.engine === null) return "";
  const engine = view.engines.get(task.engine);
  const parts = [String(task.engine)];
  if (engine !== undefined && engine.host !== "") parts.push(`on ${visible(engine.host)}`);
  if (engine !== undefined && engine.pid > 0) parts.push(`(pid ${engine.pid})`);
  if (engine !== undefined && !engine.alive) parts.push("– gone");
  return parts.join(" ");
}

/** What went wrong, and whose fault it was. */
function wrong(view: View, task: TaskView): Child[] {
  const { failure } = task;
  const cause = task.cause === null ? undefined : view.tasks.get(task.cause);
  const made: Child[] = [];
  if (cause !== undefined) {
    made.push(
      ...section(
        "Why",
        element("p", {}, "Skipped, because this one did not finish:"),
        taskLink(cause, "cause"),
      ),
    );
  } else if (task.reason !== "") {
    const title = isFinal(task.state) ? "Why" : "Given back by its engine";
    made.push(...section(title, element("p", {}, visible(task.reason, 2000))));
  }
  if (failure === null) return made;
  made.push(...section("Error", element("p", { class: "wrong" }, visible(failure.message, 2000))));
  if (failure.traceback !== "") made.push(text(block(failure.traceback), "Traceback"));
  if (failure.debug !== "")
    made.push(...section("Debug notes", text(block(failure.debug), "Debug notes")));
  return made;
}

function text(content: string, label: string): HTMLElement {
  return element(
    "pre",
    { tabindex: 0, role: "group", "aria-label": label, "data-scroll": label, "data-key": label },
    content,
  );
}

function source(view: View, task: TaskView): Child[] {
  const written = sourceOf(view, task);
  if (written === "") return [];
  const lines = sourceLines(written, task.place, task.state === "failed" ? task.failure : null).map(
    (line) =>
      element(
        "div",
        { class: line.bad ? "line bad" : "line", "data-line": line.number, "aria-label": null },
        line.bad ? element("span", { class: "unseen" }, "failed here: ") : null,
        line.text === "" ? "\u200b" : line.text,
      ),
  );
  const label = `Source of ${visible(task.name, 60)}`;
  return section(
    "Source",
    element(
      "div",
      {
        class: "source",
        tabindex: 0,
        role: "group",
        "aria-label": label,
        "data-scroll": "source",
        "data-key": "source",
      },
      ...lines,
    ),
  );
}

interface Input {
  readonly label: string;
  readonly object: ObjectView | undefined;
  readonly maker: TaskView | undefined;
  readonly id: ObjectId;
}

function inputsOf(view: View, task: TaskView): Input[] {
  return task.inputs.map((id, i) => {
    const object = view.objects.get(id);
    const maker = object?.maker == null ? undefined : view.tasks.get(object.maker);
    return { id, object, maker, label: task.labels[i] ?? "" };
  });
}

function drawInput({ id, label, object, maker }: Input): Child[] {
  const own = isShared(object) ? "" : label;
  const name = visible(own !== "" ? own : (object?.label ?? ""), 60);
  const whose =
    maker === undefined
      ? element("span", {}, object?.constant ? "constant" : shownId(id))
      : taskLink(maker, "in");
  return [
    name === "" ? null : element("span", {}, name),
    name === "" ? null : "←",
    whose,
    tellObject(object),
  ];
}

function drawOutput(view: View, id: ObjectId): Child[] {
  const object = view.objects.get(id);
  const readers = readersOf(view, id);
  return [
    element("span", {}, visible(object?.label ?? "", 60) || shownId(id)),
    tellObject(object),
    readers.length > 0 ? "→" : null,
    ...readers.slice(0, READERS).map((reader) => taskLink(reader, `out ${id}`)),
    readers.length > READERS
      ? element("span", { class: "soft" }, `and ${readers.length - READERS} more`)
      : null,
  ];
}

function readersOf(view: View, id: ObjectId): TaskView[] {
  const found: TaskView[] = [];
  for (const task of view.tasks.values()) if (task.inputs.includes(id)) found.push(task);
  return found;
}

function tellObject(object: ObjectView | undefined): HTMLElement | null {
  if (object === undefined) return null;
  if (isShared(object)) return element("span", { class: "soft" }, "shared object");
  const parts: string[] = [];
  if (object.size !== null) parts.push(bytes(object.size));
  if (object.data_type === "dir") parts.push("directory");
  if (object.content_type !== "") parts.push(visible(object.content_type, 60));
  if (object.state !== "made" && !object.constant) parts.push(TOLD[object.state]);
  else if (object.kept) parts.push("kept");
  return element("span", { class: "soft" }, parts.join(", "));
}

const TOLD: Readonly<Record<ObjectView["state"], string>> = {
  unmade: "not made yet",
  made: "",
  dropped: "not needed any longer",
  lost: "lost",
};

function saidLines(said: readonly Line[]): HTMLElement | null {
  if (said.length === 0) return null;
  return text(said.map((line) => logged(line.text)).join("\n"), "Last said");
}
