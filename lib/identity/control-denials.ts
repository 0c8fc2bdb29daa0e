// Denials of the boundary that no condition limits: only templates change keys, network, buckets and identities.
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';

/**
 * Keys have random ids, so the statement denies these actions on every key: deleting or disabling it, changing its
 * policy, alias or rotation, or creating a replica with another policy. (TOM-5.5)
 */
export function denyLosingKeys(): PolicyStatement {
  return deny(
    'Keys',
    [
      'kms:Delete*',
      'kms:Disable*',
      'kms:EnableKeyRotation',
      'kms:Import*',
      'kms:PutKeyPolicy',
      'kms:ReplicateKey',
      'kms:Schedule*',
      'kms:Update*',
    ],
    ['*'],
  );
}

/**
 * Only templates change the firewalls, their logs and VPC Block Public Access; changes of routes, groups, ACLs and
 * VPNs are none of the bounded actions. The actions are patterns, because each omitted action could bypass the denial:
 * a rule added above the last rule of the DNS firewall has the same effect as its removal. Source: Service
 * Authorization Reference. (TOM-6.6, DSS-5.6.2, TOM-3.6)
 */
export function denyOpeningTheNetwork(): PolicyStatement {
  const changing = (service: string, ...verbs: string[]): string[] => verbs.map((verb) => `${service}:${verb}*`);
  return deny(
    'Network',
    [
      'ec2:DeleteFlowLogs',
      'ec2:Modify*',
      'logs:DeleteResourcePolicy',
      'logs:PutResourcePolicy',
      ...changing('network-firewall', 'Associate', 'Create', 'Delete', 'Disassociate', 'Put', 'Update'),
      ...changing('route53resolver', 'Associate', 'Create', 'Delete', 'Disassociate', 'Import', 'Put', 'Update'),
    ],
    ['*'],
  );
}

/**
 * Only templates change buckets: their policies, encryption, lifecycle, replication and access points. No role
 * shortens the retention of an object or gives it an access list. (TOM-3.6, TOM-4.8)
 */
export function denyOpeningBuckets(): PolicyStatement {
  return deny(
    'Buckets',
    [
      's3:BypassGovernanceRetention',
      's3:Create*',
      's3:DeleteAccessPoint*',
      's3:DeleteBucket*',
      's3:DeleteObjectVersion*',
      's3:PutAccessPoint*',
      's3:Put*Acl',
      's3:Put*Configuration',
      's3:Put*PublicAccessBlock',
      's3:PutBucket*',
      's3:PutObjectL*',
      's3:PutObjectR*',
    ],
    ['*'],
  );
}

/**
 * Denies bypasses of the boundary: removing a boundary, changing a managed policy (including this one), creating users
 * or their credentials, trusting another identity provider, and changing the tag by which a user assumes a role.
 * Actions that only remove access stay possible, including `iam:UpdateAccessKey`, which disables stale access keys
 * (TOM-3.8) and creates none. Patterns keep the boundary below its quota; none matches an action that a role needs.
 */
export function denyWeakeningIdentities(): PolicyStatement {
  return deny(
    'Identities',
    [
      'iam:Add*',
      'iam:AttachG*',
      'iam:AttachU*',
      'iam:CreateA*',
      'iam:CreateL*',
      'iam:CreateO*',
      'iam:CreatePolicyV*',
      'iam:CreateS*',
      'iam:CreateU*',
      'iam:Deactivate*',
      'iam:Delete*PermissionsBoundary',
      'iam:DeletePolicy*',
      'iam:Detach*',
      'iam:PutG*',
      'iam:PutUser*',
      'iam:Reset*',
      'iam:Set*',
      'iam:TagR*',
      'iam:TagU*',
      'iam:UntagU*',
      'iam:UpdateAssume*',
      'iam:UpdateLogin*',
      'iam:UpdateOpenID*',
      'iam:UpdateRole*',
      'iam:UpdateSAML*',
      'iam:Upload*',
    ],
    ['*'],
  );
}

export type Conditions = Record<string, Record<string, string | readonly string[]>>;

export function deny(sid: string, actions: string[], resources: string[], conditions?: Conditions): PolicyStatement {
  return new PolicyStatement({ sid, effect: Effect.DENY, actions, resources, ...(conditions ? { conditions } : {}) });
}
