// The names that servers may resolve and reach: the AWS services of the region that the deployment uses, and the
// domains of the configuration.
import { isShared } from '../config/settings/shared-domains';

/**
 * Services that servers and functions call, including those with an endpoint in the VPC: the DNS firewall filters
 * their names too.
 */
const services = [
  'autoscaling',
  'cloudformation',
  'cognito-idp',
  'ec2',
  'ec2messages',
  'events',
  'guardduty-data',
  'kinesis',
  'kms',
  'logs',
  'monitoring',
  'secretsmanager',
  'sns',
  'sqs',
  'ssm',
  'ssmmessages',
  'sts',
];

/**
 * Maximum number of domains in a configuration: within the capacity of the rule group, and short enough for people to
 * review.
 */
export const maximumDomains = 100;

const domain = /^\.?(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$/;

/**
 * Checks the domains of a configuration: lower-case names without wildcard, and none below which the public can
 * register names; a leading dot admits the domain and its subdomains. Throws for any other.
 */
export function checkDomains(domains: readonly string[]): readonly string[] {
  if (domains.length > maximumDomains) {
    throw new Error(
      `network.allowedDomains: expected at most ${maximumDomains} domains, got ${domains.length}; admit a parent domain with a leading dot`,
    );
  }
  for (const name of domains) {
    if (!domain.test(name)) {
      throw new Error(
        `network.allowedDomains: expected a domain in lower case, as in example.org or .example.org, got ${JSON.stringify(name)}; ` +
          'leave out schemes, paths, ports and wildcards',
      );
    }
    if (isShared(name)) {
      throw new Error(
        `network.allowedDomains: expected a domain below which the public cannot register names, got ${JSON.stringify(name)}; name single hosts`,
      );
    }
  }
  return domains;
}

/**
 * Domains that the network firewall allows, in its notation: a leading dot matches the domain and its subdomains (AWS
 * Network Firewall Developer Guide, "Stateful domain list rule groups"). Services are listed by name instead of the
 * whole `amazonaws.com` domain of the region, where anyone can have a bucket or an API. S3 and DynamoDB are not
 * listed: traffic to their gateway endpoints does not pass the firewall.
 */
export function firewallDomains(region: string, domains: readonly string[]): string[] {
  return [...services.map((service) => `${service}.${region}.amazonaws.com`), ...checkDomains(domains)];
}

/**
 * Names that the DNS firewall allows, in its notation: `*.` matches the subdomains, not the domain itself (Amazon
 * Route 53 Developer Guide, "DNS Firewall domain lists").
 */
export function resolvableNames(region: string, vpcCidr: string, domains: readonly string[]): string[] {
  const [first, second] = vpcCidr.split('.');
  return [
    ...services.map((service) => `${service}.${region}.amazonaws.com`),
    `*.control-kinesis.${region}.amazonaws.com`,
    `*.data-kinesis.${region}.amazonaws.com`,
    `dynamodb.${region}.amazonaws.com`,
    `*.ddb.${region}.amazonaws.com`,
    `s3.${region}.amazonaws.com`,
    `*.s3.${region}.amazonaws.com`,
    `*.s3.dualstack.${region}.amazonaws.com`,
    `*.${region}.rds.amazonaws.com`,
    // The names and the reverse names of the VPC's own addresses. Its range is a /16 or within one.
    `*.${region}.compute.internal`,
    `*.${second}.${first}.in-addr.arpa`,
    ...checkDomains(domains).flatMap((name) => (name.startsWith('.') ? [name.slice(1), `*${name}`] : [name])),
  ];
}
