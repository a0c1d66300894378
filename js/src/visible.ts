/** Text of tasks made safe to show: what would act, or hide, is written out.
 *
 * The twin of flowlab/view/visible.py. A name may hold anything: markup, terminal codes, marks that
 * turn the line around, half characters, megabytes. Names go through `visible`, lines of a log
 * through `logged`, and sources and tracebacks through `block`.
 */

export const MOST = 200; // columns of one text that are shown at most
export const LINE = 4_200; // characters of a line of a log, and of what says that it was cut
export const BLOCK = 200_000; // characters of a source or a traceback

const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u;
const HIDES = new RegExp(HIDDEN, "gu");
const WIDE =
  /[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\u4dbf\u4e00-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18d08}\u{1aff0}-\u{1b2fb}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]/u;
const PLAIN = /^[\x20-\x7e]*$/;
// Terminal codes: colours and movements (CSI), titles and links (OSC and kin), two-letter ones.
const ANSI =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]*[0-OQ-WYZ`-~])/g;

/** The text on one line, as wide as `most` columns at most, with its control characters shown.
 *
 * A wide (East Asian) character takes two columns; a combining one is counted as one.
 */
export function visible(text: string, most: number = MOST): string {
  if (text.length <= most && PLAIN.test(text)) return text;
  const shown: string[] = [];
  let width = 0;
  let count = 0;
  for (const character of text) {
    if (count > most) return cut(shown, most); // so that a megabyte costs no more than a line
    count += 1;
    const piece = show(character);
    width += columns(piece);
    if (width > most) return cut(shown, most);
    shown.push(piece);
  }
  return shown.join("");
}

/** A line of a log: terminal codes are left out, and so is what a carriage return wrote over. */
export function logged(text: string, most: number = LINE): string {
  const line = shorten(text, most).replace(ANSI, "");
  const rewritten = line.replace(/\r+$/, "").lastIndexOf("\r");
  return (rewritten < 0 ? line.replace(/\r+$/, "") : line.slice(rewritten)).replace(
    HIDES,
    showInLog,
  );
}

/** Several lines, as a source or a traceback is: terminal codes are left out, line ends stay. */
export function block(text: string, most: number = BLOCK): string {
  return shorten(text, most).replace(ANSI, "").replace(/\r\n?/g, "\n").replace(HIDES, showInBlock);
}

/** A duration for people: `3 ms`, `1.2 s`, `4 min 10 s`, `2 h 5 min`. */
export function seconds(duration: number): string {
  if (duration < 0.9995) return `${even(duration * 1000)} ms`;
  if (duration < 59.95) return `${tenths(duration)} s`;
  const whole = even(duration);
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A size for people: `812 B`, `1.4 kB`, `23 MB`. */
export function bytes(size: number): string {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let amount = size;
  let unit = 0;
  while (amount >= 999.5 && unit < units.length - 1) {
    amount /= 1000;
    unit += 1;
  }
  const told = unit === 0 || amount >= 9.95 ? amount.toFixed(0) : amount.toFixed(1);
  return `${told} ${units[unit]}`;
}

/** The time of day, to the millisecond: `14:03:07.120`. */
export function clock(at: number): string {
  const date = new Date(at * 1000);
  if (Number.isNaN(date.getTime())) return "--:--:--.---";
  const two = (part: number): string => String(part).padStart(2, "0");
  const hour = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return `${hour}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

/** A count with its word: `1 task`, `12 tasks`. */
export function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

function shorten(text: string, most: number): string {
  if (text.length <= most) return text;
  return `${text.slice(0, most)}… ${text.length - most} more characters`;
}

function show(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCharCode(0x2400 + code); // the picture of that character
  if (code === 0x7f) return "\u2421";
  if (code === 0x200c || code === 0x200d) return character; // part of ordinary words and emoji
  if (!HIDDEN.test(character)) return character;
  return `<U+${code.toString(16).toUpperCase().padStart(4, "0")}>`;
}

function showInLog(character: string): string {
  return character === "\t" ? character : show(character);
}

function showInBlock(character: string): string {
  return character === "\t" || character === "\n" ? character : show(character);
}

/** Drop pieces from the end until the ellipsis fits. */
function cut(shown: string[], most: number): string {
  let width = columns(shown.join(""));
  while (shown.length > 0 && width > most - 1) width -= columns(shown.pop() ?? "");
  return `${shown.join("")}…`;
}

function columns(text: string): number {
  let width = 0;
  for (const character of text) width += WIDE.test(character) ? 2 : 1;
  return width;
}

/** To the nearest whole number, a half to the even one: as Python does. */
function even(amount: number): number {
  const below = Math.floor(amount);
  if (amount - below !== 0.5) return Math.round(amount);
  return below % 2 === 0 ? below : below + 1;
}

function tenths(amount: number): string {
  // toFixed takes a tie away from zero, Python's format to the even digit: 1.25 is 1.2 there.
  return Number.isInteger(amount * 4) && !Number.isInteger(amount * 2)
    ? (even(amount * 10) / 10).toFixed(1)
    : amount.toFixed(1);
}
