// TOM-3.10: database users authenticate with IAM; RDS generates, encrypts and rotates the master password.

import { append, type Finding, finding, guard, type Rule, remove, replace, set } from '../../rule';
import { type Assembly, listOf, type Resource } from '../../template/assembly';
import { customerKey } from '../../template/keys';
import { clusterType, keyAliasType, proxyType } from '../../template/resource-types';

export const databaseCredentials: Rule = {
  name: 'database-credentials',
  requires: 'every cluster enables IAM authentication and a master password that RDS manages; every proxy requires IAM authentication',
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
    { type: keyAliasType, path: 'Properties.TargetKeyId' },
    { type: keyAliasType, path: 'Properties.AliasName' },
  ],
};

function clusterFindings(resource: Resource, assembly: Assembly): readonly Finding[] {
  const findings: Finding[] = [];
  const addFinding = (id: string, property: string, required: string, fix: string) =>
    void findings.push(finding(resource, id, `Properties.${property}`, required, fix));
  if (resource.at('EnableIAMDatabaseAuthentication') !== true) {
    addFinding('iam', 'EnableIAMDatabaseAuthentication', 'true', 'Set enableIamDatabaseAuthentication: true on the cluster.');
  }
  if (resource.at('ManageMasterUserPassword') !== true) {
    addFinding(
      'managed',
      'ManageMasterUserPassword',
      'true',
      'Set manageMasterUserPassword: true on the cluster; RDS then rotates the password.',
    );
  }
  if (!customerKey(resource.at('MasterUserSecret.KmsKeyId'), resource, assembly)) {
    addFinding('key', 'MasterUserSecret.KmsKeyId', 'a key of the deployment', 'Set masterUserSecret.kmsKeyId to the data key.');
  }
  if (resource.at('MasterUserPassword') !== undefined) {
    addFinding('password', 'MasterUserPassword', 'no password', 'Remove masterUserPassword; RDS generates the password.');
  }
  return findings.map((one) => (one.id === 'password' ? { ...one, found: '(not shown)' } : one));
}

function proxyFindings(resource: Resource): readonly Finding[] {
  const byIam = resource.at('DefaultAuthScheme') === 'IAM_AUTH';
  if (byIam && listOf(resource.at('Auth')).length === 0) return [];
  const property = byIam ? 'Auth' : 'DefaultAuthScheme';
  const required = byIam ? 'no secrets' : 'IAM_AUTH';
  return [finding(resource, 'sign-in', `Properties.${property}`, required, 'Set defaultAuthScheme: IAM_AUTH and remove auth.')];
}
