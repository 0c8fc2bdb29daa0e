// Bundles every function in one esbuild pass, to the same bytes on every machine.
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { type BuildOptions, buildSync } from 'esbuild';
import { controlMark, controlMarkText } from '../config/control-mark';
import { type Bundles, cachedBundles } from './bundle-cache';

/** Root of the repository. */
export const repository = join(__dirname, '..', '..');

/** Folder of the bundles between runs; git and linters ignore it. */
const cache = join(repository, 'node_modules', '.cache', 'rempart', 'functions');

/** Options of every bundle that runs in the account. */
export const bundleOptions = {
  outdir: 'out',
  write: false,
  bundle: true,
  minify: true,
  sourcemap: false,
  legalComments: 'none',
  charset: 'utf8',
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  mainFields: ['module', 'main'],
  // Not the settings of tsconfig.json: their changes would change the bundles.
  tsconfigRaw: { compilerOptions: { alwaysStrict: true } },
  logLevel: 'error',
} as const satisfies BuildOptions;

let bundled: Bundles | undefined;

/** The bundle of each control, created at most once per process, and only if its sources or packages have changed. */
export function functionBundles(): Bundles {
  bundled ??= cachedBundles(repository, bundleOptions, () => bundleFunctions(repository));
  return bundled;
}

/**
 * The bundle of each `lambda/<concern>/<control>/handler.ts` below `root`, by control, in one pass.
 *
 * A bundle is independent of the machine: no source maps, no comments, names resolved from a fixed folder. The AWS SDK
 * is bundled instead of using the one of the runtime, so that the tested version runs.
 */
export function bundleFunctions(root: string): Bundles {
  const concerns = foldersOf(join(root, 'lambda')).map((concern) => `lambda/${concern}`);
  return bundleFolders(root, concerns, 'handler.ts');
}

/**
 * The bundle of each `<parent>/<folder>/<entry>` below `root`, by folder, in one pass; throws if two folders have the
 * same name.
 */
export function bundleFolders(root: string, parents: readonly string[], entry: string): Bundles {
  const { outputFiles } = buildSync(buildOf(root, entriesIn(root, parents, entry)));
  return new Map(outputFiles.map((file) => [basename(dirname(file.path)), file.text]));
}

/** The files that the bundles of the functions and services below `root` come from, by their path there. */
export function bundledFiles(root: string): readonly string[] {
  const concerns = foldersOf(join(root, 'lambda')).map((concern) => `lambda/${concern}`);
  const entries = [...entriesIn(root, concerns, 'handler.ts'), ...entriesIn(root, ['services'], 'main.ts')];
  return Object.keys(buildSync({ ...buildOf(root, entries), metafile: true }).metafile.inputs);
}

interface Entry {
  readonly in: string;
  readonly out: string;
}

const buildOf = (root: string, entryPoints: readonly Entry[]) => ({
  ...bundleOptions,
  mainFields: [...bundleOptions.mainFields],
  absWorkingDir: root,
  entryPoints: [...entryPoints],
});

function entriesIn(root: string, parents: readonly string[], entry: string): readonly Entry[] {
  const folders = parents.flatMap((parent) =>
    foldersOf(join(root, parent))
      .filter((name) => existsSync(join(root, parent, name, entry)))
      .map((name) => ({ name, path: `${parent}/${name}` })),
  );
  const twice = folders.find(({ name }, index) => folders.findIndex((other) => other.name === name) !== index);
  if (twice) throw new Error(`${twice.path}: expected a name that no other folder has, got ${twice.name} twice; rename one`);
  return folders.map(({ name, path }) => ({ in: `${path}/${entry}`, out: `${name}/index` }));
}

const foldersOf = (path: string): readonly string[] =>
  readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();

/** Files in the folder of a function's bundle, by their path there. */
export type BundledFiles = Readonly<Record<string, string>>;

/**
 * The code of a function: the folder with its bundle, its files and the mark of its control. The name and content of
 * the folder depend only on the source.
 */
export function functionCode(control: string, files: BundledFiles = {}): Code {
  const content = functionBundles().get(control);
  if (!content) {
    const controls = [...functionBundles().keys()].join(', ');
    throw new Error(
      `functionCode: expected a folder of lambda/<concern>/ with a handler.ts (${controls}), got ${control}; add the handler`,
    );
  }
  const marked = { ...files, [controlMark]: controlMarkText(control, content) };
  const hash = createHash('sha256').update(content);
  // With lengths, so that different sets of files have different hashes.
  for (const [path, text] of Object.entries(marked).sort()) hash.update(`\0${path}\0${text.length}\0${text}`);
  const folder = join(cache, `${control}-${hash.digest('hex').slice(0, 16)}`);
  if (!existsSync(folder)) writeWhole(folder, { ...marked, 'index.js': content });
  return Code.fromAsset(folder);
}

/** Writes the folder in one step: no other process reads a part of it. */
function writeWhole(folder: string, files: BundledFiles): void {
  const unfinished = `${folder}.${randomUUID()}`;
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(unfinished, path)), { recursive: true });
    writeFileSync(join(unfinished, path), content);
  }
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    // Another process wrote the folder first, with the same content.
    if (!existsSync(folder)) throw error;
  }
}
