// TOM-3.6: audit records are immutable and retained for at least a year. No principal can delete them.

import { shortestAuditDays } from '../../figures';
import { type Break, type Finding, finding, type Guard, guardWhere, type Rule, remove, replace, set } from '../../rule';
import type { Assembly, Json, JsonObject, Resource } from '../../template/assembly';
import { auditArchives, coversBucket, coversObjects, denialsOf } from '../../template/buckets';
import { conditionsAre, coversActions, type Statement } from '../../template/policies';
import { bucketPolicyType, bucketType, trailType } from '../../template/resource-types';
import { newResource } from '../bypass';
import { writerFindings, writerGuards } from './archive-writer-findings';

const objectDeletion = ['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:BypassGovernanceRetention'];
const bucketDeletion = ['s3:DeleteBucket'];

interface Setting {
  readonly path: string;
  readonly value: Json;
  readonly fix: string;
}

const retention = 'Properties.ObjectLockConfiguration.Rule.DefaultRetention';

const settings: readonly Setting[] = [
  { path: 'Properties.ObjectLockEnabled', value: true, fix: 'Set objectLockEnabled: true on the bucket.' },
  { path: 'Properties.VersioningConfiguration.Status', value: 'Enabled', fix: 'Set versioned: true on the bucket.' },
  {
    path: 'Properties.NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled',
    value: true,
    fix: 'Set eventBridgeEnabled: true on the bucket; an EventBridge rule reports deletions.',
  },
  { path: 'DeletionPolicy', value: 'Retain', fix: 'Set removalPolicy: RemovalPolicy.RETAIN on the bucket.' },
  { path: 'UpdateReplacePolicy', value: 'Retain', fix: 'Set removalPolicy: RemovalPolicy.RETAIN on the bucket.' },
];

export const auditArchive: Rule = {
  name: 'audit-archive',
  requires: `the bucket of the audit trail locks objects for ${shortestAuditDays} days, is retained, sends events, denies deletion and other writers`,
  types: [bucketType],
  check(bucket, assembly) {
    if (!auditArchives(assembly).includes(bucket)) return 'not-applicable';
    const findings: Finding[] = settings
      .filter(({ path, value }) => finding(bucket, '', path, '', '').found !== value)
      .map(({ path, value, fix }) => finding(bucket, path, path, String(value), fix));
    const days = bucket.at('ObjectLockConfiguration.Rule.DefaultRetention.Days');
    if (typeof days !== 'number' || days < shortestAuditDays) {
      const fix = 'Set the default retention to audit.retentionDays.';
      findings.push(finding(bucket, 'retention', `${retention}.Days`, `at least ${shortestAuditDays} days`, fix));
    }
    const mode = bucket.at('ObjectLockConfiguration.Rule.DefaultRetention.Mode');
    const modes = allowedModes(assembly);
    if (!modes.some((allowed) => allowed === mode)) {
      findings.push(finding(bucket, 'mode', `${retention}.Mode`, modes.join(' or '), 'Set objectLockDefaultRetention to compliance mode.'));
    }
    return [...findings, ...deletionFindings(bucket, assembly), ...writerFindings(bucket, assembly)];
  },
  guards: [
    ...settings.map(({ path, value }) => ofArchive(path, remove, replace(value === true ? false : 'Other'))),
    ofArchive(`${retention}.Mode`, remove, replace('NONE')),
    guardWhere(bucketType, isArchiveOfProduction, `${retention}.Mode`, replace('GOVERNANCE')),
    ofArchive(`${retention}.Days`, remove, replace(364)),
    ...writerGuards,
    ofArchivePolicy('', remove),
    ofArchivePolicy('Properties.Bucket', replace('another-bucket')),
    ofArchivePolicy(denialPaths('Effect'), remove, replace('Allow')),
    ofArchivePolicy(denialPaths('Action'), remove, replace('s3:PutObjectAcl')),
    ofArchivePolicy(denialPaths('Principal'), remove, replace({ AWS: 'arn:aws:iam::x:root' })),
    ofArchivePolicy(denialPaths('Resource'), remove, replace('arn:aws:s3:::other/*')),
    ofArchivePolicy(denialPaths('Resource.*'), remove),
    ofArchivePolicy(denialPaths('Condition'), set({ StringEquals: { 'aws:PrincipalTag/role': 'workload' } })),
  ],
  bypasses: [
    {
      name: 'an export of every log group of the account to the archive',
      beside: trailType,
      resources: (trail) => ({ Exports: newResource(bucketPolicyType, exportsOfAll(trail.at('S3BucketName') ?? null)) }),
    },
  ],
  reads: [
    { type: trailType, path: 'Properties.S3BucketName' },
    { type: bucketPolicyType, path: 'Properties.PolicyDocument' },
  ],
};

/**
 * Allowed Object Lock modes. In governance mode the root user can still empty the archive: acceptable in a temporary
 * account, not in production.
 */
function allowedModes({ facts }: Assembly): readonly string[] {
  return facts.environment === 'production' ? ['COMPLIANCE'] : ['COMPLIANCE', 'GOVERNANCE'];
}

function isArchiveOfProduction(bucket: Resource, assembly: Assembly): boolean {
  return auditArchives(assembly).includes(bucket) && assembly.facts.environment === 'production';
}

function deletionFindings(bucket: Resource, assembly: Assembly): readonly Finding[] {
  const denied = denialsOf(bucket, assembly).filter((statement) => conditionsAre(statement, []));
  const missing = [
    ...objectDeletion.filter(
      (action) => !denied.some((statement) => coversActions(statement, [action]) && coversObjects(statement, bucket)),
    ),
    ...bucketDeletion.filter(
      (action) => !denied.some((statement) => coversActions(statement, [action]) && coversBucket(statement, bucket)),
    ),
  ];
  return missing.map((action) => ({
    id: `deletion::${action}`,
    path: 'the bucket policy',
    found: undefined,
    required: `a Deny statement for ${action} without conditions, for every principal`,
    fix: `Add a statement to the bucket policy: Effect Deny, Principal *, Action ${action}.`,
  }));
}

function ofArchive(path: string, ...breaks: Break[]): Guard {
  return guardWhere(bucketType, (bucket, assembly) => auditArchives(assembly).includes(bucket), path, ...breaks);
}

/** A policy that admits the export of any log group of the account. */
function exportsOfAll(Bucket: Json): JsonObject {
  const statement = {
    ...{ Effect: 'Allow', Principal: { Service: 'logs.eu-west-3.amazonaws.com' }, Action: 's3:PutObject', Resource: '*' },
    Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
  };
  return { Bucket, PolicyDocument: { Version: '2012-10-17', Statement: [statement] } };
}

/** The statements of a bucket policy that deny deletion from the audit archive. */
function deletionDenials(policy: Resource, assembly: Assembly): readonly Statement[] {
  const bucket = auditArchives(assembly).find((archive) => assembly.refersTo(policy.at('Bucket'), policy, archive));
  if (!bucket) return [];
  const deletion = [...objectDeletion, ...bucketDeletion];
  return denialsOf(bucket, assembly).filter(
    (statement) => conditionsAre(statement, []) && deletion.some((action) => coversActions(statement, [action])),
  );
}

function denialPaths(key: string): Exclude<Guard['path'], string> {
  return (policy, assembly) => deletionDenials(policy, assembly).map((statement) => `Properties.${statement.path}.${key}`);
}

function ofArchivePolicy(path: Guard['path'], ...breaks: Break[]): Guard {
  return guardWhere(bucketPolicyType, (policy, assembly) => deletionDenials(policy, assembly).length > 0, path, ...breaks);
}
