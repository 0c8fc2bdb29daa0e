// Names derived from the configuration, so that one stack can name what another holds without an export.
import { createHash } from 'node:crypto';
import type { Site } from './site';

/** Name of a stack: `<deployment>-<stack>`. */
export const stackName = (site: Site, stack: string): string => `${site.deployment}-${stack}`;

/** Name of the managed policy that bounds every role. IAM is global, so the region tells the sites apart. (TOM-3.5) */
export const boundaryName = (site: Site): string => `${site.deployment}-boundary-${site.region}`;

/** Name of the audit trail. (TOM-3.6) */
export const trailName = (site: Site): string => `${site.deployment}-trail-${site.region}`;

/** Prefix of every log group of the deployment, as in `/rempart/production/dns-queries`. (TOM-3.6) */
export const logGroupName = (site: Site, log: string): string => `/rempart/${site.deployment}/${log}`;

/** Name of the role that CloudFormation alone can assume, for any qualifier of the CDK bootstrap template. (TOM-3.6) */
export const deploymentRoleName = (account: string, region: string): string => `cdk-*-cfn-exec-role-${account}-${region}`;

/**
 * Identifier of the database cluster and its proxy. A restored cluster has another one, so that it can be made beside the one it
 * replaces; the name follows from the snapshot. (TOM-7.2)
 */
export function databaseIdentifier(site: Site): string {
  const source = site.settings.data.restoreFrom[site.name];
  if (source === undefined) return `${site.deployment}-data`;
  return `${site.deployment}-data-${createHash('sha256').update(source).digest('hex').slice(0, 8)}`;
}

/** Prefix of the database's log groups, as RDS names them ("Publishing Aurora PostgreSQL logs to Amazon CloudWatch Logs"). (TOM-3.6) */
export const databaseLogPrefix = (identifier: string): string => `/aws/rds/cluster/${identifier}`;

/** Log group of the database proxy, as RDS names it ("Monitoring RDS Proxy"). (TOM-3.6) */
export const proxyLogGroupName = (identifier: string): string => `/aws/rds/proxy/${identifier}`;

/** What the buckets of the data stack are for. */
export const dataBuckets = ['archive', 'uploads'] as const;
export type DataBucketUse = (typeof dataBuckets)[number];

/** Name of a bucket of the data stack, by which the audit trail records access to it before it exists. (TOM-4.8) */
export const dataBucketName = (site: Site, use: DataBucketUse, account: string): string =>
  `${site.deployment}-${use}-${account}-${site.region}`;

/** Beginning of the names of the sites' secrets; the id of the site follows. (TOM-4.13) */
export const siteSecretPrefix = (site: Site): string => `${site.deployment}/sites`;

/** Types of the custom resources of the data stack, by which rules find them. (TOM-4.1, TOM-7.4) */
export const migrationsType = 'Custom::DatabaseMigrations';
export const generatedDataType = 'Custom::GeneratedData';

/** Where probes put their metrics, each under the dimensions Deployment and Probe. */
export const probeMetrics = { namespace: 'Rempart/Probes', findings: 'Findings', completed: 'Completed' } as const;

/** The probe of TOM-7.4: its folder of `lambda/`, and the end of the name of its log group. */
export const backupsStayProbe = 'backups-stay-probe';
