/** Websockets without a network: a test says what happens to them. */

import type { Wire } from "../socket.ts";

/** One websocket, and the test's end of it. */
export interface End {
  readonly sent: readonly string[];
  readonly isClosed: boolean;
  open(): void;
  say(message: unknown): void;
  lose(): void;
}

export interface Wires {
  /** What makes a websocket. */
  readonly open: () => Wire;
  readonly count: number;
  readonly newest: End;
}

export function createWires(): Wires {
  const ends: End[] = [];
  return {
    open() {
      const [wire, end] = createWire();
      ends.push(end);
      return wire;
    },
    get count() {
      return ends.length;
    },
    get newest() {
      const end = ends.at(-1);
      if (end === undefined) throw new Error("no websocket was opened");
      return end;
    },
  };
}

function createWire(): [Wire, End] {
  const sent: string[] = [];
  const state = { readyState: 0, isClosed: false };
  const wire = {
    onopen: null as (() => void) | null,
    onmessage: null as ((event: { data: unknown }) => void) | null,
    onclose: null as (() => void) | null,
    get readyState() {
      return state.readyState;
    },
    send: (text: string) => sent.push(text),
    close: () => {
      state.isClosed = true;
    },
  };
  const end: End = {
    sent,
    get isClosed() {
      return state.isClosed;
    },
    open() {
      state.readyState = 1;
      wire.onopen?.();
    },
    say: (message) => wire.onmessage?.({ data: message }),
    lose() {
      state.readyState = 3;
      wire.onclose?.();
    },
  };
  return [wire as unknown as Wire, end];
}
