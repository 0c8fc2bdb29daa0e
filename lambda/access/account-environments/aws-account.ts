// The account in AWS: markers in IAM, and the VPCs of each region.
import { type EC2Client, paginateDescribeVpcs, type Tag } from '@aws-sdk/client-ec2';
import type { IAMClient } from '@aws-sdk/client-iam';
import { boundaryClaims } from '../../../runtime/boundary-claims';
import type { SharedAccount } from './keep';
import { markers } from './marker';
import type { Sign } from './neighbours';

/** Tags of every resource of a deployment. */
const environmentTag = 'rempart:environment';
const deploymentTag = 'rempart:deployment';

/** `boundary` is the ARN of the boundary of this deployment; each region has a client of its own. */
export function awsAccount(iam: IAMClient, boundary: string, ec2: ReadonlyMap<string, EC2Client>): SharedAccount {
  return {
    ...boundaryClaims(iam, boundary, markers),
    regions: [...ec2.keys()],
    async vpcs(region) {
      const client = ec2.get(region);
      if (client === undefined) throw new Error(`VPCs: expected one of ${[...ec2.keys()].join(', ')}, got ${region}`);
      return vpcsOf(client, region);
    },
  };
}

async function vpcsOf(client: EC2Client, region: string): Promise<readonly Sign[]> {
  const found: Sign[] = [];
  const tagged = { Filters: [{ Name: 'tag-key', Values: [environmentTag] }] };
  for await (const { Vpcs = [] } of paginateDescribeVpcs({ client }, tagged)) {
    for (const { VpcId, Tags } of Vpcs) {
      const environment = tagOf(Tags, environmentTag);
      if (environment !== undefined) found.push({ deployment: tagOf(Tags, deploymentTag), environment, resource: `${VpcId} in ${region}` });
    }
  }
  return found;
}

const tagOf = (tags: readonly Tag[] | undefined, key: string): string | undefined => tags?.find(({ Key }) => Key === key)?.Value;
