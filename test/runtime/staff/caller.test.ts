// The caller of a function is whom AWS STS names: no event forges, repeats, delays or redirects a proof.

import { checkRole, verifiedCaller } from '../../../runtime/staff/caller';
import { type CallerProof, proofHeaders, proofSeconds, type SignedRequest } from '../../../runtime/staff/caller-proof';
import { signRequest } from '../../../tools/access/sign';
import { account, region, session, signatureOfSdk, stsOf } from './sts';

const now = new Date('2026-11-29T22:15:00Z');
const role = `production-client-data-team-${region}`;
const functionArn = `arn:aws:lambda:${region}:${account}:function:production-staff-reads`;
const other = functionArn.replace('staff-reads', 'staff-access');
const ada = session(role, 'ada');
const bob = session(role, 'bob');
const foreigner = session(role, 'ada', '999999999999');
const request = '{"action":"open","site":7}';

const sts = stsOf([ada, bob, foreigner], () => now);
const verify = (event: unknown, at = now) =>
  verifiedCaller(event, { functionArn, account, stsUrl: `https://sts.${region}.amazonaws.com`, now: () => at, get: sts.get });
const signed = signRequest(request, { region, functionArn }, ada, now);
const changed = (proof: Partial<CallerProof>): SignedRequest => ({ request, proof: { ...signed.proof, ...proof } });
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);

test('the signature is that of the SDK', async () => {
  const expected = await signatureOfSdk(ada, proofHeaders(functionArn, request), now, proofSeconds);
  expect(signed.proof.signature).toBe(expected);
});

test('a proof names the person, the role and the access key of the session', async () => {
  const { caller, request: read, signature } = await verify(signed);
  expect(caller).toEqual({ arn: ada.arn, role, name: 'ada', accessKey: ada.accessKeyId });
  expect(read).toEqual({ action: 'open', site: 7 });
  expect(signature).toHaveLength(32);
  expect(() => checkRole(caller, role)).not.toThrow();
  expect(() => checkRole(caller, 'production-it-team-eu-west-3')).toThrow('expected a session of the role production-it-team');
});

test('the function sends nothing of the event but the parts of the proof', async () => {
  sts.requests.length = 0;
  await verify({ ...signed, host: 'example.com', url: 'https://example.com', headers: { host: 'example.com' } });
  expect(sts.requests.map(({ origin, pathname }) => origin + pathname)).toEqual([`https://sts.${region}.amazonaws.com/`]);
  expect([...(sts.requests[0]?.searchParams.keys() ?? [])]).toHaveLength(9);
});

test.each<[string, unknown, string]>([
  ['another request', { ...signed, request: '{"action":"open","site":8}' }, 'SignatureDoesNotMatch'],
  ['a signature for another function', signRequest(request, { region, functionArn: other }, ada, now), 'SignatureDoesNotMatch'],
  ['a signature of another region', signRequest(request, { region: 'eu-central-1', functionArn }, ada, now), 'SignatureDoesNotMatch'],
  [
    'the key of one person with the name of another',
    changed({ credential: signed.proof.credential.replace(ada.accessKeyId, bob.accessKeyId) }),
    'InvalidClientTokenId',
  ],
  ['the token of another person', changed({ token: bob.sessionToken }), 'InvalidClientTokenId'],
  ['a guessed signature', changed({ signature: '0'.repeat(64) }), 'SignatureDoesNotMatch'],
  ['an own secret', signRequest(request, { region, functionArn }, { ...ada, secretAccessKey: 'guessed' }, now), 'SignatureDoesNotMatch'],
  ['a session of another account', signRequest(request, { region, functionArn }, foreigner, now), `of the account ${account}`],
  ['a permanent access key', changed({ credential: signed.proof.credential.replace('ASIA', 'AKIA') }), 'proof.credential'],
  ['a further parameter in the token', changed({ token: `${signed.proof.token}&Action=AssumeRole` }), 'proof.token'],
  ['a signature in capitals', changed({ signature: signed.proof.signature.toUpperCase() }), 'proof.signature'],
  ['a request that is no text', { ...signed, request: { action: 'open' } }, 'request: expected a text'],
  ['a long request', { ...signed, request: ' '.repeat(5000) }, 'request: expected a text'],
  ['no proof', { request }, 'proof.credential'],
  ['no event', null, 'request: expected a text'],
  ['a name without a signature', { request, person: 'ada', arn: ada.arn }, 'proof.credential'],
])('%s is refused', async (_, event, reason) => {
  await expect(verify(event)).rejects.toThrow(reason);
});

test('a proof is valid for a minute, by the clock of the function too', async () => {
  await expect(verify(signed, later(proofSeconds))).resolves.toBeDefined();
  await expect(verify(signed, later(proofSeconds + 1))).rejects.toThrow('proof.date');
  await expect(verify(signed, later(-31))).rejects.toThrow('proof.date');
  await expect(verify(changed({ date: '20261129T221459Z' }))).rejects.toThrow('SignatureDoesNotMatch');
  const late = stsOf([ada], () => later(proofSeconds + 1));
  await expect(verifiedCaller(signed, { functionArn, account, stsUrl: 'https://sts', now: () => now, get: late.get })).rejects.toThrow(
    'SignatureDoesNotMatch',
  );
});

test.each<[string, Response, string]>([
  ['a failure of STS', new Response('', { status: 503 }), 'status 503'],
  ['an answer without an identity', Response.json({}), 'expected a session of a role'],
  ['an answer that is no JSON', new Response('<html>'), 'expected JSON'],
])('%s admits nobody', async (_, answer, reason) => {
  const get = (async () => answer) as typeof fetch;
  await expect(verifiedCaller(signed, { functionArn, account, stsUrl: 'https://sts', now: () => now, get })).rejects.toThrow(reason);
});

test.each(['arn:aws:iam::111122223333:user/ada', 'arn:aws:iam::111122223333:root', 'arn:aws:sts::111122223333:federated-user/ada'])(
  '%s is no session of a role',
  async (Arn) => {
    const get = (async () => Response.json({ GetCallerIdentityResponse: { GetCallerIdentityResult: { Arn } } })) as typeof fetch;
    await expect(verifiedCaller(signed, { functionArn, account, stsUrl: 'https://sts', now: () => now, get })).rejects.toThrow(
      'switch to a role',
    );
  },
);
