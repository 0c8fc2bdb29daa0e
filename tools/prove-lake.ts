// npm run prove:lake: tries to see or change hits of another site in the lake, and counts the attempts.
import { loadSite } from '../lib/config/load';
import { runTool, UsageError } from './command-line';
import { provideZstd } from './local-database/zstd';
import { type LakeProof, proveLake } from './prove-lake/prove';
import { build } from './rehearse/deployments';
import { projectRoot } from './synthesis/synthesize';

const usage = `npm run prove:lake [-- options]

Tries to see or change what another site has in the lake: SQL on the catalogue as the application and as upkeep, filters with SQL and paths,
a catalogue that lies, keys at the store, requests of sessions, sessions with other tags, each role of the deployment, files with rows of
another site, and many sites at the same time. The code is the runtime's, the database a PostgreSQL server with the deployed migrations,
and each request passes the IAM policies of production as they are synthesized. Exit code 1 if an attempt finds something.

  --tries N   random attempts, beside every session and every role (default 10000)
  --seed N    seed of the random numbers (default: 22)
  --json      print one JSON object instead of a table
  --help      print this text`;

const options = {
  tries: { type: 'string', default: '10000' },
  seed: { type: 'string', default: '22' },
  json: { type: 'boolean' },
} as const;

function wholeNumber(name: string, text: string): number {
  if (/^\d{1,8}$/.test(text)) return Number(text);
  throw new UsageError(`--${name}: expected a whole number of at most 8 digits, got ${JSON.stringify(text)}; choose such a number`);
}

function table({ seed, families, tried, found }: LakeProof): string {
  const row = (name: string, ...values: readonly (string | number)[]) =>
    name.padEnd(34) + values.map((value) => value.toLocaleString('en').padStart(10)).join('');
  return [
    row('attempts across sites', 'tried', 'answered', 'refused'),
    ...Object.entries(families).map(([name, count]) => row(name, count.tried, count.answered, count.refused)),
    `${tried.toLocaleString('en')} tried with seed ${seed}, ${found.length === 0 ? 'found nothing' : `${found.length} found:`}`,
    ...found.slice(0, 20),
  ].join('\n');
}

runTool({ usage, options }, async ({ tries, seed, json = false }) => {
  const plan = { tries: wholeNumber('tries', tries), seed: wholeNumber('seed', seed) };
  await provideZstd();
  const site = loadSite({ directory: `${projectRoot}/config`, deployment: 'production', site: 'home' });
  const proof = await proveLake(build(site).assembly, plan);
  console.log(json ? JSON.stringify(proof) : table(proof));
  return proof.found.length === 0 ? 0 : 1;
});
