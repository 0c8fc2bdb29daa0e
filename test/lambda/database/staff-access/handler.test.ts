// The deployed bundle of staff-access, by IAM token and TLS to a real server; AWS STS is a stand-in.
import { signRequest } from '../../../../tools/access/sign';
import { account, listen, region, session, stsOf } from '../../../runtime/staff/sts';
import { declaredActions } from '../../declared-calls';
import { deployFunction } from '../../deployed/deployed-function';

const it = `production-it-team-${region}`;
const irene = session(it, 'irene');
const ada = session(`production-client-data-team-${region}`, 'ada');
const sts = stsOf([irene, ada]);
const functionArn = `arn:aws:lambda:${region}:${account}:function:production-staff-access`;

const deployed = deployFunction('staff-access', {
  ...{ ACCOUNT: account, CONTEXT_KEY_SECRET: undefined, FUNCTION_ARN: functionArn, CALLER_ROLE: it },
});
let door: Awaited<ReturnType<typeof listen>>;
beforeAll(async () => {
  door = await listen(sts);
});
afterAll(() => door.close());

const start = (changes: Record<string, string> = {}) =>
  deployed.start({ STS_URL: door.url, DATABASE_CA_FILE: deployed.around.certificateFile, ...changes });

let ids = 0;
function signed(request: object, by = irene) {
  ids += 1;
  return signRequest(JSON.stringify({ ...request, id: ids }), { region, functionArn }, by, new Date());
}

test('grants, lists and revokes access', async () => {
  const instance = await start();
  const grant = { action: 'grant', person: 'ada', kind: 'support', days: 1 };
  expect(await instance.invoke(signed(grant))).toMatchObject({ access: [{ role: 'support_ada', grantedBy: 'irene' }], dropped: [] });
  expect(await instance.invoke(signed({ action: 'list' }))).toMatchObject({ access: [{ person: 'ada', kind: 'support' }] });
  expect(await instance.invoke(signed({ action: 'revoke', person: 'ada' }))).toEqual({ access: [], dropped: ['support_ada'] });
  expect(new Set(deployed.around.door.admitted)).toEqual(new Set(['rempart_admission']));
});

test('a session of another role grants nothing, and an event without a proof does nothing', async () => {
  const instance = await start();
  const grant = { action: 'grant', person: 'bob', kind: 'support', days: 1 };
  await expect(instance.invoke(signed(grant, ada))).rejects.toThrow(`expected a session of the role ${it}`);
  await expect(instance.invoke(grant)).rejects.toThrow('request: expected a text');
  const once = signed({ action: 'list' });
  await instance.invoke(once);
  await expect(instance.invoke(once)).rejects.toThrow('expected a signature that was not used before');
});

test('does not start with a wrong variable', async () => {
  await expect(start({ ACCOUNT: 'x' })).rejects.toThrow('ACCOUNT: expected the id of an account');
});

test('makes the calls that its contract declares, and no others', () => {
  expect(deployed.around.calls()).toEqual(declaredActions('staff-access'));
});
