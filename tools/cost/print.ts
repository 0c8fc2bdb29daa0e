// The estimate as text: stacks with their resource types, the total, the levers, and prices that stand in for others.
import type { CostLine, Estimate } from '../../lib/cost/estimate';
import type { Saving } from '../../lib/cost/levers';
import { isPossible } from '../../lib/cost/limits';
import { fallbackOrder, pricedRegions } from '../../lib/cost/prices/price';
import { sources } from '../../lib/cost/prices/sources';
import { columns } from '../command-output';
import { assumptionRows } from './request';

/** US dollars without cents, or with them below ten. */
export const money = (usd: number): string => (Math.abs(usd) < 10 ? usd.toFixed(2) : Math.round(usd).toLocaleString('en-US'));

export function estimateText(estimate: Estimate): string {
  const parts = [
    heading(estimate),
    stackTable(estimate),
    ...(isPossible(estimate) ? [] : ['Not possible: the database would exceed 256 TiB. The total is arithmetic only.']),
    [
      'Five biggest drivers:',
      ...biggest(estimate.lines).map(({ name, usd }) => `  ${percent(usd, estimate.usd)} ${name}, ${money(usd)}`),
    ].join('\n'),
    standIns(estimate.lines),
  ];
  return parts.join('\n\n');
}

function heading({ traffic, shape }: Estimate): string {
  const { hitsPerSecond, sites, hitsPerRequest, month } = traffic.load;
  const kept =
    shape.hitsLiveIn === 'database'
      ? `${shape.keepMonths} months in the database`
      : `${shape.hotDays} days in the database, ${shape.keepMonths} months in the lake`;
  return `${hitsPerSecond.toLocaleString('en-US')} hits a second of ${sites} sites, ${hitsPerRequest} in a request; month ${month}; hits are kept ${kept}`;
}

const shortType = (type: string): string => type.replace(/^AWS::/, '');

const percent = (part: number, whole: number): string => `${Math.round((100 * part) / whole)} %`.padStart(5);

function stackTable({ lines, usd, usdPerMillion }: Estimate): string {
  const stacks = [...new Set(lines.map(({ stack }) => stack))].map((stack) =>
    sumOf(
      stack,
      lines.filter((line) => line.stack === stack),
    ),
  );
  const types = (stack: string) => {
    const own = lines.filter((line) => line.stack === stack);
    const sums = [...new Set(own.map(({ type }) => type))].map((type) =>
      sumOf(
        type,
        own.filter((line) => line.type === type),
      ),
    );
    return sums.sort((one, other) => other.usd - one.usd).filter((sum) => sum.usd >= 0.5);
  };
  const rows = stacks
    .sort((one, other) => other.usd - one.usd)
    .flatMap((stack) => [
      [stack.name, '', money(stack.usd), percent(stack.usd, usd)],
      ...types(stack.name).map((type) => ['', shortType(type.name), money(type.usd), percent(type.usd, usd)]),
    ]);
  const total = [
    ['total', '', money(usd), ''],
    ...(usdPerMillion === undefined ? [] : [['a million hits', '', usdPerMillion.toFixed(2), '']]),
  ];
  return aligned([['stack', 'resource type', 'USD a month', 'share'], ...rows, ...total]);
}

/** Columns, the numbers of the third to the right. */
function aligned(rows: readonly (readonly string[])[]): string {
  const width = Math.max(...rows.map((row) => row[2]?.length ?? 0));
  return columns(rows.map(([first = '', second = '', number = '', ...rest]) => [first, second, number.padStart(width), ...rest]));
}

interface Sum {
  readonly name: string;
  readonly usd: number;
}

const sumOf = (name: string, lines: readonly CostLine[]): Sum => ({ name, usd: lines.reduce((sum, line) => sum + line.usd, 0) });

/** Items of a resource type that one decision moves together. */
const drivers: readonly (readonly [name: string, type: string, item: RegExp])[] = [
  ['Network Firewall', 'AWS::NetworkFirewall::Firewall', /./],
  ['interface endpoints', 'AWS::EC2::VPCEndpoint', /./],
  ['DNS Firewall', 'AWS::Route53Resolver::FirewallRuleGroup', /./],
  ['VPN', 'AWS::EC2::ClientVpnTargetNetworkAssociation', /./],
  ['servers and disks', 'AWS::AutoScaling::AutoScalingGroup', /./],
  ['WAF requests', 'AWS::WAFv2::WebACL', /requests/],
  ['internet out', 'AWS::ElasticLoadBalancingV2::LoadBalancer', /internet/],
  ['load balancer', 'AWS::ElasticLoadBalancingV2::LoadBalancer', /load|capacity|addresses|trust/],
  ['stream', 'AWS::Kinesis::Stream', /./],
  ['delivery', 'AWS::KinesisFirehose::DeliveryStream', /./],
  ['Aurora capacity', 'AWS::RDS::DBInstance', /./],
  ['Aurora storage', 'AWS::RDS::DBCluster', /storage/],
  ['Aurora I/O', 'AWS::RDS::DBCluster', /I\/O/],
  ['RDS Proxy', 'AWS::RDS::DBProxy', /./],
  ['flow records', 'AWS::EC2::FlowLog', /./],
  ['lake', 'AWS::S3::Bucket', /^lake/],
  ['raw hits', 'AWS::S3::Bucket', /^raw hits/],
  ['ingest', 'AWS::Lambda::Function', /ingest/],
  ['export to the lake', 'AWS::Lambda::Function', /^export/],
];

/** The five largest drivers of a bill. */
export function biggest(lines: readonly CostLine[]): readonly Sum[] {
  const sums = drivers.map(([name, type, item]) =>
    sumOf(
      name,
      lines.filter((line) => line.type === type && item.test(line.item)),
    ),
  );
  return sums.sort((one, other) => other.usd - one.usd).slice(0, 5);
}

export function leversText(saved: readonly Saving[]): string {
  const rows = saved.map(({ lever, usd }) => {
    const clauses = lever.clauses.length === 0 ? '' : ` (${lever.clauses.join(', ')})`;
    const by = lever.setting === undefined ? 'no setting does it' : `by ${lever.setting}`;
    return `${money(usd).padStart(8)}  ${lever.name}: ${lever.title}; ${by}\n          gives up ${lever.givesUp}${clauses}`;
  });
  return ['USD a month that each lever saves alone; below zero it costs more:', ...rows].join('\n');
}

/** Prices of other regions and of secondary sources, by their share of the total. */
function standIns(lines: readonly CostLine[]): string {
  const total = lines.reduce((sum, { usd }) => sum + usd, 0);
  const listed = (title: string, found: readonly CostLine[], label: (line: CostLine) => string): string => {
    const services = [...new Set(found.map(label))];
    const usd = found.reduce((sum, line) => sum + line.usd, 0);
    return `${title}, ${percent(usd, total).trim()} of the total: ${services.length === 0 ? 'none' : services.join('; ')}`;
  };
  const others = lines.filter(({ applied, usd }) => applied.isFallback && usd > 0);
  const secondary = lines.filter(({ applied, usd }) => applied.price.secondary === true && usd > 0);
  const dates = (line: CostLine) =>
    `${line.applied.price.service} ${line.applied.price.sources.map((number) => `[${number}] ${sources[number]?.date}`).join(', ')}`;
  return [
    `Where a region has no public price, the first of ${fallbackOrder.map((letter) => pricedRegions[letter]).join(', ')} stands in.`,
    listed('Prices of other regions', others, ({ applied }) => `${applied.price.service} (${pricedRegions[applied.from]})`),
    listed('Prices of secondary sources', secondary, dates),
  ].join('\n');
}

export function assumptionsText(): readonly [value: unknown, text: string] {
  const rows = assumptionRows.map(({ name, value, unit, meaning, source }) => [
    name,
    String(Number(value.toPrecision(4))),
    unit,
    meaning,
    source,
  ]);
  return [assumptionRows, columns([['assumption', 'value', 'unit', 'meaning', 'source'], ...rows])];
}
