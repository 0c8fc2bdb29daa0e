// Writes the collector as one file, as it is deployed, for tests, benchmarks and the twin.
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { serviceProgram } from '../../lib/functions/service-bundle';
import { runTool, UsageError } from '../command-line';

const usage = `npm run build:collector -- --out FILE

Writes the collector's program: one JavaScript file that needs no package. Run it with node; services/collector/env.ts says what
its environment must hold.

  --out FILE   where to write it
  --help       this text`;

const options = { out: { type: 'string' } } as const;

runTool({ usage, options }, async ({ out }) => {
  if (out === undefined) throw new UsageError('--out: expected the name of a file, got none; say where to write the program');
  const program = serviceProgram('collector');
  writeFileSync(resolve(out), program);
  console.log(`${out} ${(program.length / 1000).toFixed(0)} kB`);
  return 0;
});
