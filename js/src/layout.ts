/**
 * Where the boxes of a graph stand: in columns from left to right, each behind what it needs.
 *
 * The twin of view/layout.py: the same places for the same graph, to the last bit, so that the
 * picture in the saved notebook is the one that was seen. Longest path for the columns,
 * barycenters for the order, isotonic regression for the heights, no dummy nodes.
 */

/** Passes that order the columns, and as many that set the heights. */
export const SWEEPS = 6;

export type Edge = readonly [number, number];

/** Where a box stands: `row` is a height within its band, in boxes. */
export interface Place {
  readonly column: number;
  readonly row: number;
  readonly band: number;
}

/** The places in the order of the boxes, columns in the widest band, and each band's rows. */
export interface Layout {
  readonly places: readonly Place[];
  readonly columns: number;
  readonly heights: readonly number[];
}

/** The neighbours of each node, one after the other; those of `node` end where the next begin. */
interface Neighbours {
  readonly starts: Int32Array;
  readonly nodes: Int32Array;
}

interface Graph {
  readonly count: number;
  readonly before: Neighbours;
  readonly after: Neighbours;
}

/** Places for `count` boxes; at most `columns` in a band, `rows` in a column. */
export function layout(count: number, edges: readonly Edge[], columns = 7, rows = 16): Layout {
  const forward = dropBackEdges(count, edges);
  const before = neighbours(count, forward, 1, 0);
  const graph = { count, before, after: neighbours(count, forward, 0, 1) };
  const layers: number[][] = [];
  findRanks(graph).forEach((rank, node) => {
    while (layers.length <= rank) layers.push([]);
    layers[rank]?.push(node);
  });
  orderLayers(layers, graph);
  const stacks = layers.flatMap((layer) => wrap(layer, rows));
  return foldBands(count, stacks, findHeights(stacks, graph), columns);
}

/** The edges without those that close a circle: groups, contracted, may need each other. */
export function dropBackEdges(count: number, edges: readonly Edge[]): Edge[] {
  const after = neighbours(count, distinct(count, edges), 0, 1);
  const next = after.starts.slice(); // where each node's walk goes on
  const entered = new Uint8Array(count);
  const left = new Uint8Array(count);
  const kept: Edge[] = [];
  for (let root = 0; root < count; root++) {
    if (entered[root]) continue;
    entered[root] = 1;
    const stack = [root];
    while (stack.length > 0) {
      const node = stack[stack.length - 1] as number;
      const place = next[node] as number;
      if (place === after.starts[node + 1]) {
        left[node] = 1;
        stack.pop();
        continue;
      }
      next[node] = place + 1;
      const following = after.nodes[place] as number;
      if (entered[following] && !left[following]) continue; // it is on the way that led here
      kept.push([node, following]);
      if (!entered[following]) {
        entered[following] = 1;
        stack.push(following);
      }
    }
  }
  return kept;
}

function distinct(count: number, edges: readonly Edge[]): Edge[] {
  const seen = new Set<number>();
  return edges.filter(([start, end]) => {
    const key = start * count + end;
    if (start === end || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** The neighbours at the end `to` of the edges that each node has at the end `from`, in order. */
function neighbours(count: number, edges: readonly Edge[], from: 0 | 1, to: 0 | 1): Neighbours {
  const starts = new Int32Array(count + 1);
  for (const edge of edges) add(starts, edge[from] + 1, 1);
  for (let node = 0; node < count; node++) add(starts, node + 1, starts[node] as number);
  const place = starts.slice();
  const nodes = new Int32Array(edges.length);
  for (const edge of edges) {
    nodes[place[edge[from]] as number] = edge[to];
    add(place, edge[from], 1);
  }
  return { starts, nodes };
}

function add(column: Int32Array, place: number, more: number): void {
  column[place] = (column[place] as number) + more;
}

function sizeOf({ starts }: Neighbours, node: number): number {
  return (starts[node + 1] as number) - (starts[node] as number);
}

/** The length of the longest way to each box; what needs nothing stands close to its reader. */
function findRanks({ count, before, after }: Graph): Int32Array {
  const ranks = new Int32Array(count);
  const missing = new Int32Array(count);
  const queue: number[] = [];
  for (let node = 0; node < count; node++) {
    missing[node] = sizeOf(before, node);
    if (missing[node] === 0) queue.push(node);
  }
  const { starts, nodes } = after;
  for (const node of queue) {
    const rank = (ranks[node] as number) + 1;
    for (let i = starts[node] as number; i < (starts[node + 1] as number); i++) {
      const following = nodes[i] as number;
      if (rank > (ranks[following] as number)) ranks[following] = rank;
      add(missing, following, -1);
      if (missing[following] === 0) queue.push(following);
    }
  }
  for (let node = 0; node < count; node++) {
    if (sizeOf(before, node) > 0 || sizeOf(after, node) === 0) continue;
    let nearest = Number.POSITIVE_INFINITY;
    for (let i = starts[node] as number; i < (starts[node + 1] as number); i++) {
      nearest = Math.min(nearest, ranks[nodes[i] as number] as number);
    }
    ranks[node] = nearest - 1;
  }
  return ranks;
}

/** Sort each layer by the mean place of its neighbours, to and fro. */
function orderLayers(layers: number[][], { count, before, after }: Graph): void {
  const place = new Float64Array(count);
  const means = new Float64Array(count);
  for (const layer of layers) spread(layer, place);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const forth = sweep % 2 === 0;
    for (const layer of forth ? layers : layers.slice().reverse()) {
      for (const node of layer) means[node] = mean(forth ? before : after, node, place);
      layer.sort((a, b) => (means[a] as number) - (means[b] as number)); // stable, as in Python
      spread(layer, place);
    }
  }
}

/** Places between 0 and 1, so that layers of different sizes compare. */
function spread(layer: readonly number[], place: Float64Array): void {
  layer.forEach((node, i) => {
    place[node] = (i + 0.5) / layer.length;
  });
}

/** The mean place of a node's neighbours; its own when it has none. */
function mean({ starts, nodes }: Neighbours, node: number, place: Float64Array): number {
  const [start, end] = [starts[node] as number, starts[node + 1] as number];
  if (start === end) return place[node] as number;
  let total = 0;
  for (let i = start; i < end; i++) total += place[nodes[i] as number] as number;
  return total / (end - start);
}

function wrap(layer: readonly number[], rows: number): number[][] {
  const stacks: number[][] = [];
  for (let i = 0; i < layer.length; i += rows) stacks.push(layer.slice(i, i + rows));
  return stacks;
}

/** A height for each box: near the mean of its neighbours, in order, 1 apart at least. */
function findHeights(stacks: readonly (readonly number[])[], graph: Graph): Float64Array {
  const rows = new Float64Array(graph.count);
  const tallest = stacks.reduce((most, stack) => Math.max(most, stack.length), 0);
  for (const stack of stacks) {
    stack.forEach((node, i) => {
      rows[node] = i + (tallest - stack.length) / 2;
    });
  }
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const forth = sweep % 2 === 0;
    for (const stack of forth ? stacks : stacks.slice().reverse()) {
      const wishes = stack.map((node) => mean(forth ? graph.before : graph.after, node, rows));
      spaced(wishes, tallest).forEach((row, i) => {
        rows[stack[i] as number] = row;
      });
    }
  }
  return rows;
}

/**
 * The rows nearest to the wishes that keep their order, are 1 apart and fit.
 *
 * Isotonic regression by pooling neighbours that are in each other's way.
 */
function spaced(wishes: readonly number[], tallest: number): number[] {
  const means: number[] = []; // of the wishes of a pool, less their offset
  const sizes: number[] = [];
  wishes.forEach((wish, i) => {
    let [here, size] = [wish - i, 1];
    while (means.length > 0 && (means[means.length - 1] as number) > here) {
      const [other, others] = [means.pop() as number, sizes.pop() as number];
      here = (here * size + other * others) / (size + others);
      size += others;
    }
    means.push(here);
    sizes.push(size);
  });
  const room = tallest - wishes.length;
  const rows: number[] = [];
  means.forEach((here, pool) => {
    const flat = Math.min(Math.max(here, 0), room);
    for (let i = 0; i < (sizes[pool] as number); i++) rows.push(flat + rows.length);
  });
  return rows;
}

function foldBands(
  count: number,
  stacks: readonly (readonly number[])[],
  rows: Float64Array,
  columns: number,
): Layout {
  const places: Place[] = new Array(count);
  const heights: number[] = [];
  // Bands of equal length: 8 columns are 4 + 4, not 7 + 1.
  const bands = Math.ceil(stacks.length / columns);
  const width = bands > 0 ? Math.ceil(stacks.length / bands) : 0;
  for (let band = 0; band < bands; band++) {
    const inside = stacks.slice(band * width, (band + 1) * width);
    let [top, bottom] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const node of inside.flat()) {
      top = Math.min(top, rows[node] as number);
      bottom = Math.max(bottom, rows[node] as number);
    }
    heights.push(bottom - top + 1);
    inside.forEach((stack, column) => {
      for (const node of stack) places[node] = { column, row: (rows[node] as number) - top, band };
    });
  }
  return { places, columns: width, heights };
}
