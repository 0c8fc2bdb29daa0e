// npm run simulate:scaling: simulates traffic on a model of the collector fleet, with the scaling settings of the
// synthesized templates.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runTool, ToolError, UsageError } from '../command-line';
import { readStacks } from '../synthesis/assembly';
import { synthesize } from '../synthesis/synthesize';
import { withTemporaryFolder } from '../synthesis/synthesize-sites';
import { type Assumptions, simulate } from './simulate-scaling/fleet';
import { plot } from './simulate-scaling/plot';
import { report, settingsLine } from './simulate-scaling/report';
import { readScaling, type ScalingSettings } from './simulate-scaling/settings';
import { growth, type Scenario, tvSpot } from './simulate-scaling/traffic';

const usage = `npm run simulate:scaling [-- options]

Synthesizes a deployment, reads the scaling settings of its collector fleet and simulates traffic on a model of it: servers over time,
refused hits, server-hours. Nothing is deployed.

  --scenario tv-spot|million|all  a day with a TV spot (20 times the traffic in 60 s); growth to a million hits per second [default: all]
  --deployment <name>             file of config/ [default: production]
  --base <hits/s>                 hits per second before the spot, and at the start of the growth [default: 1000]
  --capacity <hits/s>             hits per second of one server; two thirds of npm run bench:collector [default: 20000]
  --boot <seconds>                from the scaling decision to a server's first hit [default: 150]
  --warm-boot <seconds>           the same for a server of the warm pool [default: 45]
  --metric-delay <seconds>        until the metrics of a minute are available [default: 60]
  --hit-bytes <bytes>             size of a hit on disk and stream [default: 600]
  --stream-ceiling <MB/s>         limit of an on-demand stream; 200 in most regions, including Paris [default: 200]
  --minimum, --maximum <n>        number of servers, instead of that of the template
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
  minimum: text,
  maximum: text,
  'warm-pool': text,
  svg: text,
  json: { type: 'boolean' },
} as const;

type Values = { readonly [name in Exclude<keyof typeof options, 'json'>]?: string | undefined };

runTool({ usage, options }, async ({ json = false, ...values }) => {
  const scenarios = chooseScenarios(values);
  const assumptions: Assumptions = {
    capacity: readNumber(values, 'capacity', 20_000, 1),
    bootSeconds: readNumber(values, 'boot', 150),
    warmBootSeconds: readNumber(values, 'warm-boot', 45),
    metricDelay: readNumber(values, 'metric-delay', 60),
    hitBytes: readNumber(values, 'hit-bytes', 600, 1),
    streamCeiling: readNumber(values, 'stream-ceiling', 200, 1) * 1e6,
  };
  const settings = overrideSettings(await scalingOf(values.deployment ?? 'production'), values);
  const results = scenarios.map((scenario) => ({ scenario, outcome: simulate(scenario, settings, assumptions) }));
  if (json)
    console.log(
      JSON.stringify({ settings, assumptions, results: results.map(({ scenario, outcome }) => ({ scenario: scenario.name, ...outcome })) }),
    );
  else console.log([settingsLine(settings), ...results.map(({ scenario, outcome }) => report(scenario.title, outcome))].join('\n\n'));
  if (values.svg) {
    mkdirSync(values.svg, { recursive: true });
    for (const { scenario, outcome } of results) writeFileSync(join(values.svg, `${scenario.name}.svg`), plot(scenario.title, outcome));
  }
  return 0;
});

function chooseScenarios(values: Values): readonly Scenario[] {
  const base = readNumber(values, 'base', 1000, 1);
  const all = [tvSpot(base), growth(base, 6)];
  const { scenario = 'all' } = values;
  const found = all.filter(({ name }) => scenario === 'all' || scenario === name);
  if (found.length === 0) throw new UsageError(`--scenario: expected tv-spot, million or all, got ${scenario}`);
  return found;
}

function scalingOf(deployment: string): Promise<ScalingSettings> {
  return withTemporaryFolder('simulate-scaling', async (folder) => {
    const outdir = join(folder, 'assembly');
    const { status, stdout, stderr } = await synthesize({ deployment, site: 'home', outdir, validation: false });
    if (status !== 0) throw new ToolError(stderr || stdout || `synth: expected exit code 0, got ${status}; run npx cdk synth`);
    return readScaling(readStacks(outdir));
  });
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
