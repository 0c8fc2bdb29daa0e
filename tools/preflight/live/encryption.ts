// Grants on the keys: holders, requests, and whether the key policy denies a grant to a person.
import { type Event, paginateLookupEvents } from '@aws-sdk/client-cloudtrail';
import { type GrantListEntry, paginateListGrants } from '@aws-sdk/client-kms';
import type { Deployment } from '../deployment';
import { type Check, type Line, laterLine } from '../line';
import { ofType, type Resource } from '../templates';

const keysOf = (resources: readonly Resource[]): readonly Resource[] => ofType(resources, 'AWS::KMS::Key');

/**
 * Every grant is of the own account, to a service, to a role of a service, or to a role of the deployment. (TOM-3.10,
 * TOM-5.5)
 */
export function grantCheck({ account: { kms, id, region }, resources, deployed }: Deployment): Check {
  const lineOf = async (key: Resource): Promise<Line> => {
    const check = `grants of ${key.logicalId} of ${key.stack}`;
    const wanted = 'from this account, to services and roles of the deployment';
    const KeyId = await deployed.find(key);
    if (KeyId === undefined) return laterLine(check, wanted);
    const roles = await rolesOf(resources, deployed);
    const grants: GrantListEntry[] = [];
    for await (const { Grants = [] } of paginateListGrants({ client: kms }, { KeyId })) grants.push(...Grants);
    const strange = grants.filter((grant) => !isOwnGrant(grant, id) || !isKnownGrantee(grant, id, roles));
    const listed = strange.map(({ GrantId, GranteePrincipal, IssuingAccount }) => `${GrantId} to ${GranteePrincipal} by ${IssuingAccount}`);
    return {
      check,
      verdict: strange.length === 0 ? 'ready' : 'change',
      found: strange.length === 0 ? `${grants.length} grants, all as wanted` : listed.join(', '),
      wanted,
      command: `aws kms list-grants --key-id ${KeyId} --region ${region}`,
    };
  };
  return { name: 'grants of keys', run: () => Promise.all(keysOf(resources).map(lineOf)) };
}

/** The issuing account is twelve digits or the ARN of its root ("GrantListEntry", AWS KMS API Reference). */
const isOwnGrant = ({ IssuingAccount: issuer = '' }: GrantListEntry, account: string): boolean =>
  issuer === account || issuer === `arn:aws:iam::${account}:root`;

function isKnownGrantee(
  { GranteePrincipal: grantee = '', GranteeServicePrincipal: service }: GrantListEntry,
  account: string,
  roles: Roles,
) {
  if (service !== undefined || /^[\w.-]+\.amazonaws\.com$/.test(grantee)) return true;
  const [, owner, kind, path = ''] = /^arn:aws:(?:iam|sts)::(\d{12}):(role|assumed-role)\/(.+)$/.exec(grantee) ?? [];
  if (owner !== account) return false;
  // EC2 uses the grants of a disk as a role of its own infrastructure, `aws:ec2-infrastructure`.
  if (kind === 'role' ? path.startsWith('aws-service-role/') : /^(?:AWSServiceRoleFor|aws:)/.test(path)) return true;
  return roles.has((kind === 'role' ? path.split('/').at(-1) : path.split('/')[0]) ?? '');
}

type Roles = ReadonlySet<string | undefined>;

async function rolesOf(resources: readonly Resource[], deployed: Deployment['deployed']): Promise<Roles> {
  return new Set(await Promise.all(ofType(resources, 'AWS::IAM::Role').map((role) => deployed.find(role))));
}

/** The part of a CloudTrail record that shows who made a grant ("CloudTrail record contents"). */
interface GrantRecord {
  readonly errorCode?: string;
  readonly userIdentity?: { readonly arn?: string; readonly invokedBy?: string };
}

/** Services create the grants of a day and none of them is denied; no user creates one. */
export function grantEventCheck({ account: { cloudTrail, region }, resources, deployed }: Deployment): Check {
  const run = async (): Promise<readonly Line[]> => {
    const check = 'grants that the trail recorded in 24 hours';
    const wanted = 'created by services, none denied to a service';
    const command = `aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=CreateGrant --region ${region}`;
    const ids = (await Promise.all(keysOf(resources).map((key) => deployed.find(key)))).filter((id) => id !== undefined);
    if (ids.length === 0) return [laterLine(check, wanted, command)];
    const records: GrantRecord[] = [];
    const query = {
      LookupAttributes: [{ AttributeKey: 'EventName' as const, AttributeValue: 'CreateGrant' }],
      StartTime: new Date(Date.now() - 86_400_000),
    };
    for await (const { Events = [] } of paginateLookupEvents({ client: cloudTrail }, query)) {
      records.push(...Events.filter((event) => concerns(event, ids)).map(({ CloudTrailEvent = '{}' }) => JSON.parse(CloudTrailEvent)));
    }
    if (records.length === 0) return [laterLine(check, wanted, command, 'no grant')];
    const faults = [...new Set(records.flatMap(faultOf))];
    const found = faults.length === 0 ? `${records.length} grants, all as wanted` : faults.join(', ');
    return [{ check, verdict: faults.length === 0 ? 'ready' : 'change', found, wanted, command }];
  };
  return { name: 'grants that the trail recorded', run };
}

const concerns = ({ CloudTrailEvent: text = '' }: Event, ids: readonly string[]): boolean => ids.some((id) => text.includes(id));

/** A denied grant of a user is expected: the key policy denies it. */
function faultOf({ errorCode, userIdentity: { arn, invokedBy } = {} }: GrantRecord): readonly string[] {
  if (errorCode !== undefined && invokedBy !== undefined) return [`${errorCode} for ${invokedBy}`];
  if (errorCode === undefined && invokedBy === undefined) return [`created by ${arn ?? 'an unnamed principal'}`];
  return [];
}

/**
 * `kms:CreateGrant` is a permission to write even where nothing is written, so the preflight leaves the call to a
 * person.
 */
export function dryRunCheck({ account: { id, region }, resources, deployed }: Deployment): Check {
  const lineOf = async (key: Resource): Promise<Line> => {
    const KeyId = await deployed.find(key);
    // A grant names an operation that the key supports ("Key type reference"), or the call fails for that reason.
    const operation = key.properties.KeyUsage === 'SIGN_VERIFY' ? 'Sign' : 'Decrypt';
    const call = `aws kms create-grant --dry-run --key-id ${KeyId} --grantee-principal arn:aws:iam::${id}:root --operations ${operation} --region ${region}`;
    const wanted = 'AccessDeniedException; DryRunOperationException shows that the key policy allows the grant';
    const found = KeyId === undefined ? 'not deployed' : 'not read: the call needs a permission to write';
    return laterLine(`a grant by a person on ${key.logicalId} of ${key.stack}`, wanted, KeyId === undefined ? undefined : call, found);
  };
  return { name: 'grants by persons', run: () => Promise.all(keysOf(resources).map(lineOf)) };
}
