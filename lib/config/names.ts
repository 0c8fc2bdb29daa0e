// Names derived from the configuration, so that one stack can name what another holds without an export.
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
