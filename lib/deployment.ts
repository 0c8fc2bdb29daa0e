// The table of contents: the stacks of a deployment, and what each of them uses of the stacks before it.
import type { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { stackName } from './config/names';
import { copyRegion, type Site } from './config/site';
import { applyBoundary } from './identity/permissions-boundary';
import { tagDeployment, writeClauseMetadata } from './labels/labels';
import { AccessStack } from './stacks/access';
import { AccountStack } from './stacks/account';
import { BackupStack, type BackupStackProps } from './stacks/backup';
import { CollectionStack } from './stacks/collection';
import { DataStack } from './stacks/data';
import { EdgeStack } from './stacks/edge';
import { NetworkStack } from './stacks/network';
import { RecoveryStack } from './stacks/recovery';

/** Builds every stack of one deployment at one site, directly under `scope`. */
export function buildDeployment(scope: Construct, site: Site): void {
  const common = {
    site,
    env: { region: site.region, ...(site.settings.account ? { account: site.settings.account } : {}) },
    terminationProtection: site.settings.environment === 'production',
  };

  const account = new AccountStack(scope, stackName(site, 'account'), {
    ...common,
    description: 'Keys, audit archive, audit trail, buckets of edge logs with their redaction, and the permissions boundary of every role',
  });

  const network = new NetworkStack(scope, stackName(site, 'network'), {
    ...common,
    description: 'VPC over three zones with its firewalls, endpoints and records',
    account,
  });

  const recovery = addRecovery(scope, common);

  const data = new DataStack(scope, stackName(site, 'data'), {
    ...common,
    description: 'Database with its proxy, schema and upkeep, stream of hits, buckets of files, and the functions that use them',
    account,
    network,
  });

  const edge = new EdgeStack(scope, stackName(site, 'edge'), {
    ...common,
    description: 'Load balancer with its certificate, listeners, web application firewall and DNS records',
    account,
    network,
    data,
  });

  const access = new AccessStack(scope, stackName(site, 'access'), {
    ...common,
    description: 'Roles of people and deployers, the VPNs of administrators, and controls of the account',
    account,
    network,
    data,
    edge,
  });

  const collection = new CollectionStack(scope, stackName(site, 'collection'), {
    ...common,
    description: 'Collectors with their scaling, ingest of hits into database and archive, and snapshot of sites',
    account,
    network,
    data,
    edge,
  });

  const backup = addBackups(scope, { ...common, account, data, network });
  // The watch over the backups reads each bucket that is backed up, by its name.
  backup.addStackDependency(access);

  // Roles name their boundary instead of referring to it, so CloudFormation does not order the stacks.
  for (const stack of [network, data, edge, access, collection, backup]) stack.addStackDependency(account);
  if (recovery !== undefined) followRecovery(recovery, data, backup);
  applyBoundary(scope, site);
  tagDeployment(scope, site);
  writeClauseMetadata(scope);
}

interface Common {
  readonly site: Site;
  readonly env: { readonly region: string; readonly account?: string };
  readonly terminationProtection: boolean;
}

/** The stack in the other region; a recovered site has none until its home region answers. (DSS-5.4.2) */
function addRecovery(scope: Construct, common: Common): RecoveryStack | undefined {
  const { site } = common;
  const region = copyRegion(site);
  if (region === undefined) return undefined;
  return new RecoveryStack(scope, stackName(site, 'recovery'), {
    ...common,
    env: { ...common.env, region },
    description: 'Locked vault that receives the copies of the backups, and replica of the archive, with their keys',
  });
}

/** The archive replicates into a bucket, and the plans copy into a vault, which both name without a reference. */
function followRecovery(recovery: RecoveryStack, ...stacks: readonly Stack[]): void {
  for (const stack of stacks) stack.addStackDependency(recovery);
}

function addBackups(scope: Construct, props: Common & Pick<BackupStackProps, 'account' | 'data' | 'network'>): BackupStack {
  return new BackupStack(scope, stackName(props.site, 'backup'), {
    ...props,
    description: 'Locked vault of daily backups, the plans that fill it, the role of AWS Backup, the watch, and restore tests',
  });
}
