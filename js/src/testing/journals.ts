/** Sessions that the Python tests recorded, and what must be seen of them. */

import { readFileSync } from "node:fs";
import views from "../../../tests/journals/views.json" with { type: "json" };
import type { Entry, Snapshot } from "../events.ts";
import type { View } from "../picture.ts";

export interface Recorded {
  readonly name: string;
  readonly entries: readonly Entry[];
  /** What Python sees at the end, in the form of `plain`. */
  readonly view: unknown;
  /** After how many entries a snapshot was made. */
  readonly snapshots: readonly (readonly [number, Snapshot])[];
}

/** All journals. The tests run from a bundle in build/js. */
export const JOURNALS: readonly Recorded[] = views.map(({ journal, view, snapshots }) => {
  const file = new URL(`../../tests/journals/${journal}.jsonl`, import.meta.url);
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  const entries = lines.map((line) => JSON.parse(line) as Entry);
  return { name: journal, entries, view, snapshots: snapshots as unknown as Recorded["snapshots"] };
});

/** A view as plain lists, to compare. */
export function plain(view: View): unknown {
  return {
    epoch: view.epoch,
    seq: view.seq,
    trace_seq: view.trace_seq,
    tasks: [...view.tasks.values()],
    objects: [...view.objects.values()],
    sessions: [...view.sessions.values()],
    engines: [...view.engines.values()],
    sources: [...view.sources],
    notices: [...view.notices],
  };
}
