// The roles that people and deployers assume, with their trusts, their permissions and the provider of GitHub.
import { type PeopleRole, peopleRoles } from '../../config/names';
import { callModeOf, deploymentRolesOf, peopleCalls, peopleRoleDescriptions, tunnelSecondsOf } from '../../config/people-calls';
import type { Settings } from '../../config/settings/settings';
import type { DeploymentFacts } from '../template/assembly';
import { managedPolicyType, roleType } from '../template/resource-types';
import { type Declaration, declare } from './declaration';
import { by, type FormLike, set } from './form';
import { grants } from './permissions';
import { boundary } from './roles';
import { tags } from './tags';

const account = '${AWS::AccountId}';
const vpc = '${network/Vpc}';
const tokens = 'token.actions.githubusercontent.com';

type Access = Settings['access'];
type Keys = Readonly<Record<string, string | string[]>>;
type Condition = Readonly<Record<string, Keys>>;

const managementNetworks = ({ managementNetworks: networks }: Access): string[] => networks.map(({ cidr }) => cidr);

/** Where the sessions of a role of people begin: one statement of its trust for each. */
const origins: Readonly<Partial<Record<PeopleRole, (facts: DeploymentFacts) => readonly Condition[]>>> = {
  'client-data-team': known,
  emergency: () => [{}],
  'infrastructure-manager': ({ settings }) => [
    { StringEquals: { 'aws:SourceVpc': vpc }, IpAddress: { 'aws:VpcSourceIp': managementNetworks(settings.access) } },
  ],
  'it-team': known,
  recovery: ({ settings }) => [{ IpAddress: { 'aws:SourceIp': settings.access.officeAddresses } }],
};

/** The offices, where there are any, and the endpoints of the VPC, to which the VPN leads (docs/adr/0017). */
function known({ settings: { access } }: DeploymentFacts): readonly Condition[] {
  const offices = access.officeAddresses.length > 0 ? [{ IpAddress: { 'aws:SourceIp': access.officeAddresses } }] : [];
  return [...offices, { StringEquals: { 'aws:SourceVpc': vpc } }];
}

/**
 * A person of the role: a user with MFA, or a permission set of IAM Identity Center, which enforces MFA. The session
 * has the name of the person; a variable of IAM has its canonical form here. (TOM-3.2)
 */
const person = (role: PeopleRole, { signIn, timeouts }: Access): Condition =>
  signIn === 'users'
    ? {
        Bool: { 'aws:MultiFactorAuthPresent': 'true' },
        NumericLessThanEquals: { 'aws:MultiFactorAuthAge': String(timeouts.consoleSessionMinutes * 60) },
        StringEquals: { 'aws:PrincipalTag/rempart:team': role, 'sts:RoleSessionName': '$!{aws:username}' },
      }
    : {
        ArnLike: {
          'aws:PrincipalArn': `arn:aws:iam::${account}:role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_${role}_*`,
        },
        StringLike: { 'aws:userid': '*:$!{sts:RoleSessionName}' },
      };

const both = (one: Condition, other: Condition): Condition =>
  Object.fromEntries(
    [...new Set([...Object.keys(one), ...Object.keys(other)])].map((operator) => [operator, { ...one[operator], ...other[operator] }]),
  );

const trust = (Principal: FormLike, Condition: Condition, Action = 'sts:AssumeRole'): FormLike => ({
  ...{ Effect: 'Allow', Principal, Action },
  Condition: Object.fromEntries(
    Object.entries(Condition).map(([operator, keys]) => [
      operator,
      Object.fromEntries(Object.entries(keys).map(([key, value]) => [key, valueForm(value)])),
    ]),
  ),
});

/** CloudFormation templates hold a list of one as its value, or as the list. */
const valueForm = (value: string | string[]): FormLike => (typeof value === 'string' ? value : set(...value));

function trusts(role: PeopleRole, facts: DeploymentFacts): readonly FormLike[] {
  const { access } = facts.settings;
  if (role === 'auditor') {
    const { account: outside = '', externalId = '' } = access.auditor ?? {};
    return [trust({ AWS: `arn:aws:iam::${outside}:root` }, { StringEquals: { 'sts:ExternalId': externalId } })];
  }
  if (role === 'deployer') return [workflows(facts)];
  const root = { AWS: `arn:aws:iam::${account}:root` };
  return (origins[role]?.(facts) ?? []).map((origin) => trust(root, both(person(role, access), origin)));
}

/** The exact subject: the repository, and the environment that has the name of the deployment. (DSS-5.2) */
function workflows({ settings, deployment, site }: DeploymentFacts): FormLike {
  const { provider, repository = '' } = settings.access.deployer ?? {};
  const Federated =
    provider === 'existing' || site === 'recovery' ? `arn:aws:iam::${account}:oidc-provider/${tokens}` : '${access/PeopleGitHub.Arn}';
  const identity = { [`${tokens}:aud`]: 'sts.amazonaws.com', [`${tokens}:sub`]: `repo:${repository}:environment:${deployment}` };
  return trust({ Federated }, { StringEquals: identity }, 'sts:AssumeRoleWithWebIdentity');
}

/** Facts from outside without which a role does not exist. */
const needs: Readonly<Partial<Record<PeopleRole, (access: Access) => boolean>>> = {
  auditor: ({ auditor }) => auditor !== undefined,
  deployer: ({ deployer }) => deployer !== undefined,
  'infrastructure-manager': (access) => access.managementNetworks.length > 0,
  recovery: ({ officeAddresses }) => officeAddresses.length > 0,
};

/** Whether a deployment has a role. */
export const hasRole = (role: PeopleRole, { settings }: Pick<DeploymentFacts, 'settings'>): boolean =>
  needs[role]?.(settings.access) ?? true;

/** Whether people sign in by permission sets of IAM Identity Center. */
export const hasPermissionSets = ({ settings }: DeploymentFacts): boolean => settings.access.signIn === 'identity-center';

/** As in `access/PeopleItTeam`. */
export const peopleRoleId = (role: PeopleRole): string =>
  `access/People${role.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase())}`;

function declarationsOf(role: PeopleRole): readonly Declaration[] {
  const when = (facts: DeploymentFacts) => hasRole(role, facts);
  const properties = {
    AssumeRolePolicyDocument: by(({ facts }) => ({ Version: '2012-10-17', Statement: trusts(role, facts) })),
    Description: peopleRoleDescriptions[role],
    MaxSessionDuration: by(({ facts }) => facts.settings.access.timeouts.roleSessionMinutes * 60),
    PermissionsBoundary: boundary,
    RoleName: `<deployment>-${role}-<region>`,
    Tags: tags(),
  };
  const permissions = {
    Description: `Permissions of the role ${role}`,
    Path: '/',
    PolicyDocument: grants(({ facts }) => ({
      calls: peopleCalls[role],
      mode: callModeOf(facts.settings),
      values: {
        officeAddresses: facts.settings.access.officeAddresses,
        managementNetworks: managementNetworks(facts.settings.access),
        vpc,
        recoveryRegion: facts.recoveryRegion,
        deploymentRoles: deploymentRolesOf({ name: facts.site, region: facts.region, settings: facts.settings }),
        tunnelSeconds: tunnelSecondsOf(facts.settings),
      },
    })),
    Roles: [`\${${peopleRoleId(role)}Role}`],
  };
  return [
    declare(roleType, `${peopleRoleId(role)}Role`, properties, { when }),
    declare(managedPolicyType, `${peopleRoleId(role)}Permissions`, permissions, { when }),
  ];
}

export const peopleRoleDeclarations: readonly Declaration[] = [
  ...peopleRoles.flatMap(declarationsOf),
  declare(
    'AWS::IAM::OIDCProvider',
    'access/PeopleGitHub',
    { ClientIdList: ['sts.amazonaws.com'], Url: `https://${tokens}`, Tags: tags() },
    { when: ({ settings, site }) => site === 'home' && settings.access.deployer?.provider === 'managed' },
  ),
];
