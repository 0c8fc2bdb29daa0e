// The quota of EC2 Instance Connect Endpoints: 5 for each account and Region, and one for each VPC ("Quotas for EC2
// Instance Connect Endpoint"). The VPC is the deployment's own.
import { paginateDescribeInstanceConnectEndpoints } from '@aws-sdk/client-ec2';
import type { Account } from './account';
import type { Check, Line } from './line';
import { countOf, isOwn, type Resource } from './templates';

const quota = 5;
/** States in which an endpoint does not count. */
const gone = ['delete-complete', 'create-failed'];

/** The endpoint of the templates, with those of other VPCs. */
export function connectQuotaCheck({ ec2: client, region }: Account, resources: readonly Resource[]): Check {
  const run = async (): Promise<readonly Line[]> => {
    const own = countOf(resources, 'AWS::EC2::InstanceConnectEndpoint');
    if (own === 0) return [];
    let others = 0;
    for await (const { InstanceConnectEndpoints = [] } of paginateDescribeInstanceConnectEndpoints({ client }, {})) {
      others += InstanceConnectEndpoints.filter(({ State = '', Tags = [] }) => !gone.includes(State) && !isOwn(Tags, resources)).length;
    }
    const most = quota - own;
    return [
      {
        check: 'quota: EC2 Instance Connect Endpoints',
        verdict: others <= most ? 'ready' : 'change',
        found: `${others} besides that of the deployment`,
        wanted: `at most ${most}, of a quota of ${quota}`,
        command: `aws ec2 describe-instance-connect-endpoints --region ${region}`,
      },
    ];
  };
  return { name: 'quota of EC2 Instance Connect Endpoints', run };
}
