// The proxy of the database: how it signs in, whether it reaches the database, and whether it shares connections.
import { type DBProxy, DescribeDBProxiesCommand, DescribeDBProxyTargetsCommand } from '@aws-sdk/client-rds';
import { whereExists } from '../answer';
import type { Deployment } from '../deployment';
import { type Check, type Line, laterLine } from '../line';
import { lastDay, lastDayCommand } from '../metrics';
import { ofType, resolveText } from '../templates';

/** The proxy signs in to the database by IAM alone, without a secret (TOM-4.2), and all its targets are available. */
export function proxyCheck({ account: { rds, region }, resources, pseudo }: Deployment): Check {
  const run = async (): Promise<readonly Line[]> => {
    const names = ofType(resources, 'AWS::RDS::DBProxy').map(({ properties }) => resolveText(properties.DBProxyName, pseudo) ?? '');
    const lines = names.map(async (DBProxyName): Promise<readonly Line[]> => {
      const answer = await whereExists(rds.send(new DescribeDBProxiesCommand({ DBProxyName })), /^DBProxyNotFound/);
      const targets = answer && (await rds.send(new DescribeDBProxyTargetsCommand({ DBProxyName })));
      // The target that stands for the cluster has no health of its own ("DBProxyTarget", Amazon RDS API Reference).
      const instances = targets?.Targets?.filter(({ Type }) => Type !== 'TRACKED_CLUSTER');
      const states = instances?.map(({ RdsResourceId: id, TargetHealth: health }) => `${id} ${health?.State ?? 'UNKNOWN'}`);
      return [signInLine(DBProxyName, region, answer?.DBProxies?.[0]), targetLine(DBProxyName, region, states)];
    });
    return (await Promise.all(lines)).flat();
  };
  return { name: 'database proxy', run };
}

function signInLine(name: string, region: string, proxy: DBProxy | undefined): Line {
  const check = `sign-in of the proxy ${name}`;
  const wanted = 'IAM_AUTH, 0 secrets, available';
  const command = `aws rds describe-db-proxies --db-proxy-name ${name} --region ${region}`;
  if (proxy === undefined) return laterLine(check, wanted, command);
  const found = `${proxy.DefaultAuthScheme ?? 'NONE'}, ${proxy.Auth?.length ?? 0} secrets, ${proxy.Status}`;
  return { check, verdict: found === wanted ? 'ready' : 'change', found, wanted, command };
}

function targetLine(name: string, region: string, states: readonly string[] | undefined): Line {
  const check = `targets of the proxy ${name}`;
  const wanted = 'at least one, all AVAILABLE';
  const command = `aws rds describe-db-proxy-targets --db-proxy-name ${name} --region ${region}`;
  if (states === undefined) return laterLine(check, wanted, command);
  const ready = states.length > 0 && states.every((state) => state.endsWith(' AVAILABLE'));
  return { check, verdict: ready ? 'ready' : 'change', found: states.join(', ') || 'no target', wanted, command };
}

/**
 * A session that is pinned holds a connection of the database alone, so the proxy shares none ("Avoiding pinning an
 * RDS Proxy").
 */
export function pinningCheck({ account: { cloudWatch, region }, resources, pseudo }: Deployment): Check {
  const metric = 'DatabaseConnectionsCurrentlySessionPinned';
  const run = async (): Promise<readonly Line[]> => {
    const proxies = ofType(resources, 'AWS::RDS::DBProxy');
    return Promise.all(
      proxies.map(async ({ properties }): Promise<Line> => {
        const ProxyName = resolveText(properties.DBProxyName, pseudo) ?? '';
        const pinned = { proxy: ProxyName, metric, statistic: 'Maximum' } as const;
        const points = await lastDay(cloudWatch, pinned);
        const most = Math.max(0, ...points.map(({ Maximum = 0 }) => Maximum));
        return {
          check: `pinned sessions of ${ProxyName}`,
          verdict: points.length === 0 ? 'later' : most === 0 ? 'ready' : 'change',
          found: points.length === 0 ? 'no data in the last 24 hours' : `at most ${most}`,
          wanted: '0',
          command: lastDayCommand(pinned, region),
        };
      }),
    );
  };
  return { name: 'pinned database sessions', run };
}
