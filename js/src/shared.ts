/** Boxes of shared objects: which there are, and which tasks hold them; as in view/groups.py. Pure. */

import type { Edge } from "./layout.ts";
import type { ObjectId, ObjectView, TaskId, View } from "./picture.ts";

/** The content type of what stands for a shared object; as in model/bundles.py. */
const TYPE = "user/flowlab-shared";

/** Shared objects with boxes of their own; more stand together. */
export const MOST = 12;

/** A box that stands for shared objects; `shared` says in words what they are. */
export interface SharedBox {
  readonly name: string;
  readonly path: null;
  readonly tasks: readonly TaskId[];
  readonly shared: string;
}

export function isShared(object: ObjectView | undefined): boolean {
  return object?.content_type === TYPE;
}

/** `Lock` and `db`, of a label `Lock db`. */
export function partsOf(label: string): { kind: string; name: string } {
  const end = label.indexOf(" ");
  if (end < 0) return { kind: label, name: "" };
  return { kind: label.slice(0, end), name: label.slice(end + 1) };
}

/** Boxes of the shared objects that the tasks in these hold, and arrows to those, after these. */
export function sharedBoxes(
  view: View,
  contents: readonly { readonly tasks: readonly TaskId[] }[],
): { contents: SharedBox[]; edges: Edge[] } {
  const holders = new Map<ObjectId, Set<number>>();
  contents.forEach(({ tasks }, place) => {
    for (const task of tasks) for (const id of heldBy(view, task)) note(holders, id, place);
  });
  const first = contents.length;
  if (holders.size > MOST) {
    const places = new Set([...holders.values()].flatMap((held) => [...held]));
    const box = { name: `${holders.size} objects`, path: null, tasks: [], shared: "shared" };
    return { contents: [box], edges: [...places].map((place): Edge => [first, place]) };
  }
  const edges = [...holders.values()].flatMap((held, i) =>
    [...held].map((place): Edge => [first + i, place]),
  );
  return { contents: [...holders.keys()].map((id) => boxOf(view.objects.get(id))), edges };
}

function heldBy(view: View, task: TaskId): ObjectId[] {
  return (view.tasks.get(task)?.inputs ?? []).filter((id) => isShared(view.objects.get(id)));
}

function note(holders: Map<ObjectId, Set<number>>, id: ObjectId, place: number): void {
  const held = holders.get(id);
  if (held) held.add(place);
  else holders.set(id, new Set([place]));
}

function boxOf(object: ObjectView | undefined): SharedBox {
  const { kind, name } = partsOf(object?.label ?? "");
  return { name: name || kind, path: null, tasks: [], shared: `shared ${kind}` };
}
