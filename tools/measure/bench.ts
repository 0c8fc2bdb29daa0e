// npm run bench: prints the cost of a synth of production and of an empty CDK app, with the aim for each figure.
import { colours, runTool, UsageError } from '../command-line';
import { withTemporaryFolder } from '../synthesis/synthesize-sites';
import { type Aimed, bench, type CostSpread, type Figures, onOff } from './bench/bench';
import type { Spread } from './bench/measure';

const usage = `npm run bench [-- options]

Measures wall and CPU time of \`cdk synth -q\` for production with every rule pack and for an empty CDK app on the same toolchain, interleaved,
with the library's own validation off and on; the share of each rule pack; and the time to the first error of a broken configuration.

  --runs <n>  runs of each, 1 to 50 [default: 5]
  --json      print the figures as JSON
  --help      print this text`;

const options = { runs: { type: 'string' }, json: { type: 'boolean' } } as const;

/** Shows one line of progress on a terminal; an empty text clears it. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
  else if (text !== '') process.stderr.write(`${text}\n`);
}

function table({ runs, node, synth, packs, tomShare, firstError }: Figures): string {
  const costs = synth.flatMap(({ validation, empty, production, wallRatio, cpuRatio }) => [
    costLine(`empty app, validation ${onOff(validation)}`, empty),
    costLine(`production, validation ${onOff(validation)}`, production),
    `  ${'times the empty app'.padEnd(label - 2)} wall ${aimText(wallRatio, times)}    CPU ${aimText(cpuRatio, times)}`,
  ]);
  const shares = Object.entries(packs).map(
    ([name, { milliseconds, share }]) => `${name.padEnd(label)} ${milliseconds.toFixed(0).padStart(6)} ms  ${percent(share).padStart(6)}`,
  );
  return [
    `cdk synth -q, ${runs} runs in turn, node ${node}; seconds as minimum / median / maximum`,
    ...costs,
    '',
    'share of each rule pack in the app, without the CLI and the validation of the library; medians',
    ...shares,
    `  ${'TOM pack'.padEnd(label - 2)} ${aimText(tomShare, percent)}`,
    '',
    'a broken configuration, from start to end of the app',
    costLine(firstError.message.slice(0, label), firstError.cost),
    `  ${'CPU'.padEnd(label - 2)} ${aimText(firstError, (value) => `${value.toFixed(2)} s`)}`,
  ].join('\n');
}

const label = 34;
const times = (value: number): string => `${value.toFixed(2)} x`;
const percent = (value: number): string => `${(value * 100).toFixed(1)} %`;

function costLine(name: string, { wall, cpu }: CostSpread): string {
  return `${name.padEnd(label)} wall ${seconds(wall)}    CPU ${seconds(cpu)}`;
}

function seconds({ min, median, max }: Spread): string {
  return [min, median, max].map((value) => value.toFixed(2).padStart(5)).join(' / ');
}

function aimText({ value, aim: limit, met }: Aimed, format: (value: number) => string): string {
  return `${format(value)}, aim ${format(limit)}: ${met ? colours.green('met') : colours.red('missed')}`;
}

runTool({ usage, options }, ({ runs = '5', json = false }) =>
  withTemporaryFolder('bench', async (folder) => {
    if (!/^([1-9]|[1-4]\d|50)$/.test(runs)) throw new UsageError(`--runs: expected a number from 1 to 50, got ${runs}`);
    const figures = bench({ runs: Number(runs), folder, progress });
    progress('');
    console.log(json ? JSON.stringify(figures, undefined, 2) : table(figures));
    return 0;
  }),
);
