// Log groups: none is left from an earlier deployment, and the database writes to those of the templates.
import { DescribeLogStreamsCommand, type LogGroup, paginateDescribeLogGroups } from '@aws-sdk/client-cloudwatch-logs';
import {
  databaseIdentifier,
  databaseLogPrefix,
  databaseProxyName,
  firewallLogName,
  logGroupName,
  proxyLogGroupName,
} from '../../../lib/config/names';
import type { Deployment } from '../deployment';
import { type Check, type Line, laterLine } from '../line';
import { ofType, type Resource, resolveText } from '../templates';

/** The log groups with this name, and those below it; not those of a deployment whose name only begins so. */
async function groupsOf({ account: { logs } }: Deployment, name: string): Promise<readonly LogGroup[]> {
  const found: LogGroup[] = [];
  for await (const { logGroups = [] } of paginateDescribeLogGroups({ client: logs }, { logGroupNamePrefix: name }))
    found.push(...logGroups);
  return found.filter(({ logGroupName = '' }) => isWithin(logGroupName, name));
}

const isWithin = (name: string, prefix: string): boolean => name === prefix || name.startsWith(`${prefix.replace(/\/$/, '')}/`);

/**
 * Before the first deployment no log group has a name that the deployment or RDS will use: RDS makes one again while a
 * database is deleted, without key and retention, and CloudFormation refuses a name that exists.
 */
export function leftLogCheck(deployment: Deployment): Check {
  const { site, account } = deployment;
  const prefixes = [
    logGroupName(site, ''),
    databaseLogPrefix(databaseIdentifier(site)),
    proxyLogGroupName(databaseProxyName(site)),
    firewallLogName(site),
  ];
  const lineOf = async (prefix: string): Promise<Line> => {
    const check = `log groups ${prefix}`;
    const wanted = 'none before the first deployment';
    const show = `aws logs describe-log-groups --log-group-name-prefix ${prefix} --region ${account.region}`;
    if (await isDeployed(deployment, prefix))
      return { check, verdict: 'ready', found: 'the groups of the deployment', wanted, command: show };
    const names = (await groupsOf(deployment, prefix)).map(({ logGroupName: name = '' }) => name);
    if (names.length === 0) return { check, verdict: 'ready', found: 'none', wanted, command: show };
    const remove = names.map((name) => `aws logs delete-log-group --log-group-name ${name} --region ${account.region}`).join(' && ');
    const command = `npx cdk deploy --all --import-existing-resources, or ${remove}`;
    return { check, verdict: 'change', found: names.join(', '), wanted, command };
  };
  return { name: 'log groups of an earlier deployment', run: () => Promise.all(prefixes.map(lineOf)) };
}

/** Whether a log group of the templates with this prefix belongs to its stack already. */
async function isDeployed({ resources, pseudo, deployed }: Deployment, prefix: string): Promise<boolean> {
  const groups = logGroupsOf(resources).filter(({ properties }) => isWithin(resolveText(properties.LogGroupName, pseudo) ?? '', prefix));
  const ids = await Promise.all(groups.map((group) => deployed.find(group)));
  return ids.some((id) => id !== undefined);
}

const logGroupsOf = (resources: readonly Resource[]): readonly Resource[] => ofType(resources, 'AWS::Logs::LogGroup');

/** The log groups that RDS writes to have key and retention, and streams arrive. (TOM-3.6) */
export function databaseLogCheck(deployment: Deployment): Check {
  const { resources, pseudo } = deployment;
  const run = async (): Promise<readonly Line[]> => {
    const named = logGroupsOf(resources).map(({ properties }) => ({
      properties,
      name: resolveText(properties.LogGroupName, pseudo) ?? '',
    }));
    const lines = named
      .filter(({ name }) => name.startsWith('/aws/rds/'))
      .map(({ name, properties }) => databaseLogLines(deployment, name, Number(properties.RetentionInDays)));
    return (await Promise.all(lines)).flat();
  };
  return { name: 'logs of the database', run };
}

async function databaseLogLines(deployment: Deployment, name: string, days: number): Promise<readonly Line[]> {
  const { logs, region } = deployment.account;
  const [setting, arriving] = [`key and retention of ${name}`, `log streams of ${name}`];
  const wanted = `a key, ${days} days`;
  const command = `aws logs describe-log-groups --log-group-name-prefix ${name} --region ${region}`;
  const streams = `aws logs describe-log-streams --log-group-name ${name} --region ${region}`;
  const group = (await groupsOf(deployment, name)).find(({ logGroupName: found }) => found === name);
  if (group === undefined) return [laterLine(setting, wanted, command), laterLine(arriving, 'at least 1', streams)];
  const found = `${group.kmsKeyId === undefined ? 'no key' : 'a key'}, ${group.retentionInDays ?? 'unlimited'} days`;
  const { logStreams = [] } = await logs.send(new DescribeLogStreamsCommand({ logGroupName: name, limit: 1 }));
  // Aurora writes this log when a sign-in by token fails, and not before.
  const none = name.endsWith('/iam-db-auth-error') ? 'later' : 'change';
  return [
    { check: setting, verdict: found === wanted ? 'ready' : 'change', found, wanted, command },
    {
      check: arriving,
      verdict: logStreams.length > 0 ? 'ready' : none,
      found: String(logStreams.length),
      wanted: 'at least 1',
      command: streams,
    },
  ];
}
