// Recoveries that fail or are killed anywhere: a run after that completes them, with one database from one recovery
// point, erasures before the lake, and the name last.
import { writeFileSync } from 'node:fs';
import { calls } from '../../../tools/recover/calls';
import type { Options } from '../../../tools/recover/recovery';
import { planOf, runSteps, type StepResult } from '../../../tools/recover/step';
import { steps } from '../../../tools/recover/steps';
import { balancer, Disaster, hour, Killed, pointArn, pointOf } from './disaster';

jest.setTimeout(120_000);

let disasters: Disaster[] = [];
const disaster = (...args: ConstructorParameters<typeof Disaster>): Disaster => {
  const made = new Disaster(...args);
  disasters.push(made);
  return made;
};
afterEach(() => {
  for (const each of disasters) each.remove();
  disasters = [];
});

const run = (world: Disaster, options: Partial<Options> = {}) => runSteps(steps, world.recovery(options));
const outcomes = (results: readonly StepResult[]) => Object.fromEntries(results.map(({ step, outcome }) => [step, outcome]));
const reasonOf = async (world: Disaster, options: Partial<Options> = {}) => (await run(world, options)).at(-1)?.reason;
const changes = /^(?:write|cdk|stack|invoke|probe|Change)/;
const order = [`database ${pointArn('new')}`, 'erased', 'reconciled', 'lake starts', 'checked', 'switched'];

/** The order of first occurrences, and each database once. */
function expectRight(world: Disaster, database = pointArn('new')): void {
  const { effects } = world;
  const places = ['erased', 'reconciled', 'lake starts', 'checked', 'switched'].map((effect) => effects.indexOf(effect));
  expect(effects.filter((effect) => effect.startsWith('database'))).toEqual([`database ${database}`]);
  expect(places).toEqual(places.toSorted((one, other) => one - other));
  expect(places).not.toContain(-1);
  expect(world.site().settings.data).toMatchObject({ restoreFrom: { recovery: database }, lakeHeld: { recovery: false } });
  expect(world.records.map(({ AliasTarget }) => AliasTarget?.DNSName)).toEqual([`dualstack.${balancer}`, `dualstack.${balancer}`]);
}

test('a plan changes nothing, and states what each step would do', async () => {
  const world = disaster();
  const rows = await planOf(steps, world.recovery());
  expect(rows.filter(({ stops }) => stops)).toEqual([]);
  expect(rows.find(({ step }) => step === 'choice')?.left).toEqual([
    `data.restoreFrom.recovery: ${pointArn('new')}`,
    'data.lakeHeld.recovery: true',
  ]);
  expect(rows.find(({ step }) => step === 'deploy')?.left).toContain('deploy example-data in eu-central-1 (not there)');
  // The log of a plan is not kept; the mock counts its write.
  expect(world.sent.filter((call) => changes.test(call) && call !== 'write')).toEqual([]);
  expect(world.site().settings.data.restoreFrom).toEqual({});
});

test('a recovery does everything in order, and a repetition changes nothing', async () => {
  const world = disaster();
  const results = await run(world);
  expect(outcomes(results)).toEqual({
    ...{ account: 'done already', point: 'done already', choice: 'done', deploy: 'done', erasures: 'done', lake: 'done' },
    ...{ checks: 'done', dns: 'done' },
  });
  expect(world.effects).toEqual(order);
  expect(world.deployments).toEqual([
    ['deploy', '--all', '-c', 'deployment=example', '-c', 'site=recovery', '--require-approval', 'never', '--concurrency', '6'],
    ...[
      [
        'deploy',
        'example-data',
        '--exclusively',
        '-c',
        'deployment=example',
        '-c',
        'site=recovery',
        '--require-approval',
        'never',
        '--concurrency',
        '6',
      ],
    ],
  ]);
  world.points.push(pointOf('newer', 1));
  const again = await run(world);
  expect(new Set(again.filter(({ step }) => step !== 'checks').map(({ outcome }) => outcome))).toEqual(new Set(['done already']));
  expect(world.effects).toEqual([...order, 'checked']);
});

test('a run that is killed at any call is completed by the next one, with its choice', async () => {
  const whole = disaster();
  await run(whole);
  const count = whole.sent.length;
  let killed = 0;
  for (let last = 0; last < count; last++) {
    const world = disaster();
    let call = 0;
    world.fault = () => {
      if (call++ === last) world.kill();
      return undefined;
    };
    await run(world).then(
      (results) => expect(results.at(-1)?.outcome).toBe('failed'),
      (error: unknown) => expect(error).toBeInstanceOf(Killed),
    );
    world.restart();
    const chosen = world.site().settings.data.restoreFrom.recovery;
    // A newer point has appeared, and replaces no choice.
    world.points.push(pointOf('newer', 1));
    const results = await run(world);
    expect([last, results.filter(({ outcome }) => outcome === 'failed')]).toEqual([last, []]);
    expectRight(world, chosen ?? pointArn('newer'));
    killed++;
  }
  expect(killed).toBeGreaterThan(60);
});

test.each(['before', 'after'] as const)('a call that fails %s its effect stops the run, and the next one completes it', async (when) => {
  const whole = disaster();
  await run(whole);
  // Every third call: the kills above end at each.
  for (let last = when === 'before' ? 0 : 1; last < whole.sent.length; last += 3) {
    const world = disaster();
    let call = 0;
    world.fault = () => (call++ === last ? when : undefined);
    const first = await run(world).catch((error: unknown) => error);
    if (Array.isArray(first)) expect([last, first.at(-1).outcome]).toEqual([last, expect.stringMatching(/failed|done/)]);
    world.restart();
    const results = await run(world);
    expect([last, results.filter(({ outcome }) => outcome === 'failed')]).toEqual([last, []]);
    expectRight(world);
  }
});

test.each<[string, Partial<ReturnType<typeof pointOf>>, RegExp]>([
  ['is not complete', { Status: 'PARTIAL' }, /its status is PARTIAL/],
  ['is expired', { CalculatedLifecycle: { DeleteAt: new Date(0) } }, /it expired/],
  ['is not encrypted', { IsEncrypted: false }, /not encrypted/],
  ['has a key of another account', { EncryptionKeyArn: 'arn:aws:kms:eu-central-1:999999999999:key/1' }, /not one of the account/],
  ['has a key of another region', { EncryptionKeyArn: `arn:aws:kms:eu-west-3:111122223333:key/1` }, /not one of the account/],
  ['is of the future', { InitiationDate: new Date('2027-01-01'), CreationDate: new Date('2027-01-01') }, /from the future/],
])('a point that %s is left out, with the reason', async (_, changed, reason) => {
  const world = disaster();
  world.points.push(pointOf('bad', 1, changed));
  await run(world);
  expect(world.progress.find((line) => line.includes('copyjob-bad'))).toMatch(reason);
  expectRight(world);
});

test('a point whose restore failed its validation is left out; one that was validated says so', async () => {
  const world = disaster();
  world.points.push(pointOf('bad', 1));
  world.jobs.push(
    { RecoveryPointArn: pointArn('new'), ValidationStatus: 'SUCCESSFUL' },
    { RecoveryPointArn: pointArn('bad'), ValidationStatus: 'FAILED' },
  );
  await run(world);
  expect(world.progress.find((line) => line.includes('copyjob-bad'))).toContain('failed its validation');
  expect(world.progress.find((line) => line.includes('copyjob-new'))).toContain('a restore of it was validated');
  expectRight(world);
});

test('the age is that of the data: of the earlier time', async () => {
  const world = disaster();
  world.points.splice(0, 2, pointOf('copy', 30, { CreationDate: new Date('2026-12-01T11:00:00Z') }));
  expect(await reasonOf(world)).toContain('30.0 h old; the hits since are missing afterwards: to accept that, add --accept-age 30');
  expect(world.effects).toEqual([]);
  await run(world, { acceptAge: 30 });
  expectRight(world, pointArn('copy'));
});

test('without a good point the run stops before any change; a named snapshot goes on', async () => {
  const world = disaster();
  world.points.splice(0);
  expect(await reasonOf(world)).toContain('expected a good one, got an empty vault; name a snapshot of the database with --snapshot');
  expect(await reasonOf(world, { snapshot: pointArn('x', 'eu-west-3') })).toContain('copy it there first');
  expect(world.effects).toEqual([]);
  const snapshot = `arn:aws:rds:eu-central-1:111122223333:cluster-snapshot:manual`;
  await run(world, { snapshot });
  expectRight(world, snapshot);
});

test('another value of restoreFrom is replaced only with --replace-database', async () => {
  const world = disaster();
  writeFileSync(world.file, `${world.text}  restoreFrom: { recovery: "${pointArn('old')}" }\n`);
  expect(await reasonOf(world)).toContain('to confirm that, add --replace-database');
  expect(world.effects).toEqual([]);
  await run(world, { replaceDatabase: true });
  expectRight(world);
});

test('back home, the database that is there is replaced only with --replace-database', async () => {
  const world = disaster('home');
  world.points.splice(0, 2, pointOf('back', 2, {}, 'eu-west-3'));
  await world.recovery().cdk(['deploy', '--all'], () => undefined);
  expect(await reasonOf(world)).toContain('got a database of the site in eu-west-3');
  world.effects.splice(0);
  const results = await run(world, { replaceDatabase: true });
  expect(results.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
  expect(world.effects[0]).toBe(`database ${pointArn('back', 'eu-west-3')}`);
  expect(world.site().settings.data).toMatchObject({ restoreFrom: { home: pointArn('back', 'eu-west-3') }, lakeHeld: { home: false } });
});

test('a log of days ago keeps no choice: the age is examined again', async () => {
  const world = disaster();
  world.failing = 'example-edge';
  await run(world);
  delete world.failing;
  world.now = new Date(world.now.getTime() + 73 * hour);
  expect(await reasonOf(world)).toContain('78.0 h old');
});

test('the wrong account, and a region without the bootstrap of the house, stop the run with what to do', async () => {
  const world = disaster();
  world.callerAccount = '999999999999';
  expect(await reasonOf(world)).toContain('account: expected 111122223333 as configured, got 999999999999');
  world.callerAccount = '111122223333';
  const { text } = world;
  writeFileSync(world.file, text.replace(/^account:.*$/m, ''));
  expect(await reasonOf(world)).toContain('write account: "111122223333", if it is that of the deployment');
  writeFileSync(world.file, text);
  world.bootstrap.set('eu-central-1', 'AWS CDK: Default Resources');
  expect(await reasonOf(world)).toContain('run npm run bootstrap -- --deployment example --site recovery --account 111122223333 --out');
  world.bootstrap.delete('eu-central-1');
  expect(await reasonOf(world)).toContain('got no stack');
  expect(world.effects).toEqual([]);
});

test('a deployment that fails stops the run, and names the stacks and the entry of the runbook', async () => {
  const world = disaster();
  world.failing = 'example-edge';
  expect(await reasonOf(world)).toMatch(/example-edge \(ROLLBACK_COMPLETE\).*"The first deployment of a stack failed"/);
  expect(world.effects).toEqual([`database ${pointArn('new')}`]);
});

test('a run waits for what CloudFormation still does for the run before', async () => {
  const world = disaster();
  world.stacks.set('example-account', { status: 'CREATE_IN_PROGRESS' });
  await run(world);
  expect(world.progress).toContain('  waits for example-account (CREATE_IN_PROGRESS)');
  expectRight(world);
});

test('a lake that is not equal stays held, and the name stays; --without lake goes on', async () => {
  const world = disaster();
  world.lakeLeft = 1;
  expect(await reasonOf(world)).toContain('leave the lake held with --without lake');
  expect(world.effects).not.toContain('lake starts');
  expect(world.effects).not.toContain('switched');
  const results = await run(world, { without: new Set(['lake']) });
  expect(outcomes(results)).toMatchObject({ lake: 'left out', dns: 'done' });
  expect(world.effects).not.toContain('lake starts');
  world.lakeLeft = 0;
  await run(world);
  expect(world.effects).toContain('lake starts');
});

test.each([
  ['a status', { status: 503, headers: {} }, 'answers with status 503'],
  ['a missing header', { status: 200, headers: { 'strict-transport-security': 'max-age=15768000' } }, 'X-Content-Type-Options missing'],
  ['a weaker header', { status: 200, headers: { 'strict-transport-security': 'max-age=1' } }, 'max-age=1, not max-age=15768000'],
])('%s of the edge stops the run before the name leads there', async (_, edge, reason) => {
  const world = disaster();
  world.edge = edge;
  expect(await reasonOf(world)).toContain(reason);
  expect(world.effects).not.toContain('switched');
});

test('without --switch-dns the records are printed and stay', async () => {
  const world = disaster();
  const recovery = world.recovery({ switchDns: false });
  await runSteps(steps, recovery);
  expect(world.effects).not.toContain('switched');
  expect(recovery.facts.dns).toEqual(
    ['A', 'AAAA'].map((type) =>
      expect.stringMatching(
        new RegExp(`^${type} of collect.example.com in the hosted zone Z0123456789ABCDEFGHIJ: alias dualstack.${balancer}`),
      ),
    ),
  );
});

test('records with a routing policy are left to a person', async () => {
  const world = disaster();
  (world.records[0] as { SetIdentifier?: string }).SetIdentifier = 'weighted';
  expect(await reasonOf(world)).toContain('expected one record, got several with a routing policy');
});

test('every call that a recovery sends is declared, and every declared one is sent', async () => {
  const world = disaster();
  await run(world);
  const declared = calls.flatMap(({ actions, resources }) =>
    actions.flatMap((action) =>
      action === 'lambda:InvokeFunction'
        ? resources.map((arn) => `invoke ${/function:\*-(.*)$/.exec(arn)?.[1]}`)
        : (action.split(':')[1] ?? []),
    ),
  );
  const sent = world.sent.filter((call) => !/^(?:write|cdk|stack|probe)/.test(call));
  expect(new Set(sent)).toEqual(new Set(declared));
});
