// The table of contents: which stacks there are, and what each hands to the next.
import type { Construct } from 'constructs';
import { stackName } from './config/names';
import type { Site } from './config/site';
import { applyBoundary } from './identity/permissions-boundary';
import { tagDeployment, writeClauseMetadata } from './labels/labels';
import { AccountStack } from './stacks/account';
import { CollectionStack } from './stacks/collection';
import { DataStack } from './stacks/data';
import { EdgeStack } from './stacks/edge';
import { NetworkStack } from './stacks/network';

/** Builds every stack of one deployment at one site, directly under `scope`. */
export function buildDeployment(scope: Construct, site: Site): void {
  const common = {
    site,
    env: { region: site.region, ...(site.settings.account ? { account: site.settings.account } : {}) },
    terminationProtection: site.settings.environment === 'production',
  };

  const account = new AccountStack(scope, stackName(site, 'account'), {
    ...common,
    description: 'Keys, audit archive, audit trail, bucket of edge logs and the permissions boundary of every role',
  });

  const { key, alarmTopic, fleetServiceRole } = account;
  const network = new NetworkStack(scope, stackName(site, 'network'), {
    ...common,
    description: 'VPC over three zones with its firewalls, endpoints and records',
    key,
    auditArchive: account.auditArchive,
  });

  const data = new DataStack(scope, stackName(site, 'data'), {
    ...common,
    description: 'Database with its proxy, schema and upkeep, stream of hits, buckets of files, and the functions that work on them',
    ...{ key, alarmTopic, auditKey: account.auditKey, fleetServiceRole },
    vpc: network.vpc,
    dataSubnets: network.data,
    functionSubnets: network.functions,
  });

  const edge = new EdgeStack(scope, stackName(site, 'edge'), {
    ...common,
    description: 'Load balancer with its certificate, listeners and web application firewall, and its name',
    vpc: network.vpc,
    proxies: network.proxies,
    serverRange: network.serverRange,
    edgeLogs: account.edgeLogs,
    ...{ key, alarmTopic },
  });

  const { vpc, servers } = network;
  const { databaseAccess, dataKey, hits: stream, archive, deadLetters, settings, firstDatapoints } = data;
  const { listener, proxySecurityGroup, clientAddress } = edge;
  const collection = new CollectionStack(scope, stackName(site, 'collection'), {
    ...common,
    description: 'Collectors with their scaling, from the stream of hits into database and archive, and what is known of sites',
    ...{ key, alarmTopic, firstDatapoints, dataKey, vpc, servers, listener, proxySecurityGroup, clientAddress, databaseAccess },
    ...{ stream, archive, deadLetters, settings, fleetServiceRoleArn: fleetServiceRole.arn },
  });

  // Every role bears the boundary by its name, which CloudFormation cannot see as a reference.
  network.addStackDependency(account);
  data.addStackDependency(account);
  edge.addStackDependency(account);
  collection.addStackDependency(account);
  applyBoundary(scope, site);
  tagDeployment(scope, site);
  writeClauseMetadata(scope);
}
