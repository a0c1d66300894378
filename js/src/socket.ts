/** A websocket that comes back by itself: lost, it is opened again, later each time it fails. */

/** ms until the first attempt to open it again; doubled each time, up to the most. */
export const FIRST_WAIT = 500;
export const MOST_WAIT = 10_000;

const OPEN = 1; // WebSocket.OPEN

export interface Socket {
  /** Send it, if the socket is open; what is said meanwhile is lost. */
  send(message: object): void;
  close(): void;
}

export interface Ears {
  /** A message came. */
  hear(text: string): void;
  /** It was opened, the first time or again. */
  opened(): void;
  /** It was lost, or could not be opened; it is tried again. */
  lost(): void;
}

/** What is used of a browser's own websocket. */
export type Wire = Pick<
  WebSocket,
  "onopen" | "onmessage" | "onclose" | "readyState" | "send" | "close"
>;

/** `make` begins to open one, each time anew. */
export function openSocket(make: () => Wire, ears: Ears): Socket {
  let socket: Wire | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let wait = FIRST_WAIT;
  let ended = false;

  const open = (): void => {
    timer = null;
    const made = make();
    socket = made;
    made.onopen = () => {
      wait = FIRST_WAIT;
      ears.opened();
    };
    made.onmessage = (event: MessageEvent) => {
      if (typeof event.data === "string" && !ended) ears.hear(event.data);
    };
    made.onclose = () => {
      if (ended) return;
      socket = null;
      timer = setTimeout(open, wait);
      wait = Math.min(MOST_WAIT, wait * 2);
      ears.lost();
    };
  };
  open();
  return {
    send(message) {
      if (socket?.readyState === OPEN) socket.send(JSON.stringify(message));
    },
    close() {
      ended = true;
      if (timer !== null) clearTimeout(timer);
      socket?.close();
    },
  };
}
