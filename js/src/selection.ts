/** What the user picked and looks for: one small store that graph, console, inspector and outline follow. */

export type Picked =
  | { readonly kind: "task"; readonly task: number }
  | { readonly kind: "group"; readonly path: string };

export interface Selection {
  readonly current: Picked | null;
  /** The text of the search field; empty when nothing is looked for. */
  readonly search: string;
  pick(picked: Picked | null): void;
  setSearch(text: string): void;
  /** Calls back after each change; gives what ends that. */
  subscribe(listener: () => void): () => void;
}

export function createSelection(): Selection {
  const listeners = new Set<() => void>();
  let current: Picked | null = null;
  let search = "";
  const tell = (): void => {
    for (const listener of [...listeners]) listener();
  };
  return {
    get current() {
      return current;
    },
    get search() {
      return search;
    },
    pick(picked) {
      if (samePick(current, picked)) return;
      current = picked;
      tell();
    },
    setSearch(text) {
      if (search === text) return;
      search = text;
      tell();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}

export function samePick(one: Picked | null, other: Picked | null): boolean {
  if (one === null || other === null) return one === other;
  if (one.kind === "task") return other.kind === "task" && one.task === other.task;
  return other.kind === "group" && one.path === other.path;
}
