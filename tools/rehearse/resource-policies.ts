// The policy of the resource that a call concerns.
import { type Json, listOf, type Resource } from '../../lib/tom/template/assembly';
import { bucketPolicyType, bucketType, keyType } from '../../lib/tom/template/resource-types';
import type { StandIn } from './stand-in';

/** Types of policies with the property that names their resources. */
const policyTypes = [
  [bucketPolicyType, 'Bucket'],
  ['AWS::SQS::QueuePolicy', 'Queues'],
  ['AWS::SNS::TopicPolicy', 'Topics'],
] as const;

/** The policy of the resource with an ARN; `undefined` for a resource without one. */
export function policyOfResource(arn: string, standIn: StandIn): Json | undefined {
  const { assembly } = standIn;
  const key = assembly.ofType(keyType).find((candidate) => standIn.arnOf(candidate) === arn);
  if (key) return standIn.properties(key).KeyPolicy;
  for (const [type, property] of policyTypes) {
    for (const policy of assembly.ofType(type)) {
      const targets = listOf(policy.at(property)).map((target) => assembly.target(target, policy.stack));
      if (targets.some((target) => target && concerns(arn, target, standIn))) return standIn.properties(policy).PolicyDocument;
    }
  }
  return undefined;
}

function concerns(arn: string, target: Resource, standIn: StandIn): boolean {
  const own = standIn.arnOf(target);
  return arn === own || (target.type === bucketType && arn.startsWith(`${own}/`));
}
