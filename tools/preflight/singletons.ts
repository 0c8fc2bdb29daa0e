// Settings that an account or a region has once: another holder is found before CloudFormation replaces its value.
import { DescribeVpcBlockPublicAccessOptionsCommand } from '@aws-sdk/client-ec2';
import type { Account } from './account';
import type { Check, Line } from './line';
import { findStack } from './stacks';
import { countOf, type Resource } from './templates';

/** VPC Block Public Access is one setting per account and region (DSS-5.6.2). */
export function publicAccessCheck({ ec2, cloudFormation, region }: Account, resources: readonly Resource[]): Check {
  const type = 'AWS::EC2::VPCBlockPublicAccessOptions';
  const run = async (): Promise<readonly Line[]> => {
    const holder = resources.find((resource) => resource.type === type);
    if (countOf(resources, type) === 0 || holder === undefined) return [];
    const { VpcBlockPublicAccessOptions: options } = await ec2.send(new DescribeVpcBlockPublicAccessOptionsCommand({}));
    const mode = options?.InternetGatewayBlockMode ?? 'off';
    const isOwn = (await findStack(cloudFormation, holder.stack)) !== undefined;
    const ready = isOwn || mode === 'off';
    return [
      {
        check: `VPC Block Public Access in ${region}`,
        verdict: ready ? 'ready' : 'change',
        found: mode,
        wanted: isOwn ? `enabled by the stack ${holder.stack}` : 'off: no other deployment enables it',
        command: ready
          ? `aws ec2 describe-vpc-block-public-access-options --region ${region}`
          : 'set network.blockPublicAccess: false in the configuration of all but one deployment of the account',
      },
    ];
  };
  return { name: 'VPC Block Public Access', run };
}
