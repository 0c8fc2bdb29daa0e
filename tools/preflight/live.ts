// Facts that documentation leaves open and only an account shows: before the deployment where the service answers, otherwise after it.
import { GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { type Parameter, paginateDescribeEngineDefaultClusterParameters } from '@aws-sdk/client-rds';
import { GetBucketPolicyCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { Account } from './account';
import type { Check, Line } from './line';
import { physicalId } from './stacks';
import { type PseudoParameters, type Resource, resolveText } from './templates';

export function liveChecks(account: Account, resources: readonly Resource[], pseudo: PseudoParameters): readonly Check[] {
  return [parameterCheck(account, resources), pinningCheck(account, resources, pseudo), ...bucketChecks(account, resources)];
}

/** Every parameter of the cluster parameter groups exists in its family, may be changed, and admits its value. */
function parameterCheck({ rds, region }: Account, resources: readonly Resource[]): Check {
  const run = async (): Promise<readonly Line[]> => {
    const groups = resources.filter(({ type }) => type === 'AWS::RDS::DBClusterParameterGroup');
    const lines: Line[] = [];
    for (const { properties } of groups) {
      const family = String(properties.Family);
      const known = new Map<string, Parameter>();
      for await (const page of paginateDescribeEngineDefaultClusterParameters({ client: rds }, { DBParameterGroupFamily: family })) {
        for (const parameter of page.EngineDefaults?.Parameters ?? []) known.set(parameter.ParameterName ?? '', parameter);
      }
      const command = `aws rds describe-engine-default-cluster-parameters --db-parameter-group-family ${family} --region ${region}`;
      for (const [name, value] of Object.entries((properties.Parameters ?? {}) as Record<string, string>)) {
        lines.push({ check: `parameter ${name} of ${family}`, ...compareParameter(known.get(name), String(value)), command });
      }
    }
    return lines;
  };
  return { name: 'database parameters', run };
}

/** A parameter of the family beside the value that the templates set. */
export function compareParameter(parameter: Parameter | undefined, value: string): Pick<Line, 'verdict' | 'found' | 'wanted'> {
  if (parameter === undefined) return { verdict: 'change', found: 'no such parameter', wanted: value };
  if (parameter.IsModifiable === false) return { verdict: 'change', found: 'not modifiable', wanted: value };
  const allowed = parameter.AllowedValues;
  const verdict = allowed === undefined || admits(allowed, value) ? 'ready' : 'change';
  return { verdict, found: allowed === undefined ? 'any value' : `allows ${allowed}`, wanted: value };
}

/** Allowed values are a list, or ranges as in `1-8388607`; a parameter that takes a list takes any of its members. */
function admits(allowed: string, value: string): boolean {
  const choices = allowed.split(',').map((choice) => choice.trim());
  return value.split(',').every((part) => choices.some((choice) => choice === part.trim() || isInRange(choice, part)));
}

function isInRange(choice: string, value: string): boolean {
  const [, from, to] = /^(-?\d+)-(-?\d+)$/.exec(choice) ?? [];
  return from !== undefined && /^-?\d+$/.test(value) && Number(value) >= Number(from) && Number(value) <= Number(to);
}

/** A session that is pinned holds a connection of the database alone, so the proxy shares none ("Avoiding pinning an RDS Proxy"). */
function pinningCheck({ cloudWatch, region }: Account, resources: readonly Resource[], pseudo: PseudoParameters): Check {
  const metric = 'DatabaseConnectionsCurrentlySessionPinned';
  const run = async (): Promise<readonly Line[]> => {
    const proxies = resources.filter(({ type }) => type === 'AWS::RDS::DBProxy');
    return Promise.all(
      proxies.map(async ({ properties }): Promise<Line> => {
        const ProxyName = resolveText(properties.DBProxyName, pseudo) ?? '';
        const [EndTime, StartTime] = [new Date(), new Date(Date.now() - 86_400_000)];
        const { Datapoints = [] } = await cloudWatch.send(
          new GetMetricStatisticsCommand({
            Namespace: 'AWS/RDS',
            MetricName: metric,
            Dimensions: [{ Name: 'ProxyName', Value: ProxyName }],
            StartTime,
            EndTime,
            Period: 3600,
            Statistics: ['Maximum'],
          }),
        );
        const most = Math.max(0, ...Datapoints.map(({ Maximum = 0 }) => Maximum));
        return {
          check: `pinned sessions of ${ProxyName}`,
          verdict: Datapoints.length === 0 ? 'later' : most === 0 ? 'ready' : 'change',
          found: Datapoints.length === 0 ? 'no data in the last 24 hours' : `at most ${most}`,
          wanted: '0',
          command: `aws cloudwatch list-metrics --namespace AWS/RDS --metric-name ${metric} --dimensions Name=ProxyName,Value=${ProxyName} --region ${region}`,
        };
      }),
    );
  };
  return { name: 'pinned database sessions', run };
}

/** Buckets that services of AWS write logs to: whether logs arrive, and whether the policy still is that of the template. */
function bucketChecks(account: Account, resources: readonly Resource[]): readonly Check[] {
  return logBuckets(resources).map(({ stack, logicalId }) => ({
    name: `logs in ${logicalId} of ${stack}`,
    run: async (): Promise<readonly Line[]> => {
      const Bucket = await physicalId(account.cloudFormation, stack, logicalId);
      if (Bucket !== undefined) return bucketLines(account, Bucket);
      const command = 'npm run preflight, an hour after the deployment';
      return [{ check: `logs in ${logicalId} of ${stack}`, verdict: 'later', found: 'no bucket', wanted: 'log files', command }];
    },
  }));
}

/** Buckets whose policy lets a service write. */
function logBuckets(resources: readonly Resource[]): readonly Resource[] {
  const written = new Set(
    resources
      .filter(({ type, properties }) => type === 'AWS::S3::BucketPolicy' && /"Service":/.test(JSON.stringify(properties)))
      .map(({ stack, properties }) => `${stack}/${(properties.Bucket as { Ref?: string }).Ref}`),
  );
  return resources.filter(({ type, stack, logicalId }) => type === 'AWS::S3::Bucket' && written.has(`${stack}/${logicalId}`));
}

async function bucketLines({ s3, region }: Account, Bucket: string): Promise<readonly Line[]> {
  const { KeyCount: objects = 0 } = await s3.send(new ListObjectsV2Command({ Bucket, MaxKeys: 1 }));
  const { Policy = '{}' } = await s3.send(new GetBucketPolicyCommand({ Bucket }));
  const { Statement = [] } = JSON.parse(Policy) as { readonly Statement?: readonly { readonly Sid?: string }[] };
  const added = Statement.map(({ Sid = '' }) => Sid).filter((sid) => sid.startsWith('AWSLogDelivery'));
  return [
    {
      check: `logs in ${Bucket}`,
      verdict: objects > 0 ? 'ready' : 'change',
      found: objects > 0 ? 'log files' : 'no object',
      wanted: 'log files within an hour of the deployment',
      command: `aws s3 ls s3://${Bucket} --recursive --region ${region}`,
    },
    {
      check: `policy of ${Bucket}`,
      verdict: added.length === 0 ? 'ready' : 'change',
      found: added.length === 0 ? 'the statements of the template' : `statements that a service added: ${added.join(', ')}`,
      wanted: 'the statements of the template',
      command: `aws s3api get-bucket-policy --bucket ${Bucket} --region ${region}`,
    },
  ];
}
