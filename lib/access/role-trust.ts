// Trust policies of the roles that people and deployers assume.
import {
  AccountPrincipal,
  AccountRootPrincipal,
  CompositePrincipal,
  type Conditions,
  type IPrincipal,
  type PrincipalBase,
  WebIdentityPrincipal,
} from 'aws-cdk-lib/aws-iam';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { PeopleRole } from '../config/names';
import type { Settings } from '../config/settings/settings';
import type { Site } from '../config/site';

/** Tag of an IAM user with the one role that the user may assume. */
const teamTag = 'rempart:team';

/** Where a session comes from. */
export interface Origins {
  /** Public ranges of the offices. @default - none: by the VPC alone */
  readonly officeAddresses: readonly string[];
  readonly vpcId: string;
}

/**
 * People of a team, from the networks of the role: IAM users with MFA whose tag names the role, or the permission set
 * of IAM Identity Center with the name of the role, whose sessions may lack the MFA key. A request has either a public
 * source address or, through an endpoint, a VPC, so each origin has a statement of its own.
 *
 * A session has the name of its person, in the trail and in the list of shells, and off-boarding ends it by that name.
 * The console gives it this name; a profile of the CLI sets `role_session_name`. ("IAM and AWS STS condition context
 * keys", sts:RoleSessionName) (TOM-3.1, TOM-3.2, TOM-3.6)
 */
export function peopleOf(scope: Construct, { settings }: Site, role: PeopleRole, origins: readonly Conditions[]): IPrincipal {
  const person = settings.access.signIn === 'users' ? userOf(role, settings) : permissionSetOf(scope, role);
  const statements = origins.map((origin) => new AccountRootPrincipal().withConditions(merged(person, origin)) as PrincipalBase);
  return new CompositePrincipal(...statements);
}

/**
 * The console keeps a user signed in for 12 hours, which no setting shortens; the user has no permission but to assume
 * the role, and the age of the sign-in limits that. ("AWS global condition context keys", aws:MultiFactorAuthAge)
 * (TOM-3.3)
 */
const userOf = (role: PeopleRole, { access }: Settings): Conditions => ({
  Bool: { 'aws:MultiFactorAuthPresent': 'true' },
  NumericLessThanEquals: { 'aws:MultiFactorAuthAge': String(access.timeouts.consoleSessionMinutes * 60) },
  StringEquals: { [`aws:PrincipalTag/${teamTag}`]: role, 'sts:RoleSessionName': '${aws:username}' },
});

/**
 * IAM Identity Center appends an id to the name of the role of a permission set, and the region to its path ("IAM
 * roles created by IAM Identity Center"). `aws:userid` of its sessions is `<role id>:<user name>`.
 */
const permissionSetOf = (scope: Construct, role: PeopleRole): Conditions => ({
  ArnLike: {
    'aws:PrincipalArn': Stack.of(scope).formatArn({
      ...{ service: 'iam', region: '', resource: 'role' },
      resourceName: `aws-reserved/sso.amazonaws.com/*AWSReservedSSO_${role}_*`,
    }),
  },
  StringLike: { 'aws:userid': '*:${sts:RoleSessionName}' },
});

const keysOf = (keys: Conditions[string] | undefined): Conditions => (keys ?? {}) as Conditions;

function merged(one: Conditions, other: Conditions): Conditions {
  const operators = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries([...operators].map((operator) => [operator, { ...keysOf(one[operator]), ...keysOf(other[operator]) }]));
}

/**
 * From the VPN, which leads to the endpoints of the VPC alone, or from an office. The addresses of the NAT gateways
 * are not among them: servers and functions call the internet from those, and no person does. (TOM-3.2)
 */
export const fromKnownNetworks = ({ officeAddresses, vpcId }: Origins): readonly Conditions[] => [
  ...(officeAddresses.length > 0 ? [{ IpAddress: { 'aws:SourceIp': [...officeAddresses] } }] : []),
  { StringEquals: { 'aws:SourceVpc': vpcId } },
];

/** From the management networks, through an endpoint of the VPC. (TOM-3.1) */
export const fromManagementNetworks = ({ vpcId }: Origins, { access }: Settings): readonly Conditions[] => [
  {
    StringEquals: { 'aws:SourceVpc': vpcId },
    IpAddress: { 'aws:VpcSourceIp': access.managementNetworks.map(({ cidr }) => cidr) },
  },
];

/** From an office, for the day when neither VPN nor region answers. (DSS-5.6.1) */
export const fromOffices = ({ access }: Settings): readonly Conditions[] => [{ IpAddress: { 'aws:SourceIp': access.officeAddresses } }];

/** From anywhere: for the day when the VPN is down. An alarm reports each use. */
export const fromAnywhere: readonly Conditions[] = [{}];

/** The outside auditor, with the external id. (TOM-3.9) */
export const auditorOf = ({ account, externalId }: NonNullable<Settings['access']['auditor']>): IPrincipal =>
  new AccountPrincipal(account).withConditions({ StringEquals: { 'sts:ExternalId': externalId } });

/** Host of the tokens of GitHub Actions ("Configuring OpenID Connect in Amazon Web Services", GitHub Docs). */
export const githubTokens = 'token.actions.githubusercontent.com';
/** Audience of tokens for AWS. */
export const githubAudience = 'sts.amazonaws.com';

/**
 * Workflows of one repository in the environment that has the name of the deployment; the approvals of that
 * environment stand in for VPN and MFA. (DSS-5.2)
 */
export const workflowsOf = (providerArn: string, repository: string, { deployment }: Site): IPrincipal =>
  new WebIdentityPrincipal(providerArn, {
    StringEquals: {
      [`${githubTokens}:aud`]: githubAudience,
      [`${githubTokens}:sub`]: `repo:${repository}:environment:${deployment}`,
    },
  });
