// Statements on the sessions of Session Manager that a person has started.
import { type Assembly, listOf, type Resource, valueAt } from './assembly';
import { canonical } from './canonical';
import type { Statement } from './policies';

/** Actions on a session that a person has started. */
const ownActions: readonly string[] = ['ssm:ResumeSession', 'ssm:TerminateSession'];

/**
 * Condition with the tag by which Session Manager keeps the `aws:userid` of the person with the session ("Additional
 * sample IAM policies for Session Manager", example 4, method 2).
 */
export const sessionTag = 'Condition.StringEquals.ssm:resourceTag/aws:ssmmessages:session-id';

/** Whether a statement is limited to own sessions, by their tag: `aws:userid` is a variable of IAM. (TOM-3.1) */
export function actsOnOwnSessions({ actions, json }: Statement, policy: Resource, assembly: Assembly): boolean {
  const targets = listOf(canonical(json.Resource ?? '*', policy.stack, assembly));
  const sessions = `arn:aws:ssm:${assembly.facts.region}:\${AWS::AccountId}:session/*`;
  return (
    actions.every((action) => ownActions.includes(action)) &&
    targets.length === 1 &&
    targets[0] === sessions &&
    valueAt(json, sessionTag) === '${aws:userid}'
  );
}
