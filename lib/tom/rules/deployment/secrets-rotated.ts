// TOM-3.10: every secret is generated in Secrets Manager and rotated at least every 90 days by a function.

import { longestSecretDays } from '../../figures';
import { type Finding, finding, guard, type Rule, remove, replace } from '../../rule';
import { type Assembly, isObject, type Resource } from '../../template/assembly';
import { nameOf } from '../../template/names';
import { functionType, secretType } from '../../template/resource-types';
import { isProbed, outsideSecret } from '../../world/secrets';

const rotationScheduleType = 'AWS::SecretsManager::RotationSchedule';

export const secretsRotated: Rule = {
  name: 'secrets-rotated',
  requires: `every secret is generated, and rotated at least every ${longestSecretDays} days by a function of the deployment`,
  types: [secretType],
  check(secret, assembly) {
    const listed = outsideSecret(nameOf(secret, assembly.facts));
    if (listed && isProbed(listed, assembly)) return [];
    const findings: Finding[] = [];
    if (!isObject(secret.at('GenerateSecretString'))) {
      const fix = 'Set generateSecretString on the secret.';
      findings.push(finding(secret, 'generated', 'Properties.GenerateSecretString', 'a generated secret', fix));
    }
    const schedules = assembly
      .ofType(rotationScheduleType)
      .filter((schedule) => assembly.refersTo(schedule.at('SecretId'), schedule, secret));
    if (!schedules.some((schedule) => isRotation(schedule, assembly))) {
      const required = `a rotation schedule of at most ${longestSecretDays} days with a function of the deployment`;
      const fix = 'Add a CfnRotationSchedule with a rotation function and its permission.';
      findings.push({
        ...finding(secret, 'rotated', 'the rotation schedule of the secret', required, fix),
        found: schedules[0]?.logicalId,
      });
    }
    return findings;
  },
  guards: [
    guard(secretType, 'Properties.GenerateSecretString', remove),
    guard(rotationScheduleType, '', remove),
    guard(rotationScheduleType, 'Properties.SecretId', remove, replace('another')),
    guard(rotationScheduleType, 'Properties.RotationLambdaARN', remove, replace('arn:aws:lambda:eu-west-3:x:function:y')),
    guard(rotationScheduleType, 'Properties.RotationRules.AutomaticallyAfterDays', remove, replace(365)),
  ],
};

function isRotation(schedule: Resource, assembly: Assembly): boolean {
  const days = schedule.at('RotationRules.AutomaticallyAfterDays');
  const lambda = assembly.target(schedule.at('RotationLambdaARN'), schedule.stack);
  return typeof days === 'number' && days >= 1 && days <= longestSecretDays && lambda?.type === functionType;
}
