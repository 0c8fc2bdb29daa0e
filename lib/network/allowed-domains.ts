// The names that servers may resolve and reach: the region's AWS services that the stack uses, and what the configuration adds.
import { isShared } from '../config/settings/shared-domains';

/** Services that servers and functions call. Those with an endpoint in the VPC are here too: the DNS firewall sees their names. */
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

/** Most domains that a configuration may add: the rule group has the capacity, and more would no longer be a list that people read. */
export const maximumDomains = 100;

const domain = /^\.?(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$/;

/**
 * Checks the domains of a configuration: lower-case names without wildcard, and none below which strangers have names; a leading dot
 * admits the domain and all below it.
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
        `network.allowedDomains: expected a domain below which strangers have no names, got ${JSON.stringify(name)}; name single hosts`,
      );
    }
  }
  return domains;
}

/**
 * Domains that pass the network firewall, in its own notation: a leading dot stands for the domain and all below it
 * (AWS Network Firewall Developer Guide, "Stateful domain list rule groups").
 * Services by name rather than the whole of the region's `amazonaws.com`, where anyone can have a bucket or an API. S3 and DynamoDB
 * are not in it: they are reached through gateway endpoints, which the firewall does not see.
 */
export function firewallDomains(region: string, domains: readonly string[]): string[] {
  return [...services.map((service) => `${service}.${region}.amazonaws.com`), ...checkDomains(domains)];
}

/**
 * Names that the DNS firewall lets resolve, in its own notation: `*.` stands for everything below, not for the domain itself
 * (Amazon Route 53 Developer Guide, "DNS Firewall domain lists").
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
    // The names and the reverse names of what is in the VPC. Its range is a /16 or within one.
    `*.${region}.compute.internal`,
    `*.${second}.${first}.in-addr.arpa`,
    ...checkDomains(domains).flatMap((name) => (name.startsWith('.') ? [name.slice(1), `*${name}`] : [name])),
  ];
}
