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
 * Identifier of the database cluster. A restored cluster has another one, so that it can be made beside the one it replaces; the name
 * follows from the snapshot. Nothing else that another stack is told may follow from it. (TOM-7.2)
 */
export function databaseIdentifier(site: Site): string {
  const source = site.settings.data.restoreFrom[site.name];
  if (source === undefined) return `${site.deployment}-data`;
  return `${site.deployment}-data-${createHash('sha256').update(source).digest('hex').slice(0, 8)}`;
}

/** Identifiers that the cluster of a deployment has or had: new, and restored. As patterns of IAM. */
export const databaseIdentifiers = ({ deployment }: Site): readonly string[] => [`${deployment}-data`, `${deployment}-data-????????`];

/** Name of the database's proxy, whose host name other stacks know: a restored cluster comes behind the same proxy. (TOM-4.2) */
export const databaseProxyName = (site: Site): string => `${site.deployment}-data`;

/** Prefix of the database's log groups, as RDS names them ("Publishing Aurora PostgreSQL logs to Amazon CloudWatch Logs"). (TOM-3.6) */
export const databaseLogPrefix = (identifier: string): string => `/aws/rds/cluster/${identifier}`;

/** Log group of the database proxy, as RDS names it ("Monitoring RDS Proxy"). (TOM-3.6) */
export const proxyLogGroupName = (identifier: string): string => `/aws/rds/proxy/${identifier}`;

/** What the buckets of the data stack are for. */
export const dataBuckets = ['archive', 'uploads', 'dead-letters', 'settings'] as const;
export type DataBucketUse = (typeof dataBuckets)[number];

/** Name of a bucket of the data stack, by which the audit trail records access to it before it exists. (TOM-4.8) */
export const dataBucketName = (site: Site, use: DataBucketUse, account: string): string =>
  `${site.deployment}-${use}-${account}-${site.region}`;

/** Beginning of the names of the sites' secrets; the id of the site follows. (TOM-4.13) */
export const siteSecretPrefix = (site: Site): string => `${site.deployment}/sites`;

/** Name of the collectors' auto scaling group, by which policies and metrics name it before it exists. (TOM-6.9) */
export const fleetName = (site: Site): string => `${site.deployment}-collectors`;

/**
 * Suffix of the service-linked role by which EC2 Auto Scaling starts the deployment's servers. The role's name, with what AWS puts before
 * it, is at most 64 characters; IAM is global, so the site tells the roles of one account apart. (TOM-5.5)
 */
export const fleetServiceRoleSuffix = (site: Site): string => `${site.deployment}-${site.name}`;

/** Secret with the deployment's account at the certificate authority, made at run time. (TOM-3.10) */
export const certificateAccountSecret = (site: Site): string => `${site.deployment}/certificate-account`;

/** Name of the web ACL, and with a prefix that WAF asks for, of its log group ("Logging web ACL traffic"). (TOM-4.11, TOM-3.6) */
export const firewallName = (site: Site): string => `${site.deployment}-edge`;
export const firewallLogName = (site: Site): string => `aws-waf-logs-${firewallName(site)}`;

/** Name of the bucket of the load balancer's logs, by which the audit trail records access to it before it exists. (TOM-3.6) */
export const edgeLogBucketName = (site: Site, account: string): string => `${site.deployment}-edge-logs-${account}-${site.region}`;
