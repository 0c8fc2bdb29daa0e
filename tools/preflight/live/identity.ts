// The boundary of every role: after the deployment, roles have it.
import { GetPolicyCommand } from '@aws-sdk/client-iam';
import { boundaryName } from '../../../lib/config/names';
import { whereExists } from '../answer';
import type { Deployment } from '../deployment';
import { type Check, type Line, laterLine } from '../line';

/** A policy that no role has as its boundary bounds nothing. (TOM-3.5) */
export function boundaryCheck({ account: { iam, id }, site, pseudo }: Deployment): Check {
  const name = boundaryName(site);
  const run = async (): Promise<readonly Line[]> => {
    const PolicyArn = `arn:${pseudo['AWS::Partition']}:iam::${id}:policy/${name}`;
    const check = `roles with the boundary ${name}`;
    const wanted = 'at least 1';
    const command = `aws iam get-policy --policy-arn ${PolicyArn} --query Policy.PermissionsBoundaryUsageCount`;
    const answer = await whereExists(iam.send(new GetPolicyCommand({ PolicyArn })), /^NoSuchEntity/);
    if (answer === undefined) return [laterLine(check, wanted, command)];
    const count = answer.Policy?.PermissionsBoundaryUsageCount ?? 0;
    return [{ check, verdict: count > 0 ? 'ready' : 'change', found: String(count), wanted, command }];
  };
  return { name: 'permissions boundary', run };
}
