// Powers and access to data of the roles of restore tests. (TOM-3.5, DSS-5.5.1)
import type { Entry, Power } from './held';

/** AWS Backup restores with this role. */
const restoring = 'backup/RestoreTestsRole';
const validation = 'backup/RestoreValidationFunctionRole';
const reader = 'backup/RestoreValidationReaderRole';

const account = '${AWS::AccountId}';
const named = (type: string, name: string): string => `arn:aws:rds:<region>:${account}:${type}:${name}`;
/** What restore tests make, by the prefix of AWS Backup. */
const restored = (type: string): string => named(type, 'awsbackup-restore-test-*');
const snapshots = named('cluster-snapshot', 'awsbackup:*');
const dataKey = ['${data/DataKey.Arn}'];

const power = (control: string, holder: string, actions: readonly string[], resources: readonly string[]): Power => ({
  ...{ control, actions, resources, holders: [holder] },
});

export const restorePowers: readonly Power[] = [
  power('the results of restore tests (DSS-5.5.1)', validation, ['backup:PutRestoreValidationResult'], ['*']),
  power('the instances of restore tests (DSS-5.5.1)', validation, ['rds:CreateDBInstance'], [restored('cluster'), restored('db')]),
  power('the end of these instances (DSS-5.5.1)', validation, ['rds:DeleteDBInstance'], [restored('db')]),
  power('the tags of what tests make (DSS-5.5.1)', validation, ['rds:AddTagsToResource'], [restored('cluster'), restored('db')]),
  power('the tags of restored clusters (DSS-5.5.1)', restoring, ['rds:AddTagsToResource'], [restored('cluster')]),
  power(
    'the restores of the database for tests (DSS-5.5.1)',
    restoring,
    ['rds:RestoreDBClusterFromSnapshot'],
    [
      ...[restored('cluster'), snapshots, named('subgrp', '${backup/RestoreNetworkSubnets}')],
      ...[named('cluster-pg', 'default.*'), named('og', 'default:*')],
    ],
  ),
  power('the grants with which RDS encrypts restored clusters (TOM-5.5)', restoring, ['kms:CreateGrant'], dataKey),
  power(
    'the reads of restored databases (DSS-5.5.1)',
    validation,
    ['lambda:InvokeFunction'],
    ['${backup/RestoreValidationReaderFunction.Arn}'],
  ),
  power(
    'the sign-in to restored databases (DSS-5.5.1)',
    reader,
    ['rds-db:connect'],
    [`arn:aws:rds-db:<region>:${account}:dbuser:*/rempart_validation`],
  ),
];

const use = (of: 'decrypt' | 'encrypt', action: string): Entry => ({
  ...{ store: 'data/DataKey', use: of, actions: [action], resources: dataKey, holders: [restoring] },
});

export const restoreAccesses: readonly Entry[] = [
  { ...use('decrypt', 'kms:Decrypt'), through: 'rds' },
  { ...use('encrypt', 'kms:GenerateDataKey'), through: 'rds' },
];
