/**
 * Builds the front end: `node build.mjs` writes ../flowlab/static, `--watch` again at each change.
 *
 * `--sizes` also tells what each file takes up in the bundles.
 * `--tests` bundles each `src/*.test.ts` and the benchmark into ../build/js, where node runs them.
 */

import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
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
  if (process.argv.includes("--sizes")) console.log(await esbuild.analyzeMetafile(metafile));
}
