// TOM-3.10: nobody knows a password of a database: sign-in is by IAM, and the master's password is made and rotated by RDS under our key.

import { append, type Finding, finding, guard, type Rule, remove, replace, set } from '../../rule';
import { type Assembly, listOf, type Resource } from '../../template/assembly';
import { clusterType, proxyType } from '../../template/databases';
import { customerKey } from '../../template/keys';

export const databaseCredentials: Rule = {
  name: 'database-credentials',
  requires:
    'every database cluster has IAM sign-in and a master password that RDS makes, rotates and encrypts with our key; every proxy signs in by IAM alone',
  types: [clusterType, proxyType],
  check: (resource, assembly) => (resource.type === proxyType ? proxyFindings(resource) : clusterFindings(resource, assembly)),
  guards: [
    guard(clusterType, 'Properties.EnableIAMDatabaseAuthentication', remove, replace(false)),
    guard(clusterType, 'Properties.ManageMasterUserPassword', remove, replace(false)),
    guard(clusterType, 'Properties.MasterUserSecret.KmsKeyId', remove, replace('alias/aws/secretsmanager')),
    guard(clusterType, 'Properties.MasterUserPassword', set('{{resolve:secretsmanager:master}}')),
    guard(proxyType, 'Properties.DefaultAuthScheme', remove, replace('NONE')),
    guard(proxyType, 'Properties.Auth', append({ AuthScheme: 'SECRETS', IAMAuth: 'DISABLED' })),
  ],
  reads: [
    { type: 'AWS::KMS::Alias', path: 'Properties.TargetKeyId' },
    { type: 'AWS::KMS::Alias', path: 'Properties.AliasName' },
  ],
};

function clusterFindings(resource: Resource, assembly: Assembly): readonly Finding[] {
  const findings: Finding[] = [];
  const object = (id: string, property: string, required: string, fix: string) =>
    void findings.push(finding(resource, id, `Properties.${property}`, required, fix));
  if (resource.at('EnableIAMDatabaseAuthentication') !== true) {
    object('iam', 'EnableIAMDatabaseAuthentication', 'true', 'Set enableIamDatabaseAuthentication: true.');
  }
  if (resource.at('ManageMasterUserPassword') !== true) {
    object('managed', 'ManageMasterUserPassword', 'true', 'Set manageMasterUserPassword: true; RDS then rotates it.');
  }
  if (!customerKey(resource.at('MasterUserSecret.KmsKeyId'), resource, assembly)) {
    object('key', 'MasterUserSecret.KmsKeyId', 'a key of the deployment', 'Set masterUserSecret with the data key.');
  }
  if (resource.at('MasterUserPassword') !== undefined) {
    object('password', 'MasterUserPassword', 'none', 'Remove it; RDS makes the password.');
  }
  return findings.map((one) => (one.id === 'password' ? { ...one, found: '(not shown)' } : one));
}

function proxyFindings(resource: Resource): readonly Finding[] {
  const byIam = resource.at('DefaultAuthScheme') === 'IAM_AUTH';
  if (byIam && listOf(resource.at('Auth')).length === 0) return [];
  const property = byIam ? 'Auth' : 'DefaultAuthScheme';
  const required = byIam ? 'no secrets: IAM alone' : 'IAM_AUTH';
  return [finding(resource, 'sign-in', `Properties.${property}`, required, 'Set defaultAuthScheme: IAM_AUTH and no auth.')];
}
