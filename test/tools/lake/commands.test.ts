// npm run lake: requests to the functions, which change something with --confirm only; refusals are shown as they are.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InvokeCommand, InvokeCommandOutput, LambdaClient } from '@aws-sdk/client-lambda';
import type { ReconciledDay } from '../../../lambda/lake/lake-upkeep/reconcile-day';
import type { Site } from '../../../lib/config/site';
import { giveUpObject } from '../../../tools/lake/give-up';
import { type Call, callFunction } from '../../../tools/lake/invoke';
import { reconcileLake } from '../../../tools/lake/reconcile';
import { listErasuresInto, repeatErasures } from '../../../tools/lake/repeat-erasures';

const key = 'lake/site=7/day=2026-11-01/0123456789abcdef.parquet';
const day: ReconciledDay = {
  ...{ site: 7, day: '2026-11-01', place: 'lake', exportedAgain: false },
  ...{ added: [], replaced: [], discarded: [], gone: [], left: [] },
};

let log: jest.SpyInstance;
let folder: string;
beforeEach(() => {
  log = jest.spyOn(console, 'log').mockImplementation(() => undefined);
  folder = mkdtempSync(join(tmpdir(), 'rempart-lake-tool-'));
});
afterEach(() => {
  log.mockRestore();
  rmSync(folder, { recursive: true });
});
const printed = () => String(log.mock.calls[0]?.[0]);

/** Answers of the functions, one after the other, and what they were asked. */
function fake(...answers: readonly unknown[]) {
  const asked: unknown[] = [];
  const call: Call = async (control, request) => {
    asked.push([control, request]);
    const answer = answers[asked.length - 1];
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { asked, call };
}

test('a request is sent to the function of the deployment; its error is that of the tool', async () => {
  const sent: InvokeCommand['input'][] = [];
  const answers = [{ Payload: Buffer.from('{"a":1}') }, { FunctionError: 'Unhandled', Payload: Buffer.from('{"errorMessage":"refused"}') }];
  const send = async ({ input }: InvokeCommand) => {
    sent.push(input);
    return answers[sent.length - 1] as unknown as InvokeCommandOutput;
  };
  const call = callFunction({ deployment: 'production', region: 'eu-west-3' } as Site, { send } as unknown as Pick<LambdaClient, 'send'>);
  expect(await call('lake-upkeep', { b: 2 })).toEqual({ a: 1 });
  await expect(call('lake-upkeep', {})).rejects.toThrow('refused');
  expect(sent[0]).toMatchObject({ FunctionName: 'production-lake-upkeep', Payload: Buffer.from('{"b":2}') });
});

describe('reconcile', () => {
  test('continues until all is compared, and prints each day', async () => {
    const { asked, call } = fake(
      { days: [{ ...day, added: [key] }], failures: [], behind: { site: 7, day: '2026-11-01' } },
      { days: [{ ...day, site: 8, place: 'window', exportedAgain: true }], failures: [] },
    );
    expect(await reconcileLake({}, call)).toBe(0);
    expect(asked).toEqual([
      ['lake-upkeep', { reconcile: { confirm: false } }],
      ['lake-upkeep', { reconcile: { confirm: false, behind: { site: 7, day: '2026-11-01' } } }],
    ]);
    expect(printed().split('\n')).toEqual([
      `site 7, 2026-11-01 (lake): ${key} becomes a file`,
      'site 8, 2026-11-01 (window): is exported again, since an object is gone or damaged',
      'nothing was changed; repeat the command with --confirm',
    ]);
  });

  test.each([
    [{ ...day, gone: [{ key, rows: 5, restorable: true }] }, 1, `is gone, with 5 rows; npm run lake -- restore --key ${key}`],
    [{ ...day, gone: [{ key, rows: 5, restorable: false }] }, 1, `is gone, with 5 rows; npm run lake -- give-up --key ${key}`],
    [{ ...day, left: [{ key, reason: 'damaged' }] }, 1, 'is left: damaged'],
    [{ ...day, replaced: [key] }, 0, 'is gone, and others take its place'],
    [{ ...day, discarded: [key] }, 0, 'awaits its deletion: its rows are elsewhere'],
    [day, 0, 'catalogue and objects are equal'],
  ] as const)('%j has the exit code %p', async (one, code, text) => {
    expect(await reconcileLake({ confirm: true, site: '7', day: '2026-11-01' }, fake({ days: [one], failures: [] }).call)).toBe(code);
    expect(printed()).toContain(text);
    expect(printed()).not.toContain('--confirm');
  });

  test('a failure has the exit code 1, and equal ones say so', async () => {
    expect(await reconcileLake({}, fake({ days: [], failures: ['site 7: no'] }).call)).toBe(1);
    expect(printed()).toBe('failed: site 7: no');
    log.mockClear();
    expect(await reconcileLake({ json: true }, fake({ days: [], failures: [] }).call)).toBe(0);
    expect(JSON.parse(printed())).toEqual({ confirm: false, days: [], failures: [] });
  });

  test.each([
    [{ site: '0' }, '--site: expected the id of a site'],
    [{ site: 'x' }, '--site: expected the id of a site'],
    [{ site: '7', day: 'today' }, '--day: expected a day'],
    [{ day: '2026-11-01' }, '--day: expected a site, got none; add --site'],
  ])('%j asks for nothing', async (options, message) => {
    const { asked, call } = fake();
    await expect(reconcileLake(options, call)).rejects.toThrow(message);
    expect(asked).toEqual([]);
  });
});

describe('give-up', () => {
  test.each([
    [undefined, { key, outcome: 'would be given up', rows: 5 }, `${key}: would be given up, 5 rows; repeat the command with --confirm`],
    [true, { key, outcome: 'given up' }, `${key}: given up, an object without an entry`],
  ] as const)('--confirm %p', async (confirm, result, text) => {
    const { asked, call } = fake(result);
    expect(await giveUpObject({ key, confirm }, call)).toBe(0);
    expect(asked).toEqual([['lake-upkeep', { giveUp: { key, confirm: confirm ?? false } }]]);
    expect(printed()).toBe(text);
  });

  test('without a key of the lake nothing is asked for', async () => {
    const { asked, call } = fake();
    for (const wrong of [undefined, 'lake/site=7', `${key}?versionId=1`])
      await expect(giveUpObject({ key: wrong, confirm: true }, call)).rejects.toThrow('--key: expected lake/site=ID');
    expect(asked).toEqual([]);
  });
});

describe('erasures and repeat', () => {
  const person = '00000000-0000-4000-8000-000000000001';
  const listed = [
    { site: 7, person, visitor: 'v-1' },
    { site: 8, person: null, visitor: 'v-2' },
    { site: 9, person, visitor: null },
  ];
  const actor = { name: 'operator', from: 'restore of the database' };

  test('the list is for its reader alone, and replaces no file', async () => {
    const out = join(folder, 'list');
    const { asked, call } = fake(listed, listed);
    expect(await listErasuresInto({ since: '2026-11-01T00:00:00Z', out }, call)).toBe(0);
    expect(asked).toEqual([['lake-upkeep', { erasures: { since: '2026-11-01T00:00:00Z' } }]]);
    expect(JSON.parse(readFileSync(out, 'utf8'))).toEqual(listed);
    expect(statSync(out).mode & 0o777).toBe(0o600);
    expect(printed()).toBe(`3 erasures since 2026-11-01T00:00:00Z, in ${out}`);
    await expect(listErasuresInto({ since: '2026-11-01T00:00:00Z', out }, call)).rejects.toThrow('--out: expected a new file');
    await expect(listErasuresInto({ out }, call)).rejects.toThrow('--since: expected the time');
    await expect(listErasuresInto({ since: 'x' }, call)).rejects.toThrow('--out: expected a file');
  });

  test('each is repeated by id, and by pseudonym where the snapshot does not have the person; a failure prevents no other', async () => {
    const from = join(folder, 'list');
    writeFileSync(from, JSON.stringify(listed));
    const none = fake();
    expect(await repeatErasures({ from }, none.call)).toBe(0);
    expect(none.asked).toEqual([]);
    expect(printed()).toBe('3 erasures would be repeated; repeat the command with --confirm');
    log.mockClear();
    const { asked, call } = fake('nobody', { erasure: 'x' }, new Error('no'), 'nobody');
    expect(await repeatErasures({ from, confirm: true }, call)).toBe(1);
    expect(asked).toEqual([
      ['person-erase', { site: 7, person: { id: person, visitor: 'v-1' }, actor }],
      ['person-erase', { site: 7, person: { visitor: 'v-1' }, actor }],
      ['person-erase', { site: 8, person: { visitor: 'v-2' }, actor }],
      ['person-erase', { site: 9, person: { id: person }, actor }],
    ]);
    expect(printed()).toBe('1 of 3 erasures repeated, 1 of persons that the database does not have\nsite 8: no');
  });

  test('another file is refused', async () => {
    const from = join(folder, 'list');
    await expect(repeatErasures({}, fake().call)).rejects.toThrow('--from: expected the file');
    await expect(repeatErasures({ from }, fake().call)).rejects.toThrow('--from: expected a list of erasures, got');
    for (const wrong of ['{}', '[1]', '[{"site":"7"}]']) {
      writeFileSync(from, wrong);
      await expect(repeatErasures({ from }, fake().call)).rejects.toThrow('got another content');
    }
  });
});
