// npm run simulate:scaling: simulates traffic on a model of the collector fleet and of the path behind it, with the
// settings of the synthesized templates.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assumptions as costAssumptions } from '../../lib/cost/assumptions';
import { runTool, ToolError, UsageError } from '../command-line';
import { readStacks } from '../synthesis/assembly';
import { synthesize } from '../synthesis/synthesize';
import { withTemporaryFolder } from '../synthesis/synthesize-sites';
import { type Assumptions, simulate } from './simulate-scaling/fleet';
import type { PathSettings } from './simulate-scaling/path';
import { readPath } from './simulate-scaling/path-settings';
import { plot } from './simulate-scaling/plot';
import { pathLine, report, settingsLine } from './simulate-scaling/report';
import { readScaling, type ScalingSettings } from './simulate-scaling/settings';
import { growth, type Scenario, tvSpot } from './simulate-scaling/traffic';

const usage = `npm run simulate:scaling [-- options]

Synthesizes a deployment, reads the settings of its collector fleet, stream, ingest and database, and simulates traffic on a model of them:
servers over time, refused hits, server-hours, and the lag, the age of the oldest hit that is not stored. Usual traffic follows until no hit
waits. Nothing is deployed.

  --scenario tv-spot|million|all  a day with a TV spot (20 times the traffic in 60 s); growth to a million hits per second [default: all]
  --deployment <name>             file of config/ [default: production]
  --base <hits/s>                 hits per second before the spot, and at the start of the growth [default: 1000]
  --capacity <hits/s>             hits per second of one server; two thirds of npm run bench:collector [default: 20000]
  --boot <seconds>                from the scaling decision to a server's first hit [default: 150]
  --warm-boot <seconds>           the same for a server of the warm pool [default: 45]
  --metric-delay <seconds>        until the metrics of a minute are available [default: 60]
  --hit-bytes <bytes>             size of a hit on disk and stream [default: 600]
  --stream-ceiling <MB/s>         limit of an on-demand stream; 200 in most regions, including Paris [default: 200]
  --functions <n>                 concurrent executions of Lambda, where the function reserves none [default: 1000]
  --acu-doubling <seconds>        until the capacity of the database has doubled; AWS documents no figure [default: 60]
  --rows-per-acu <rows/s>         rows that a unit of capacity stores [default: the loads of lib/cost/assumptions.ts]
  --minimum, --maximum <n>        number of servers, instead of that of the template
  --shards <n>                    a provisioned stream, instead of that of the template
  --parallel <n>                  batches of a shard, instead of those of the template
  --acu-maximum <n>               largest capacity of the database, instead of that of the template
  --warm-pool <n>                 number of stopped servers, instead of that of the template
  --svg <folder>                  write a chart of each scenario to <folder>/<scenario>.svg
  --json                          print figures and samples as JSON
  --help                          print this text`;

const text = { type: 'string' } as const;
const options = {
  scenario: text,
  deployment: text,
  base: text,
  capacity: text,
  boot: text,
  'warm-boot': text,
  'metric-delay': text,
  'hit-bytes': text,
  'stream-ceiling': text,
  functions: text,
  'acu-doubling': text,
  'rows-per-acu': text,
  shards: text,
  parallel: text,
  'acu-maximum': text,
  minimum: text,
  maximum: text,
  'warm-pool': text,
  svg: text,
  json: { type: 'boolean' },
} as const;

type Values = { readonly [name in Exclude<keyof typeof options, 'json'>]?: string | undefined };

runTool({ usage, options }, async ({ json = false, ...values }) => {
  const scenarios = chooseScenarios(values);
  const assumptions = assumptionsOf(values);
  const templates = await settingsOf(values.deployment ?? 'production');
  const settings = overrideSettings(templates.scaling, values);
  const path = overridePath(templates.path, values);
  const results = scenarios.map((scenario) => ({ scenario, outcome: simulate(scenario, settings, assumptions, path) }));
  if (json)
    console.log(
      JSON.stringify({
        ...{ settings, path, assumptions },
        results: results.map(({ scenario, outcome }) => ({ scenario: scenario.name, ...outcome })),
      }),
    );
  else
    console.log(
      [
        `${settingsLine(settings)}\n${pathLine(path, assumptions)}`,
        ...results.map(({ scenario, outcome }) => report(scenario.title, outcome)),
      ].join('\n\n'),
    );
  if (values.svg) {
    mkdirSync(values.svg, { recursive: true });
    for (const { scenario, outcome } of results) writeFileSync(join(values.svg, `${scenario.name}.svg`), plot(scenario.title, outcome));
  }
  return 0;
});

function assumptionsOf(values: Values): Assumptions {
  return {
    capacity: readNumber(values, 'capacity', 20_000, 1),
    bootSeconds: readNumber(values, 'boot', 150),
    warmBootSeconds: readNumber(values, 'warm-boot', 45),
    metricDelay: readNumber(values, 'metric-delay', 60),
    hitBytes: readNumber(values, 'hit-bytes', 600, 1),
    streamCeiling: readNumber(values, 'stream-ceiling', 200, 1) * 1e6,
    functionConcurrency: readNumber(values, 'functions', 1000, 1),
    acuDoublingSeconds: readNumber(values, 'acu-doubling', 60, 1),
    rowsPerAcu: values['rows-per-acu'] === undefined ? undefined : readNumber(values, 'rows-per-acu', 1, 1),
    invocationSeconds: costAssumptions.invocationSeconds.value,
    ingestSeconds: costAssumptions.ingestSeconds.value,
  };
}

function chooseScenarios(values: Values): readonly Scenario[] {
  const base = readNumber(values, 'base', 1000, 1);
  const all = [tvSpot(base), growth(base, 6)];
  const { scenario = 'all' } = values;
  const found = all.filter(({ name }) => scenario === 'all' || scenario === name);
  if (found.length === 0) throw new UsageError(`--scenario: expected tv-spot, million or all, got ${scenario}`);
  return found;
}

function settingsOf(deployment: string): Promise<{ readonly scaling: ScalingSettings; readonly path: PathSettings }> {
  return withTemporaryFolder('simulate-scaling', async (folder) => {
    const outdir = join(folder, 'assembly');
    const { status, stdout, stderr } = await synthesize({ deployment, site: 'home', outdir, validation: false });
    if (status !== 0) throw new ToolError(stderr || stdout || `synth: expected exit code 0, got ${status}; run npx cdk synth`);
    const stacks = readStacks(outdir);
    return { scaling: readScaling(stacks), path: readPath(stacks) };
  });
}

function overridePath({ stream, ingest, database }: PathSettings, values: Values): PathSettings {
  const maxAcu = readNumber(values, 'acu-maximum', database.maxAcu, 1);
  return {
    stream: values.shards === undefined ? stream : { ...stream, shards: readNumber(values, 'shards', 1, 1) },
    ingest: { ...ingest, parallel: readNumber(values, 'parallel', ingest.parallel, 1) },
    database: { minAcu: Math.min(database.minAcu, maxAcu), maxAcu },
  };
}

function overrideSettings(settings: ScalingSettings, values: Values): ScalingSettings {
  const changed = {
    ...settings,
    minimum: readNumber(values, 'minimum', settings.minimum, 1),
    maximum: readNumber(values, 'maximum', settings.maximum, 1),
    warmPool: readNumber(values, 'warm-pool', settings.warmPool),
  };
  if (changed.minimum > changed.maximum) {
    throw new UsageError(
      `--minimum: expected at most the maximum, ${changed.maximum}, got ${changed.minimum}; lower it, or raise --maximum`,
    );
  }
  return changed;
}

function readNumber(values: Values, name: keyof Values, otherwise: number, least = 0): number {
  const given = values[name];
  if (given === undefined) return otherwise;
  if (!/^\d{1,9}$/.test(given) || Number(given) < least)
    throw new UsageError(`--${name}: expected a whole number of ${least} or more, got ${given}; choose such a number`);
  return Number(given);
}
