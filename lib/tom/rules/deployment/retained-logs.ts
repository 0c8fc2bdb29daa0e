// TOM-3.6: logs are encrypted, kept at least 90 days and retained with a deleted stack; every function has such a log.

import { shortestLogDays } from '../../figures';
import { type Finding, finding, guard, guardWhere, type Rule, remove, replace } from '../../rule';
import type { Assembly, Resource } from '../../template/assembly';
import { customerKey } from '../../template/keys';
import { functionType, keyAliasType, logGroupType } from '../../template/resource-types';

export const retainedLogs: Rule = {
  name: 'retained-logs',
  requires: `every log group is encrypted, kept for ${shortestLogDays} days or longer and retained, and every function logs to one`,
  types: [logGroupType, functionType],
  check: (resource, assembly) =>
    resource.type === functionType ? functionFindings(resource, assembly) : logGroupFindings(resource, assembly),
  guards: [
    guard(logGroupType, 'Properties.RetentionInDays', remove, replace(60)),
    guard(logGroupType, 'Properties.KmsKeyId', remove, replace('alias/aws/logs')),
    guardWhere(logGroupType, (_, { facts }) => facts.environment === 'production', 'DeletionPolicy', remove, replace('Delete')),
    guard(functionType, 'Properties.LoggingConfig.LogGroup', remove, replace('/elsewhere')),
  ],
  reads: [
    { type: keyAliasType, path: 'Properties.AliasName' },
    { type: keyAliasType, path: 'Properties.TargetKeyId' },
  ],
};

function logGroupFindings(group: Resource, assembly: Assembly): readonly Finding[] {
  const findings: Finding[] = [];
  const days = group.at('RetentionInDays');
  if (typeof days !== 'number' || days < shortestLogDays) {
    const fix = 'Set retention on the log group to audit.logRetentionDays.';
    findings.push(finding(group, 'retention', 'Properties.RetentionInDays', `at least ${shortestLogDays} days`, fix));
  }
  if (!customerKey(group.at('KmsKeyId'), group, assembly)) {
    findings.push(finding(group, 'key', 'Properties.KmsKeyId', 'a key of the deployment', 'Set encryptionKey on the log group.'));
  }
  const policy = group.json.DeletionPolicy;
  if (assembly.facts.environment === 'production' && policy !== 'Retain' && policy !== 'RetainExceptOnCreate') {
    findings.push(finding(group, 'removal', 'DeletionPolicy', 'Retain', 'Set removalPolicy: RemovalPolicy.RETAIN on the log group.'));
  }
  return findings;
}

/** For a function without a log group, Lambda creates one that never expires and has no customer-managed key. */
function functionFindings(lambda: Resource, assembly: Assembly): readonly Finding[] {
  const path = 'LoggingConfig.LogGroup';
  if (assembly.target(lambda.at(path), lambda.stack)?.type === logGroupType) return [];
  return [finding(lambda, 'log-group', `Properties.${path}`, 'a log group of the deployment', 'Set logGroup on the function.')];
}
