// The table of contents: which stacks there are, and what each hands to the next.
import type { Construct } from 'constructs';
import { stackName } from './config/names';
import type { Site } from './config/site';
import { applyBoundary } from './identity/permissions-boundary';
import { tagDeployment, writeClauseMetadata } from './labels/labels';
import { AccountStack } from './stacks/account';
import { DataStack } from './stacks/data';
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
    description: 'Keys, audit archive, audit trail and the permissions boundary of every role',
  });

  const network = new NetworkStack(scope, stackName(site, 'network'), {
    ...common,
    description: 'VPC over three zones with its firewalls, endpoints and records',
    key: account.key,
    auditArchive: account.auditArchive,
  });

  const data = new DataStack(scope, stackName(site, 'data'), {
    ...common,
    description: 'Database with its proxy, schema and upkeep, buckets of files, and the functions that work on them',
    key: account.key,
    auditKey: account.auditKey,
    vpc: network.vpc,
    dataSubnets: network.data,
    functionSubnets: network.functions,
  });

  // Every role bears the boundary by its name, which CloudFormation cannot see as a reference.
  network.addStackDependency(account);
  data.addStackDependency(account);
  applyBoundary(scope, site);
  tagDeployment(scope, site);
  writeClauseMetadata(scope);
}
