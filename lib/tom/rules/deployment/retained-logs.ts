// TOM-3.6: logs are kept at least 90 days, encrypted, and outlive their stack; functions log nowhere else.

import { type Finding, finding, guard, guardWhere, type Rule, remove, replace } from '../../rule';
import type { Assembly, Resource } from '../../template/assembly';
import { customerKey } from '../../template/keys';

const minimumDays = 90;

export const retainedLogs: Rule = {
  name: 'retained-logs',
  requires: `every log group is encrypted, kept for at least ${minimumDays} days and retained when its stack is removed, and every function logs to one`,
  types: ['AWS::Logs::LogGroup', 'AWS::Lambda::Function'],
  check: (resource, assembly) =>
    resource.type === 'AWS::Lambda::Function' ? functionLog(resource, assembly) : logGroup(resource, assembly),
  guards: [
    guard('AWS::Logs::LogGroup', 'Properties.RetentionInDays', remove, replace(60)),
    guard('AWS::Logs::LogGroup', 'Properties.KmsKeyId', remove, replace('alias/aws/logs')),
    guardWhere('AWS::Logs::LogGroup', (_, { facts }) => facts.environment === 'production', 'DeletionPolicy', remove, replace('Delete')),
    guard('AWS::Lambda::Function', 'Properties.LoggingConfig.LogGroup', remove, replace('/elsewhere')),
  ],
  reads: [
    { type: 'AWS::KMS::Alias', path: 'Properties.AliasName' },
    { type: 'AWS::KMS::Alias', path: 'Properties.TargetKeyId' },
  ],
};

function logGroup(group: Resource, assembly: Assembly): readonly Finding[] {
  const findings: Finding[] = [];
  const days = group.at('RetentionInDays');
  if (typeof days !== 'number' || days < minimumDays) {
    const fix = 'Set retention to the days of audit.logRetentionDays.';
    findings.push(finding(group, 'retention', 'Properties.RetentionInDays', `at least ${minimumDays}`, fix));
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

/** A function without a log group of its own gets one from the service: never encrypted with our key, kept for ever. */
function functionLog(lambda: Resource, assembly: Assembly): readonly Finding[] {
  const path = 'LoggingConfig.LogGroup';
  if (assembly.target(lambda.at(path), lambda.stack)?.type === 'AWS::Logs::LogGroup') return [];
  return [finding(lambda, 'log-group', `Properties.${path}`, 'a log group of the deployment', 'Set logGroup on the function.')];
}
