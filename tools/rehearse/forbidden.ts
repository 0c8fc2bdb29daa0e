// Part 1 of the rehearsal, in reverse: requests that the policies of the deployment refuse even to a caller whose own
// permissions allow everything.
import { type Json, type Resource, valueAt } from '../../lib/tom/template/assembly';
import { nameOf } from '../../lib/tom/template/names';
import { bucketType, keyType, roleType, topicType } from '../../lib/tom/template/resource-types';
import { boundaryOf } from './callers';
import { certainContext } from './calls';
import { policyOfResource } from './resource-policies';
import { evaluateRequest, type NamedPolicy } from './simulator';
import { type StandIn, standInAccount } from './stand-in';

/** A request of a caller of the account, and whether it must be refused. */
export interface ForbiddenRow {
  readonly subject: string;
  readonly action: string;
  readonly resource: string;
  /** The circumstances, as in `without TLS`. */
  readonly how: string;
  readonly wanted: 'refused' | 'allowed';
  /** Whether the answer is the wanted one. */
  readonly right: boolean;
  readonly reason: string;
}

interface Attempt extends Pick<ForbiddenRow, 'action' | 'how' | 'wanted'> {
  readonly context: Readonly<Record<string, string>>;
}

const everything: NamedPolicy = {
  name: 'everything',
  policy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
};

const withoutTls = { how: 'without TLS', wanted: 'refused', context: { 'aws:SecureTransport': 'false' } } as const;
const grant = (isForService: boolean): Attempt => ({
  action: 'kms:CreateGrant',
  how: isForService ? 'by an AWS service for a resource of the caller' : 'by the caller itself',
  wanted: isForService ? 'allowed' : 'refused',
  context: {
    'aws:PrincipalIsAWSService': 'false',
    'kms:GrantIsForAWSResource': String(isForService),
  },
});

/** What is tried on the resources of each type ("TOM-5.7", "TOM-5.5", "TOM-7.4"). */
const attempts: Readonly<Record<string, readonly Attempt[]>> = {
  [keyType]: [grant(false), grant(true)],
  [bucketType]: [
    { ...withoutTls, action: 's3:GetObject' },
    { ...withoutTls, action: 's3:PutObject' },
  ],
  'AWS::SQS::Queue': [{ ...withoutTls, action: 'sqs:ReceiveMessage' }],
  [topicType]: [{ ...withoutTls, action: 'sns:Publish' }],
};

/** Tries what must be refused, and beside it what must not. */
export async function rehearseForbidden(standIn: StandIn): Promise<readonly ForbiddenRow[]> {
  const rows: ForbiddenRow[] = [];
  for (const [type, tried] of Object.entries(attempts))
    for (const target of standIn.assembly.ofType(type)) for (const attempt of tried) rows.push(await tryOn(target, attempt, standIn));
  for (const role of standIn.assembly.ofType(roleType)) rows.push(await beyondBoundary(role, standIn));
  return [...rows, ...redrives(standIn)];
}

async function tryOn(target: Resource, { action, how, wanted, context }: Attempt, standIn: StandIn): Promise<ForbiddenRow> {
  const arn = standIn.arnOf(target);
  const resource = action.startsWith('s3:') ? `${arn}/example` : arn;
  const { allowed, reason } = await evaluateRequest({
    principal: `arn:aws:iam::${standInAccount}:role/administrator`,
    action,
    resource,
    // As each request of the account has them: a denial for another reason proves nothing.
    context: { ...certainContext(action, standIn.assembly.facts.region), ...context },
    identityPolicies: [everything],
    resourcePolicy: policyOfResource(resource, standIn),
  });
  const subject = nameOf(target, standIn.assembly.facts);
  return { subject, action, resource, how, wanted, right: allowed === (wanted === 'allowed'), reason };
}

/** A service that no program of the deployment uses: no boundary lists it. */
const unlisted = 'lightsail:CreateInstances';

async function beyondBoundary(role: Resource, standIn: StandIn): Promise<ForbiddenRow> {
  const { allowed, reason } = await evaluateRequest({
    principal: standIn.arnOf(role),
    action: unlisted,
    resource: '*',
    context: certainContext(unlisted, standIn.assembly.facts.region),
    identityPolicies: [everything],
    boundary: boundaryOf(role, standIn),
  });
  const subject = nameOf(role, standIn.assembly.facts);
  return { subject, action: unlisted, resource: '*', how: 'with every permission', wanted: 'refused', right: !allowed, reason };
}

/**
 * Another queue of the account that names a queue as its dead-letter queue: allowed unless `RedriveAllowPolicy`
 * refuses it ("Amazon SQS API Reference", SetQueueAttributes). Lambda and EventBridge send, and need no redrive.
 */
function redrives(standIn: StandIn): readonly ForbiddenRow[] {
  return standIn.assembly.ofType('AWS::SQS::Queue').map((queue) => {
    const permission: Json = valueAt(queue.at('RedriveAllowPolicy') ?? {}, 'redrivePermission') ?? 'allowAll';
    return {
      subject: nameOf(queue, standIn.assembly.facts),
      action: 'redrive',
      resource: standIn.arnOf(queue),
      how: 'from another queue of the account',
      wanted: 'refused',
      right: permission !== 'allowAll',
      reason: `redrivePermission is ${String(permission)}`,
    };
  });
}
