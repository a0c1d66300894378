/**
 * Builds the front end: `node build.mjs` writes ../flowlab/static, `--watch` again at each change.
 *
 * The widget's bundle is packed: the notebook sends it with each widget, and again at each reload of
 * the page. `--watch` leaves it as it is, to be read in the browser.
 *
 * `--sizes` also tells what each file takes up in the bundles.
 * `--tests` bundles each `src/*.test.ts` and the benchmark into ../build/js, where node runs them.
 */

import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { deflateRawSync } from "node:zlib";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const sources = join(here, "src");

/** Style sheets are put in as text, without what only people read. */
const styles = {
  name: "styles",
  setup(build) {
    build.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      const { code } = await esbuild.transform(text, { loader: "css", minify: true });
      return { contents: code.trim(), loader: "text" };
    });
  },
};

const common = {
  bundle: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  logLevel: "warning",
};

const product = {
  ...common,
  entryPoints: ["widget.ts", "dashboard.ts"].map((name) => join(sources, name)),
  outdir: join(here, "..", "flowlab", "static"),
  plugins: [styles],
  minify: true,
  legalComments: "none",
  platform: "browser",
};

/** A module that unpacks another one, once, and exports what its default export makes. */
function packed(code) {
  const text = deflateRawSync(code, { level: 9 }).toString("base64");
  return `const packed = "${text}";
const unpack = async () => {
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const code = await new Response(plain).arrayBuffer();
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  try {
    return await import(url);
  } finally {
    URL.revokeObjectURL(url);
  }
};
let unpacked;
export default async () => (await (unpacked ??= unpack())).default();
`;
}

async function pack(file) {
  await writeFile(file, packed(await readFile(file)));
}

function tests() {
  const names = readdirSync(sources).filter((name) => /(\.test|^bench)\.ts$/.test(name));
  const outdir = join(here, "..", "build", "js");
  mkdirSync(outdir, { recursive: true });
  for (const built of readdirSync(outdir)) {
    if (!names.includes(built.replace(".mjs", ".ts"))) rmSync(join(outdir, built)); // its source went
  }
  return {
    ...common,
    entryPoints: names.map((name) => join(sources, name)),
    outdir,
    loader: { ".css": "text" },
    outExtension: { ".js": ".mjs" },
    platform: "node",
    sourcemap: "inline",
  };
}

if (process.argv.includes("--tests")) {
  await esbuild.build(tests());
} else if (process.argv.includes("--watch")) {
  const context = await esbuild.context({ ...product, logLevel: "info", sourcemap: "inline" });
  await context.watch();
} else {
  const { metafile } = await esbuild.build({ ...product, metafile: true });
  await pack(join(product.outdir, "widget.js"));
  if (process.argv.includes("--sizes")) console.log(await esbuild.analyzeMetafile(metafile));
}
