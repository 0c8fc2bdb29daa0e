// TOM-3.10: every secret is generated in the secrets store and rotated at least every 90 days by a function of the deployment.

import { type Finding, finding, guard, type Rule, remove, replace } from '../../rule';
import { type Assembly, isObject, type Resource } from '../../template/assembly';

const secretType = 'AWS::SecretsManager::Secret';
const scheduleType = 'AWS::SecretsManager::RotationSchedule';
const longestDays = 90;

export const secretsRotated: Rule = {
  name: 'secrets-rotated',
  requires: `every secret is generated, not written, and rotated at least every ${longestDays} days by a function of the deployment`,
  types: [secretType],
  check(secret, assembly) {
    const findings: Finding[] = [];
    if (!isObject(secret.at('GenerateSecretString'))) {
      const fix = 'Set generateSecretString on the secret.';
      findings.push(finding(secret, 'generated', 'Properties.GenerateSecretString', 'a generated secret', fix));
    }
    const schedules = assembly.ofType(scheduleType).filter((schedule) => assembly.refersTo(schedule.at('SecretId'), schedule, secret));
    if (!schedules.some((schedule) => isRotationOf(schedule, assembly))) {
      const required = `a rotation schedule of at most ${longestDays} days with a function of the deployment that the service may call`;
      const fix = 'Add a CfnRotationSchedule with its function and permission.';
      findings.push({
        ...finding(secret, 'rotated', 'the rotation schedule of the secret', required, fix),
        found: schedules[0]?.logicalId,
      });
    }
    return findings;
  },
  guards: [
    guard(secretType, 'Properties.GenerateSecretString', remove),
    guard(scheduleType, '', remove),
    guard(scheduleType, 'Properties.SecretId', remove, replace('another')),
    guard(scheduleType, 'Properties.RotationLambdaARN', remove, replace('arn:aws:lambda:eu-west-3:x:function:y')),
    guard(scheduleType, 'Properties.RotationRules.AutomaticallyAfterDays', remove, replace(365)),
  ],
};

function isRotationOf(schedule: Resource, assembly: Assembly): boolean {
  const days = schedule.at('RotationRules.AutomaticallyAfterDays');
  const lambda = assembly.target(schedule.at('RotationLambdaARN'), schedule.stack);
  return typeof days === 'number' && days >= 1 && days <= longestDays && lambda?.type === 'AWS::Lambda::Function';
}
