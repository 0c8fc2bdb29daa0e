// npm run access signs each request for one function, with a session of a role, and shows its refusals.
import { type InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { loadSite } from '../../../lib/config/load';
import { verifiedCaller } from '../../../runtime/staff/caller';
import type { SignedRequest } from '../../../runtime/staff/caller-proof';
import { StaffFunctions } from '../../../tools/access/function-client';
import { account, region, session, stsOf } from '../../runtime/staff/sts';

const irene = session(`production-it-team-${region}`, 'irene');
const site = loadSite({ directory: `${__dirname}/../../../config`, deployment: 'production', site: 'home' });
const here = { ...site, settings: { ...site.settings, account } };
const sent: { name: string | undefined; signed: SignedRequest }[] = [];
let answer: { Payload?: Uint8Array; FunctionError?: string };

const variables = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'] as const;
const before = Object.fromEntries(variables.map((name) => [name, process.env[name]]));

beforeEach(() => {
  Object.assign(process.env, {
    ...{ AWS_ACCESS_KEY_ID: irene.accessKeyId, AWS_SECRET_ACCESS_KEY: irene.secretAccessKey, AWS_SESSION_TOKEN: irene.sessionToken },
  });
  sent.length = 0;
  answer = { Payload: Buffer.from('{"access":[],"dropped":[]}') };
  jest.spyOn(LambdaClient.prototype, 'send').mockImplementation(async (command: unknown) => {
    const { FunctionName, Payload } = (command as InvokeCommand).input;
    sent.push({ name: FunctionName, signed: JSON.parse(Buffer.from(Payload as Uint8Array).toString()) });
    return answer;
  });
});
afterEach(() => {
  jest.restoreAllMocks();
  for (const name of variables) {
    const value = before[name];
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

const functions = () => new StaffFunctions(here, () => new Date());

test('the proof of a request is that of the session, for the one function', async () => {
  expect(await functions().call('staff-access', { action: 'list' })).toEqual({ access: [], dropped: [] });
  const [{ name, signed } = { name: '', signed: undefined }] = sent;
  expect(name).toBe('production-staff-access');
  const functionArn = `arn:aws:lambda:${here.region}:${account}:function:production-staff-access`;
  const verification = { functionArn, account, stsUrl: 'https://sts', now: () => new Date(), get: stsOf([irene]).get };
  expect(await verifiedCaller(signed, verification)).toMatchObject({ caller: { name: 'irene' }, request: { action: 'list' } });
  expect(JSON.stringify(signed)).not.toContain(irene.secretAccessKey);
});

test('two equal requests have two signatures', async () => {
  const client = functions();
  await client.call('staff-access', { action: 'list' });
  await client.call('staff-access', { action: 'list' });
  expect(new Set(sent.map(({ signed }) => signed.proof.signature)).size).toBe(2);
});

test('an error of the function is a refusal with its message', async () => {
  answer = { FunctionError: 'Unhandled', Payload: Buffer.from('{"errorType":"Error","errorMessage":"days: expected 1"}') };
  await expect(functions().call('staff-access', { action: 'list' })).rejects.toThrow('days: expected 1');
});

test('a permanent access key signs nothing', async () => {
  delete process.env.AWS_SESSION_TOKEN;
  await expect(functions().call('staff-access', { action: 'list' })).rejects.toThrow('expected a session of a role');
  expect(sent).toEqual([]);
});
