// npm run cost as people run it, and the table of the README.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeLake } from '../../../lib/cost/before-lake';
import { estimate } from '../../../lib/cost/estimate';
import { cheapest, pulled, savings } from '../../../lib/cost/levers';
import { withoutBackups } from '../../../lib/cost/resources';
import { scale } from '../../../lib/cost/scale';
import { clickstream, comparison } from '../../../tools/cost/comparison';
import { estimateValue } from '../../../tools/cost/json';
import { biggest, estimateText, leversText } from '../../../tools/cost/print';
import { scaleText } from '../../../tools/cost/scale-table';
import { projectRoot } from '../../../tools/synthesis/synthesize';
import { asPricedBefore, load, production } from '../../lib/cost/load';
import { commandArguments } from '../command-arguments';

const readme = readFileSync(join(projectRoot, 'README.md'), 'utf8');
const stacks = production();
const run = (...args: readonly string[]) =>
  spawnSync(process.execPath, commandArguments('tools/cost.ts', ...args), { cwd: projectRoot, encoding: 'utf8' });

describe('the README', () => {
  const { rows, text } = comparison(stacks, 200);

  /** The table and its levers in a text, and the numbers of it in order. */
  const tableIn = (page: string) => {
    const lines = page.split('\n').filter((line) => /^\| (hits\/s|idle|[\d,]+ ) |^- Levers at /.test(line));
    const words = lines.join('\n').replaceAll(/ +/g, ' ');
    return {
      form: words.replaceAll(/\d[\d,.]*/g, '0'),
      numbers: (words.match(/\d[\d,.]*/g) ?? []).map((word) => Number(word.replaceAll(',', ''))),
    };
  };

  test('has the table of npm run cost -- --table, each figure within 2 %: run it, and copy its output', () => {
    expect(readme).toContain('npm run cost -- --table');
    const [written, current] = [tableIn(readme), tableIn(text)];
    expect(current.numbers.length).toBeGreaterThan(35);
    expect(written.form).toBe(current.form);
    for (const [index, number] of current.numbers.entries()) {
      expect(Math.abs((written.numbers[index] ?? Number.NaN) - number)).toBeLessThanOrEqual(number * 0.02);
    }
  });

  test('has the figure of Clickstream at the bytes of 2,000 hits a second, and that of the lake with levers', () => {
    const row = rows.find(({ hitsPerSecond }) => hitsPerSecond === clickstream.megabytesPerSecond * 1000);
    const usd = Math.round(row?.pulled[1].usd ?? Number.NaN);
    expect(readme.replaceAll('\n', ' ')).toContain(
      `about ${clickstream.usd.toLocaleString('en-US')} dollars a month for ${clickstream.megabytesPerSecond} MB/s`,
    );
    // The README says so: more with the levers that have a setting, less with each, what-ifs included.
    expect(usd).toBeGreaterThan(clickstream.usd);
    expect(readme.replaceAll('\n', ' ')).toContain(`${usd.toLocaleString('en-US')} dollars with the levers`);
    const late = load(2000, 26, { sites: 200 });
    const path = withoutBackups(stacks);
    const all = estimate(path, late, pulled(path, late, cheapest(path, late))).usd;
    expect(all).toBeLessThan(clickstream.usd);
    expect(readme.replaceAll('\n', ' ')).toContain(`${Math.round(all).toLocaleString('en-US')} with every lever`);
    expect(row?.now[1].usd).toBeGreaterThan(2 * clickstream.usd);
  });

  test('has what the copies of the database cost apart, each figure within 2 %', () => {
    const [, ...written] =
      /vault of copies costs ([\d,]+) dollars more .*?, at 100 hits a second ([\d,]+), idle (\d+)\./.exec(readme.replaceAll('\n', ' ')) ??
      [];
    const copies = [2000, 100, 0].map((rate) =>
      estimate(stacks, load(rate, 26, { sites: 200 }))
        .lines.filter(({ type }) => type === 'AWS::Backup::BackupVault')
        .reduce((sum, { usd }) => sum + usd, 0),
    );
    expect(written).toHaveLength(3);
    for (const [index, usd] of copies.entries())
      expect(Math.abs(Number(written[index]?.replaceAll(',', '')) - usd)).toBeLessThan(0.02 * usd);
  });

  test('20,000 hits a second after 25 months are impossible in the database, and below a dollar a million with the lake and levers', () => {
    const row = rows.find(({ hitsPerSecond }) => hitsPerSecond === 20_000);
    expect(row?.before[1].possible).toBe(false);
    expect(row?.pulled[1]).toMatchObject({ possible: true });
    expect(row?.pulled[1].usdPerMillion).toBeLessThan(1);
    expect(row?.now[1].usdPerMillion).toBeGreaterThan(1);
  });
});

describe('the text', () => {
  const month = estimate(stacks, load(2000, 26), asPricedBefore);
  const text = estimateText(month);

  test('has stacks, types, the total and the price of a million', () => {
    expect(text).toMatch(/^data +[\d,]+ +\d+ %$/m);
    expect(text).toMatch(/^ +RDS::DBCluster +[\d,]+ +\d+ %$/m);
    expect(text).toContain(Math.round(month.usd).toLocaleString('en-US'));
    expect(text).toMatch(new RegExp(`^a million hits +${month.usdPerMillion?.toFixed(2)}$`, 'm'));
  });

  test('has the order in which regions stand in, and the prices that do', () => {
    expect(text).toContain('the first of eu-west-3, eu-central-1, eu-west-2, us-east-1, eu-west-1, us-west-2 stands in');
    expect(text).toMatch(/Prices of other regions, \d+ % of the total: .*Aurora storage \(eu-central-1\)/);
    expect(text).toMatch(/Prices of secondary sources, \d+ % of the total: .*\[24\] undated/);
  });

  test('names the five biggest drivers, which prices.md has in this order', () => {
    expect(biggest(month.lines).map(({ name }) => name)).toEqual([
      'Aurora storage',
      'WAF requests',
      'Aurora capacity',
      'Aurora I/O',
      'stream',
    ]);
    const idle = estimate(stacks, load(0));
    expect(
      biggest(idle.lines)
        .map(({ name }) => name)
        .slice(0, 4),
    ).toEqual(['Network Firewall', 'Aurora capacity', 'servers and disks', 'interface endpoints']);
  });

  test('reports a database that is too large', () => {
    expect(text).not.toContain('Not possible');
    expect(estimateText(estimate(stacks, load(20_000, 26), beforeLake(25)))).toContain('Not possible: the database would exceed 256 TiB');
  });

  test('has each lever with its saving, its clauses and what it gives up', () => {
    const listed = leversText(savings(stacks, load(2000, 26), beforeLake(25)));
    expect(listed).toMatch(/^ +859 {2}provisioned-stream: .*; by collection\.stream\n +gives up scaling by itself: .* \(TOM-6\.9\)$/m);
    expect(listed).toMatch(/following-shards: .*; no setting does it\n/);
  });

  test('has the scale with bottlenecks and quotas', () => {
    const found = scaleText(scale(stacks, { sites: 200, hitsPerRequest: 1, month: 26 }, beforeLake(25)));
    expect(found).toMatch(/^hits a second +100 +2,000 +20,000 +200,000 +1,000,000$/m);
    expect(found).toContain('20,000 hits a second\n  first bottleneck: database: volume of 256 TiB with 25 months, at 3,231 hits a second');
  });
});

test('the JSON has each line with its price, region and sources', () => {
  const { lines, usd } = estimateValue(estimate(stacks, load(100)));
  expect(lines.find(({ service }) => service === 'RDS Proxy')).toEqual({
    stack: 'data',
    type: 'AWS::RDS::DBProxy',
    item: 'proxied capacity',
    quantity: 5840,
    unit: 'ACU-hour or vCPU-hour',
    usd: 105.12,
    service: 'RDS Proxy',
    region: 'eu-central-1',
    fallback: true,
    secondary: false,
    sources: [7, 22],
  });
  expect(usd).toBeCloseTo(
    lines.reduce((sum, line) => sum + line.usd, 0),
    0,
  );
});

describe('npm run cost', () => {
  test('prints an estimate as JSON', () => {
    const { status, stdout } = run('--deployment', 'development', '--hits-per-second', '0', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ load: { hitsPerSecond: 0, sites: 200, hitsPerRequest: 1 }, possible: true });
  });

  test('prints its usage, and each assumption', () => {
    expect(run('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('npm run cost [-- options]') });
    expect(run('--assumptions').stdout).toMatch(/^hitBytes +1000 +bytes/m);
  });

  test('refuses a mistake with exit code 2', () => {
    expect(run('--month', '0')).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining('--month: expected') });
    expect(run('--site', 'moon')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--site: expected home or recovery, got moon'),
    });
  });

  test('refuses an unknown deployment with exit code 1', () => {
    expect(run('--deployment', 'nowhere')).toMatchObject({ status: 1, stdout: '' });
  });
});
