// The sessions of the lake by AWS's policy logic, on the templates of production: which function has one, with which
// tags, and which objects it reaches.
import type { LakeRole } from '../../../lib/config/names';
import { type Json, type JsonObject, listOf, valueAt } from '../../../lib/tom/template/assembly';
import { nameOf } from '../../../lib/tom/template/names';
import { roleType } from '../../../lib/tom/template/resource-types';
import { lakeRoleId } from '../../../lib/tom/world/lake';
import { callerOf } from '../../../tools/rehearse/callers';
import { certainContext } from '../../../tools/rehearse/calls';
import { trustOf } from '../../../tools/rehearse/deliveries';
import { endpointPolicyFor } from '../../../tools/rehearse/endpoints';
import { policyOfResource } from '../../../tools/rehearse/resource-policies';
import { evaluateRequest } from '../../../tools/rehearse/simulator';
import { StandIn } from '../../../tools/rehearse/stand-in';
import { changed, facts, production, withProperties } from './production';

const ofProduction = new StandIn(production);
const { region } = facts;
const bucket = String(ofProduction.concrete('${data/Archive.Arn}'));
const file = 'day=2026-11-01/0123456789abcdef.parquet';

type Tags = Readonly<Record<string, string>>;

function callerNamed(name: string, standIn = ofProduction) {
  const role = standIn.resource(name);
  if (!role) throw new Error(`${name}: expected a role of production, got none`);
  return { role, ...callerOf(role, standIn) };
}

/** Decision on a request of a session of a role with tags. */
async function decision(
  name: string,
  tags: Tags,
  action: string,
  resource: string,
  more: Tags = {},
  standIn = ofProduction,
): Promise<string> {
  const { arn, policies, boundary, inVpc } = callerNamed(name, standIn);
  const context = { ...certainContext(action, region), 'aws:PrincipalArn': arn, ...more };
  const { allowed, reason } = await evaluateRequest({
    ...{ principal: arn, action, resource, identityPolicies: policies, boundary, resourcePolicy: policyOfResource(resource, standIn) },
    context: { ...context, ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:PrincipalTag/${key}`, value])) },
    endpointPolicy: inVpc && endpointPolicyFor(action, inVpc, standIn),
  });
  return allowed ? 'allowed' : reason;
}

const reads = (tags: Tags, key: string) => decision(lakeRoleId('lake-reader'), tags, 's3:GetObject', `${bucket}/${key}`);
const writes = (tags: Tags, key: string, action = 's3:PutObject') => decision(lakeRoleId('lake-writer'), tags, action, `${bucket}/${key}`);
const site = (id: string): Tags => ({ 'rempart:site': id });
const notPermitted = 'not allowed by the permissions of the role and the resource policy';

describe('a session reads the objects of its site', () => {
  test.each<[string, Tags, string, string]>([
    ['its own', site('1'), `lake/site=1/${file}`, 'allowed'],
    ['those of another site', site('1'), `lake/site=2/${file}`, notPermitted],
    ['those of a site whose id begins alike', site('1'), `lake/site=10/${file}`, notPermitted],
    ['those of a site whose id its own begins with', site('10'), `lake/site=1/${file}`, notPermitted],
    ['a folder without an end', site('1'), 'lake/site=1', notPermitted],
    // S3 has no paths: the key is one of the folder of site 1, and a client that shortens it asks for that of site 2.
    ['a key with dots, literally', site('1'), `lake/site=1/../site=2/${file}`, 'allowed'],
    ['the same key shortened', site('1'), new URL(`https://s3/lake/site=1/../site=2/${file}`).pathname.slice(1), notPermitted],
    ['the folder above', site('1'), `lake/${file}`, notPermitted],
    ['raw hits', site('1'), 'hits/day=2026-11-01/hour=00/x.jsonl.gz', notPermitted],
    ['exports', site('1'), 'exports/site-1/x.jsonl', notPermitted],
    ['another case of the folder', site('1'), `LAKE/site=1/${file}`, notPermitted],
    ['all sites, with a tag of many', site('1:2'), `lake/site=2/${file}`, notPermitted],
    ['another site, with a tag that has a folder', site('1/../site=2'), `lake/site=2/${file}`, notPermitted],
    ['the folder of an empty tag', site(''), `lake/site=1/${file}`, notPermitted],
    ['any, without a tag', {}, `lake/site=1/${file}`, notPermitted],
    ['any, with another tag', { 'rempart:team': '1', site: '1' }, `lake/site=1/${file}`, notPermitted],
  ])('%s', async (_, tags, key, expected) => {
    expect(await reads(tags, key)).toBe(expected);
  });

  test('and no version of them, no list, no access list', async () => {
    for (const action of ['s3:GetObjectVersion', 's3:GetObjectAcl', 's3:PutObject', 's3:DeleteObject'])
      expect(await decision(lakeRoleId('lake-reader'), site('1'), action, `${bucket}/lake/site=1/${file}`)).toBe(notPermitted);
    for (const action of ['s3:ListBucket', 's3:ListBucketVersions'])
      expect(await decision(lakeRoleId('lake-reader'), site('1'), action, bucket, { 's3:prefix': 'lake/site=1/' })).toBe(notPermitted);
  });

  test('with the key of the data through S3 alone', async () => {
    const key = String(ofProduction.concrete('${data/DataKey.Arn}'));
    const decrypt = (more: Tags) => decision(lakeRoleId('lake-reader'), site('1'), 'kms:Decrypt', key, more);
    expect(await decrypt({ 'kms:ViaService': `s3.${region}.amazonaws.com` })).toBe('allowed');
    expect(await decrypt({ 'kms:ViaService': `secretsmanager.${region}.amazonaws.com` })).toMatch(/^not allowed/);
  });
});

describe('a session writes the objects of its site', () => {
  test.each(['s3:GetObject', 's3:PutObject', 's3:DeleteObject'])('%s', async (action) => {
    expect(await writes(site('1'), `lake/site=1/${file}`, action)).toBe('allowed');
    for (const id of ['2', '10']) expect(await writes(site('1'), `lake/site=${id}/${file}`, action)).toBe(notPermitted);
    expect(await writes({}, `lake/site=1/${file}`, action)).toBe(notPermitted);
    expect(await writes(site('1'), 'hits/x.jsonl.gz', action)).toBe(notPermitted);
  });

  test('and reads their versions, whose names it lists below the folder of the site alone', async () => {
    expect(await writes(site('1'), `lake/site=1/${file}`, 's3:GetObjectVersion')).toBe('allowed');
    for (const key of [`lake/site=2/${file}`, 'hits/x.jsonl.gz', 'exports/site-1/x.jsonl'])
      expect(await writes(site('1'), key, 's3:GetObjectVersion')).toBe(notPermitted);
    const lists = (tags: Tags, more: Tags) => decision(lakeRoleId('lake-writer'), tags, 's3:ListBucketVersions', bucket, more);
    expect(await lists(site('1'), { 's3:prefix': 'lake/site=1/day=2026-11-01/' })).toBe('allowed');
    for (const prefix of ['lake/site=2/day=2026-11-01/', 'lake/site=10/', 'lake/site=1', 'lake/', '', 'hits/'])
      expect([prefix, await lists(site('1'), { 's3:prefix': prefix })]).toEqual([prefix, notPermitted]);
    expect(await lists(site('1'), {})).toBe(notPermitted);
    expect(await lists({}, { 's3:prefix': 'lake/site=1/' })).toBe(notPermitted);
  });

  test('and removes no version: the permissions boundary denies it to every role', async () => {
    expect(await writes(site('1'), `lake/site=1/${file}`, 's3:DeleteObjectVersion')).toBe('denied by the permissions boundary');
  });
});

test('no role reaches the lake but these two and that of its replica, whatever its permissions', async () => {
  const lake = `${bucket}/lake/site=1/${file}`;
  const permissions = [{ name: 'everything', policy: { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] } }];
  const reached: string[] = [];
  for (const role of production.ofType(roleType)) {
    const { name, arn, boundary } = callerOf(role, ofProduction);
    for (const action of ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:GetObjectVersion']) {
      const { allowed } = await evaluateRequest({
        ...{
          principal: arn,
          action,
          resource: lake,
          identityPolicies: permissions,
          boundary,
          resourcePolicy: policyOfResource(lake, ofProduction),
        },
        context: { ...certainContext(action, region), 'aws:PrincipalArn': arn, 'aws:PrincipalTag/rempart:site': '1' },
      });
      if (allowed) reached.push(name);
    }
  }
  expect([...new Set(reached)].toSorted()).toEqual(['data/ArchiveReplicationRole', lakeRoleId('lake-reader'), lakeRoleId('lake-writer')]);
});

/** Decision on the assumption of a role by another role, with the tags that it passes. */
async function assumes(name: string, role: LakeRole, tags: Tags, standIn = ofProduction): Promise<boolean> {
  const { arn, policies, boundary, inVpc } = callerNamed(name, standIn);
  const target = callerNamed(lakeRoleId(role), standIn);
  const decisions = await Promise.all(
    ['sts:AssumeRole', ...(Object.keys(tags).length > 0 ? ['sts:TagSession'] : [])].map((action) =>
      evaluateRequest({
        ...{
          principal: arn,
          action,
          resource: target.arn,
          identityPolicies: policies,
          boundary,
          resourcePolicy: trustOf(target.role, standIn),
        },
        context: {
          ...{ ...certainContext(action, region), 'aws:PrincipalArn': arn },
          ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value])),
          ...(Object.keys(tags).length > 0 ? { 'aws:TagKeys': Object.keys(tags) } : {}),
        },
        endpointPolicy: inVpc && endpointPolicyFor(action, inVpc, standIn),
      }),
    ),
  );
  return decisions.every(({ allowed }) => allowed);
}

describe('a session of a role', () => {
  const reader = 'data/PeopleExportRole';
  const writers = ['data/LakeExportFunctionRole', 'data/LakeUpkeepFunctionRole'];

  test('is one of the functions of the lake, with the tag of a site', async () => {
    expect(await assumes(reader, 'lake-reader', site('1'))).toBe(true);
    for (const writer of writers) expect(await assumes(writer, 'lake-writer', site('1'))).toBe(true);
  });

  test.each<[string, Tags]>([
    ['without a tag', {}],
    ['with another tag', { 'rempart:team': 'it-team' }],
    ['with a further tag', { ...site('1'), 'rempart:environment': 'production' }],
    ['with the tag in another case', { 'Rempart:Site': '1' }],
  ])('is not given %s', async (_, tags) => {
    expect(await assumes(reader, 'lake-reader', tags)).toBe(false);
    for (const writer of writers) expect(await assumes(writer, 'lake-writer', tags)).toBe(false);
  });

  test('is given to no other role, and to none for the other role', async () => {
    const admitted: string[] = [];
    for (const role of production.ofType(roleType)) {
      const name = nameOf(role, facts);
      for (const target of ['lake-reader', 'lake-writer'] as const)
        if (await assumes(name, target, site('1'))) admitted.push(`${name} ${target}`);
    }
    expect(admitted.toSorted()).toEqual([...writers.map((name) => `${name} lake-writer`), `${reader} lake-reader`].toSorted());
  });

  test('is not given to a role with every permission of the account, whom the trust does not name', async () => {
    for (const role of ['lake-reader', 'lake-writer'] as const) {
      const target = callerNamed(lakeRoleId(role));
      const { arn } = callerNamed('collection/HitIngestFunctionRole');
      const policy = { Statement: [{ Effect: 'Allow', Action: 'sts:*', Resource: '*' }] };
      const trust = trustOf(target.role, ofProduction);
      expect(listOf(valueAt(trust ?? {}, 'Statement'))).toHaveLength(1);
      const answer = await evaluateRequest({
        ...{
          principal: arn,
          action: 'sts:AssumeRole',
          resource: target.arn,
          identityPolicies: [{ name: 'all', policy }],
          resourcePolicy: trust,
        },
        context: { ...certainContext('sts:AssumeRole', region), 'aws:RequestTag/rempart:site': '1', 'aws:TagKeys': ['rempart:site'] },
      });
      expect(answer).toEqual({ allowed: false, reason: 'not allowed by the resource policy' });
    }
  });
});

// The same requests on weakened templates, so that a denial above is one of the part that it names.
describe('without', () => {
  const weakened = (name: string, from: string, to: string) =>
    new StandIn(
      changed(
        name,
        withProperties((properties) => JSON.parse(JSON.stringify(properties).replace(from, to)) as JsonObject),
      ),
    );
  const lake = `${bucket}/lake/site=2/${file}`;

  test('the tag in the permissions, a session reads another site', async () => {
    const standIn = weakened('data/LakeRolesReaderPermissions', '${aws:PrincipalTag/rempart:site}', '*');
    expect(await decision(lakeRoleId('lake-reader'), site('1'), 's3:GetObject', lake, {}, standIn)).toBe('allowed');
  });

  test('the slash after the tag, a session reads a site whose id begins alike', async () => {
    const standIn = weakened('data/LakeRolesReaderPermissions', '${aws:PrincipalTag/rempart:site}/*', '${aws:PrincipalTag/rempart:site}*');
    const other = `${bucket}/lake/site=10/${file}`;
    expect(await decision(lakeRoleId('lake-reader'), site('1'), 's3:GetObject', other, {}, standIn)).toBe('allowed');
  });

  test('the condition on the presence of the tag, a function has a session without one', async () => {
    const standIn = weakened('data/LakeRolesReaderRole', '"Null":{"aws:RequestTag/rempart:site":"false"},', '');
    expect(await assumes('data/PeopleExportRole', 'lake-reader', {}, standIn)).toBe(true);
  });

  test('the condition on the keys, a function has a session with further tags', async () => {
    const standIn = weakened('data/LakeRolesReaderRole', '"aws:TagKeys":["rempart:site"]', '"aws:TagKeys":["rempart:site","rempart:team"]');
    expect(await assumes('data/PeopleExportRole', 'lake-reader', { ...site('1'), 'rempart:team': 'it-team' }, standIn)).toBe(true);
  });

  test('the denial of the bucket, a role with every permission reads the lake', async () => {
    const standIn = weakened('data/ArchivePolicy', '/lake/*', '/lakes/*');
    const arn = 'arn:aws:iam::111122223333:role/another';
    const permissions = [{ name: 'everything', policy: { Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] } }];
    const read = (policy: Json | undefined) =>
      evaluateRequest({
        ...{ principal: arn, action: 's3:GetObject', resource: lake, identityPolicies: permissions, resourcePolicy: policy },
        context: { ...certainContext('s3:GetObject', region), 's3:TlsVersion': '1.3', 'aws:PrincipalArn': arn },
      });
    expect((await read(policyOfResource(lake, ofProduction))).reason).toBe('denied by the resource policy');
    expect((await read(policyOfResource(lake, standIn))).reason).toBe('allowed');
  });
});
