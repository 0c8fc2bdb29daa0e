// The scale as text: a column for each load.
import type { Limit } from '../../lib/cost/limits';
import type { ScaleRow } from '../../lib/cost/scale';
import { columns } from '../command-output';
import { money } from './print';

const figure = (value: number, digits = 0): string => value.toLocaleString('en-US', { maximumFractionDigits: digits });

const subjects: readonly (readonly [title: string, cell: (row: ScaleRow) => string])[] = [
  ['servers', ({ servers }) => figure(servers)],
  ['stream, MB/s', ({ megabytesPerSecond }) => figure(megabytesPerSecond, 1)],
  ['shards', ({ shards }) => figure(shards)],
  ['ingest, concurrent invocations', ({ ingestConcurrency }) => figure(ingestConcurrency, 1)],
  ['database, ACU an instance (assumed)', ({ acu }) => figure(acu, 1)],
  ['database, TB', ({ databaseTb, possible }) => `${figure(databaseTb, 1)}${possible ? '' : ', impossible'}`],
  ['lake, TB', ({ lakeTb }) => figure(lakeTb, 1)],
  ['between zones, GB a month', ({ crossZoneGb }) => figure(crossZoneGb)],
  ['USD a month', ({ usd }) => money(usd)],
  ['USD a million hits', ({ usdPerMillion }) => usdPerMillion.toFixed(2)],
];

export function scaleText(rows: readonly ScaleRow[]): string {
  const head = ['hits a second', ...rows.map(({ hitsPerSecond }) => figure(hitsPerSecond))];
  const table = columns([head, ...subjects.map(([title, cell]) => [title, ...rows.map(cell)])]);
  return [table, ...rows.map(limitsText), 'Beyond a limit the cost is that of the model, as if the limit were raised.'].join('\n\n');
}

function limitsText({ hitsPerSecond, exceeded, next, quotas }: ScaleRow): string {
  const limit = (of: Limit): string => `${of.name}, at ${figure(of.hitsPerSecond)} hits a second [${of.source}]; ${of.remedy}`;
  const [bottleneck, ...further] = exceeded;
  return [
    `${figure(hitsPerSecond)} hits a second`,
    `  first bottleneck: ${bottleneck === undefined ? 'none' : limit(bottleneck)}`,
    ...further.map((each) => `  then: ${limit(each)}`),
    ...(next === undefined || bottleneck !== undefined ? [] : [`  next: ${limit(next)}`]),
    `  quotas to raise: ${quotas.join('; ')}`,
  ].join('\n');
}
