// The deployed bundles of staff-access and staff-reads, by IAM token and TLS to a real server; AWS STS is a stand-in.
import { signRequest } from '../../../../tools/access/sign';
import { localPassword } from '../../../../tools/local-database/aurora';
import { account, listen, region, type Sts, session, stsOf, type TestSession } from '../../../runtime/staff/sts';
import { declaredActions } from '../../declared-calls';
import { deployFunction } from '../../deployed/deployed-function';

const it = `production-it-team-${region}`;
const team = `production-client-data-team-${region}`;
const irene = session(it, 'irene');
const ada = session(team, 'ada');
const bob = session(team, 'bob');
const sts: Sts = stsOf([irene, ada, bob]);
const arnOf = (control: string) => `arn:aws:lambda:${region}:${account}:function:production-${control}`;

const deployed = deployFunction('staff-reads', { ACCOUNT: account, CONTEXT_KEY_SECRET: undefined });
let door: Awaited<ReturnType<typeof listen>>;
beforeAll(async () => {
  door = await listen(sts);
});
afterAll(() => door.close());

/** Variables of one of the two functions. */
const variablesOf = (control: string, role: string) => ({
  ...{ FUNCTION_ARN: arnOf(control), CALLER_ROLE: role, STS_URL: door.url },
  DATABASE_CA_FILE: deployed.around.certificateFile,
});
const readsOf = (changes: Record<string, string> = {}) => deployed.start({ ...variablesOf('staff-reads', team), ...changes });
const accessOf = () => {
  const variables = { ...deployed.around.database, ACCOUNT: account, ...variablesOf('staff-access', it) };
  return deployed.around.start('staff-access', variables);
};

let ids = 0;
function signed(control: string, request: object, by: TestSession, now = new Date()) {
  ids += 1;
  return signRequest(JSON.stringify({ ...request, id: ids }), { region, functionArn: arnOf(control) }, by, now);
}

test('the IT team grants access, and the person reads an opened site by the own role', async () => {
  const site = await deployed.db.createSite('deployed');
  const access = await accessOf();
  const granted = await access.invoke(signed('staff-access', { action: 'grant', person: 'ada', kind: 'support', days: 1 }, irene));
  expect(granted).toMatchObject({ access: [{ role: 'support_ada', person: 'ada', grantedBy: 'irene' }], dropped: [] });
  await deployed.db.superuser.query(`alter role support_ada password '${localPassword}'`);

  const reads = await readsOf();
  const open = { action: 'open', site, reason: 'ticket 12: the name of the site' };
  expect(await reads.invoke(signed('staff-reads', open, ada))).toEqual({ rows: [] });
  const page = signed('staff-reads', { action: 'read', read: 'site', site, limit: 1, parameters: {} }, ada);
  expect(await reads.invoke(page)).toMatchObject({ rows: [{ id: site, key: 'deployed' }] });
  await expect(reads.invoke(page)).rejects.toThrow('expected a signature that was not used before');
  expect(new Set(deployed.around.door.admitted)).toEqual(new Set(['rempart_admission', 'support_ada']));

  await access.invoke(signed('staff-access', { action: 'grant', person: 'bob', kind: 'auditor', days: 1 }, irene));
  await deployed.db.superuser.query(`alter role auditor_bob password '${localPassword}'`);
  const logs = await reads.invoke(signed('staff-reads', { action: 'read', read: 'accesses', site, limit: 10, parameters: {} }, bob));
  expect(logs).toMatchObject({ rows: [{ actor: 'support_ada', action: 'support reads site', outcome: 'done' }, {}, {}] });

  await access.invoke(signed('staff-access', { action: 'revoke', person: 'ada' }, irene));
  await expect(reads.invoke(signed('staff-reads', open, ada))).rejects.toThrow('expected a role support_ada in the database');
});

test('a name in the event changes nothing: the session decides', async () => {
  const reads = await readsOf();
  const forged = { action: 'open', site: 1, reason: 'ticket 13: another person', person: 'ada', name: 'ada', caller: { name: 'ada' } };
  await expect(reads.invoke({ ...signed('staff-reads', forged, bob), caller: { name: 'ada', role: team } })).rejects.toThrow(
    'expected a role support_bob in the database',
  );
});

test('a signature for the other function, an old one and one of another role are refused', async () => {
  const reads = await readsOf();
  const request = { action: 'open', site: 1, reason: 'ticket 14: any reason' };
  await expect(reads.invoke(signed('staff-access', request, ada))).rejects.toThrow('SignatureDoesNotMatch');
  await expect(reads.invoke(signed('staff-reads', request, ada, new Date(Date.now() - 61_000)))).rejects.toThrow('proof.date');
  await expect(reads.invoke(signed('staff-reads', request, irene))).rejects.toThrow(`expected a session of the role ${team}`);
  await expect(reads.invoke({ ...request, person: 'ada' })).rejects.toThrow('request: expected a text');
});

test('the functions do not start with a missing or wrong variable', async () => {
  await expect(readsOf({ STS_URL: 'https://sts.example.com' })).rejects.toThrow('STS_URL: expected the URL of AWS STS');
  await expect(readsOf({ CALLER_ROLE: '*' })).rejects.toThrow('CALLER_ROLE: expected');
});

test('makes the calls that its contract declares, and no others', () => {
  const calls = deployed.around.calls().filter((call) => call !== 'rds-db:connect rempart_admission');
  // One role of each kind stands for all.
  const kinds = calls.map((call) => call.replace(/(support|auditor)_.*/, '$1_*'));
  expect([...new Set(kinds)].sort()).toEqual(declaredActions('staff-reads'));
});
