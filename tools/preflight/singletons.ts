// Settings that an account or a region has once: another holder is found before CloudFormation replaces its value.
import { GetResourceCommand, paginateListResources } from '@aws-sdk/client-cloudcontrol';
import { DescribeVpcBlockPublicAccessOptionsCommand } from '@aws-sdk/client-ec2';
import type { Account } from './account';
import type { Deployment } from './deployment';
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

const analyzerType = 'AWS::AccessAnalyzer::Analyzer';

/**
 * An account has one analyzer of access from outside in each region, and the quota cannot be raised ("IAM Access
 * Analyzer quotas"). Its service-linked role, which the first analyzer creates, may exist already. (TOM-3.5)
 */
export function analyzerCheck({ account, resources, deployed, site }: Deployment): Check {
  const run = async (): Promise<readonly Line[]> => {
    const planned = resources.find(({ type }) => type === analyzerType);
    if (planned === undefined) return [];
    const own = await deployed.find(planned);
    const [other] = (await accountAnalyzers(account)).filter((arn) => arn !== own);
    const remove = `aws accessanalyzer delete-analyzer --analyzer-name ${other?.split('/').at(-1)} --region ${account.region}`;
    const adopt = 'set access.accessAnalyzer: existing in the configuration of all but one deployment of the account';
    const isProduction = site.settings.environment === 'production';
    return [
      {
        check: `access analyzer in ${account.region}`,
        verdict: other === undefined ? 'ready' : 'change',
        found: other ?? own ?? 'none',
        wanted: `none, or that of the stack ${planned.stack}`,
        command:
          other === undefined
            ? `aws accessanalyzer list-analyzers --type ACCOUNT --region ${account.region}`
            : isProduction
              ? remove
              : `${adopt}, or ${remove}`,
      },
    ];
  };
  return { name: 'access analyzer', run };
}

/** ARNs of the analyzers of access from outside the account. A list may contain the identifiers alone. */
async function accountAnalyzers({ cloudControl }: Account): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { ResourceDescriptions = [] } of paginateListResources({ client: cloudControl }, { TypeName: analyzerType })) {
    for (const { Identifier = '', Properties = '{}' } of ResourceDescriptions) {
      const listed = JSON.parse(Properties) as { readonly Type?: string };
      const { Type } = listed.Type === undefined ? await analyzerOf(Identifier) : listed;
      if (Type === 'ACCOUNT') found.push(Identifier);
    }
  }
  return found;

  async function analyzerOf(Identifier: string): Promise<{ readonly Type?: string }> {
    const { ResourceDescription } = await cloudControl.send(new GetResourceCommand({ TypeName: analyzerType, Identifier }));
    return JSON.parse(ResourceDescription?.Properties ?? '{}') as { readonly Type?: string };
  }
}
