// The alarm on each use of a role: by whom and in which way it is assumed, or tried to be.
import { type Finding, finding } from '../../rule';
import type { Assembly, Json, Resource } from '../../template/assembly';
import { matchesEvent } from '../../template/filter-patterns';
import { isAlarmed } from './trail-alarm-findings';

/**
 * The requests that assume a role, with the types of identities that send them. ("CloudTrail userIdentity element")
 */
const identities: Readonly<Record<string, readonly string[]>> = {
  AssumeRole: ['IAMUser', 'AssumedRole', 'FederatedUser', 'Root', 'AWSAccount'],
  AssumeRoleWithSAML: ['SAMLUser'],
  AssumeRoleWithWebIdentity: ['WebIdentityUser'],
};

/** The endpoint of AWS STS that is used: the global one, or one of a region. */
const regions = ['us-east-1', 'eu-west-3', 'ap-southeast-2'];

const account = '${AWS.AccountId}';

/**
 * Events of the trail: each way to assume the role, by each identity, in each region; and refused requests, whose
 * message alone names the role. ("Logging IAM and AWS STS API calls with AWS CloudTrail")
 */
function usesOf(name: string): readonly Json[] {
  const roleArn = `arn:aws:iam::${account}:role/${name}`;
  return Object.entries(identities).flatMap(([eventName, types]) =>
    types.flatMap((type) =>
      regions.flatMap((awsRegion, index): readonly Json[] => {
        const mfaAuthenticated = index === 0 ? 'true' : 'false';
        const userIdentity = { type, accountId: account, sessionContext: { attributes: { mfaAuthenticated } } };
        const event = { eventSource: 'sts.amazonaws.com', eventType: 'AwsApiCall', eventName, awsRegion, userIdentity };
        const requestParameters = { roleArn, roleSessionName: 'person' };
        const errorMessage = `User: arn:aws:iam::${account}:user/person is not authorized to perform: sts:${eventName} on resource: ${roleArn}`;
        const refused = { ...event, requestParameters: null, errorCode: 'AccessDenied', errorMessage };
        return [{ ...event, requestParameters }, ...(eventName === 'AssumeRole' ? [refused] : [])];
      }),
    ),
  );
}

/** An alarm counts each use of the role, and each request that is refused. */
export function useFindings(role: Resource, assembly: Assembly): readonly Finding[] {
  const uses = usesOf(String(role.at('RoleName')));
  if (isAlarmed(assembly, (pattern) => uses.every((event) => matchesEvent(pattern, event)))) return [];
  const required = 'an alarm on each use of the role, by each identity and each request of AWS STS';
  return [finding(role, 'alarm', '', required, 'Restore trailAlarms of lib/access.')];
}
