// The quota of resource policies in CloudWatch Logs: 10 for each account and Region, besides those of single log
// groups ("PutResourcePolicy", Amazon CloudWatch Logs API Reference). It cannot be raised ("CloudWatch Logs quotas").
import { type CloudWatchLogsClient, DescribeResourcePoliciesCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { Account } from './account';
import type { Check, Line } from './line';
import { ofType, type PseudoParameters, type Resource, resolveText } from './templates';

const quota = 10;

/** Resource policies of the templates, with those of other deployments and of AWS services. */
export function logPolicyQuotaCheck({ logs: client, region }: Account, resources: readonly Resource[], pseudo: PseudoParameters): Check {
  const own = ofType(resources, 'AWS::Logs::ResourcePolicy')
    .filter(({ properties }) => properties.ResourceArn === undefined)
    .map(({ properties }) => resolveText(properties.PolicyName, pseudo) ?? '');
  const run = async (): Promise<readonly Line[]> => {
    if (own.length === 0) return [];
    const others = (await policyNames(client)).filter((name) => !own.includes(name));
    const most = quota - own.length;
    const ready = others.length <= most;
    const show = `aws logs describe-resource-policies --policy-scope ACCOUNT --region ${region}`;
    return [
      {
        check: 'quota: resource policies of CloudWatch Logs',
        verdict: ready ? 'ready' : 'change',
        found: `${others.length} besides the ${own.length} of the deployment${ready ? '' : `: ${others.join(', ')}`}`,
        wanted: `at most ${most}, of a quota of ${quota}`,
        command: ready
          ? show
          : `${show}; then, for a policy that nothing uses, aws logs delete-resource-policy --policy-name NAME --region ${region}`,
      },
    ];
  };
  return { name: 'quota of resource policies of CloudWatch Logs', run };
}

async function policyNames(client: CloudWatchLogsClient, nextToken?: string): Promise<readonly string[]> {
  const command = new DescribeResourcePoliciesCommand({ policyScope: 'ACCOUNT', nextToken });
  const { resourcePolicies = [], nextToken: next } = await client.send(command);
  const names = resourcePolicies.map(({ policyName = '' }) => policyName);
  return next === undefined ? names : [...names, ...(await policyNames(client, next))];
}
