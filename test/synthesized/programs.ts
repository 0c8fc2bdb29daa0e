// Bundles of the programs that tests start as processes again and again: their sources are read and translated once a
// run.
import { readFile, symlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { bundleName } from '../../tools/local-database/programs';
import { projectRoot } from '../../tools/synthesis/synthesize';

const programs = [
  'tools/cost.ts',
  'tools/develop/build-collector.ts',
  'tools/local-database/server-process.ts',
  'tools/measure/bench-database.ts',
  'tools/measure/bench-lake.ts',
  'tools/measure/prove-server.ts',
  'tools/measure/simulate-scaling.ts',
  'tools/offboard.ts',
  'tools/preflight.ts',
  'tools/prove-lake.ts',
  'tools/twin-lake.ts',
  'tools/twin.ts',
  'tools/twin/parts/archive-process.ts',
  'tools/twin/parts/functions-process.ts',
  'tools/twin/parts/stream-process.ts',
  'tools/twin/processes/janitor-process.ts',
];

/** Packages that Node 20.15 cannot load as they are (jest.config.js). */
const modules = /^(?:node-pg-migrate|hyparquet|hyparquet-writer|@hpcc-js\/wasm-zstd)(?:\/|$)/;

/** Files that a source names by its own place are those next to the source, not next to the bundle. */
const places: Plugin = {
  name: 'places',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
      kind === 'entry-point' || modules.test(path) ? undefined : { path, external: true },
    );
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const folder = dirname(path);
      const contents = (await readFile(path, 'utf8'))
        .replaceAll('__dirname', JSON.stringify(folder))
        .replaceAll(/require\.resolve\('(\.[^']*)'\)/g, (_, name: string) => JSON.stringify(resolve(folder, name)));
      return { contents, loader: 'ts' };
    });
  },
};

/** Writes the bundles into the folder. */
export async function buildPrograms(folder: string): Promise<void> {
  // Where a bundle looks for packages.
  await symlink(join(projectRoot, 'node_modules'), join(folder, 'node_modules'));
  await build({
    absWorkingDir: projectRoot,
    entryPoints: programs.map((program) => ({ in: program, out: bundleName(join(projectRoot, program)).replace(/\.cjs$/, '') })),
    outdir: folder,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    logLevel: 'warning',
    plugins: [places],
  });
}
