// The roles that people and deployers assume: each with its trust, its limits and the calls of its contract.
import { CfnOIDCProvider, type IPrincipal, ManagedPolicy, Role } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Call } from '../../runtime/calls';
import { type PeopleRole, peopleRoleName } from '../config/names';
import { callModeOf, deploymentRolesOf, peopleCalls, peopleRoleDescriptions, tunnelSecondsOf } from '../config/people-calls';
import type { Site } from '../config/site';
import { callStatements } from '../functions/call-statements';
import { accountInFindings, acknowledgeWildcard } from '../labels/exceptions';
import { serves } from '../labels/labels';
import {
  auditorOf,
  fromAnywhere,
  fromKnownNetworks,
  fromManagementNetworks,
  fromOffices,
  githubAudience,
  githubTokens,
  type Origins,
  peopleOf,
  workflowsOf,
} from './role-trust';
import type { VpnAuthority } from './vpn-authority';

export interface PeopleRolesProps {
  readonly site: Site;
  readonly vpcId: string;
  /** Signs certificates of the VPN, and lists them. (TOM-3.2) */
  readonly authority: VpnAuthority;
  /** Encrypts that list, and the data of sessions. (TOM-5.5) */
  readonly key: IKey;
}

/**
 * Sessions of each role end after `access.timeouts.roleSessionMinutes`, at the console too. A role whose facts the
 * configuration lacks (management networks, offices, auditor, deployer) does not exist. (TOM-3.1, TOM-3.2, TOM-3.3,
 * TOM-3.9, DSS-5.2)
 */
export class PeopleRoles extends Construct {
  constructor(scope: Construct, id: string, props: PeopleRolesProps) {
    super(scope, id);
    serves(this, 'TOM-3.1', 'TOM-3.2', 'TOM-3.3', 'TOM-3.5');
    for (const [role, trust] of this.trusts(props)) this.createRole(role, trust, props);
  }

  private trusts(props: PeopleRolesProps): readonly (readonly [PeopleRole, IPrincipal])[] {
    const { site } = props;
    const { managementNetworks, officeAddresses, auditor, deployer } = site.settings.access;
    const origins = originsOf(props);
    const people = (role: PeopleRole, from: Parameters<typeof peopleOf>[3]) => [role, peopleOf(this, site, role, from)] as const;
    return [
      people('it-team', fromKnownNetworks(origins)),
      people('client-data-team', fromKnownNetworks(origins)),
      people('emergency', fromAnywhere),
      ...(managementNetworks.length > 0 ? [people('infrastructure-manager', fromManagementNetworks(origins, site.settings))] : []),
      ...(officeAddresses.length > 0 ? [people('recovery', fromOffices(site.settings))] : []),
      ...(auditor ? [['auditor', auditorOf(auditor)] as const] : []),
      ...(deployer ? [['deployer', workflowsOf(this.providerOf(site, deployer.provider), deployer.repository, site)] as const] : []),
    ];
  }

  /** An account has one provider for a host ("OIDC federation"): that of the home site, in every region. */
  private providerOf({ name }: Site, provider: 'managed' | 'existing'): string {
    if (provider === 'existing' || name === 'recovery') {
      return Stack.of(this).formatArn({ service: 'iam', region: '', resource: 'oidc-provider', resourceName: githubTokens });
    }
    return new CfnOIDCProvider(this, 'GitHub', { url: `https://${githubTokens}`, clientIdList: [githubAudience] }).attrArn;
  }

  private createRole(name: PeopleRole, assumedBy: IPrincipal, props: PeopleRolesProps): void {
    const { site } = props;
    const role = new Role(this, `${idOf(name)}Role`, {
      roleName: peopleRoleName(site, name),
      description: peopleRoleDescriptions[name],
      assumedBy,
      maxSessionDuration: Duration.minutes(site.settings.access.timeouts.roleSessionMinutes),
    });
    const mode = callModeOf(site.settings);
    const policy = new ManagedPolicy(this, `${idOf(name)}Permissions`, {
      description: `Permissions of the role ${name}`,
      roles: [role],
      statements: callStatements(this, peopleCalls[name], {
        site,
        mode,
        values: { ...valuesOf(props), deploymentRoles: this.deploymentRoles(site) },
        arns: arnsOf(props),
      }),
    });
    const made = peopleCalls[name].filter(({ modes }) => modes === undefined || modes.includes(mode));
    acknowledgeWildcards(policy, site, made);
  }

  private deploymentRoles(site: Site): readonly string[] {
    const { account, partition } = Stack.of(this);
    return deploymentRolesOf(site).map((arn) => arn.replace(/^arn:aws:/, `arn:${partition}:`).replaceAll('${AWS::AccountId}', account));
  }
}

/** As in `ItTeam`. */
const idOf = (role: PeopleRole): string => role.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());

const originsOf = ({ site, vpcId }: PeopleRolesProps): Origins => ({ officeAddresses: site.settings.access.officeAddresses, vpcId });

function valuesOf(props: PeopleRolesProps): Readonly<Record<string, string | readonly string[]>> {
  const { settings } = props.site;
  return {
    officeAddresses: settings.access.officeAddresses,
    managementNetworks: settings.access.managementNetworks.map(({ cidr }) => cidr),
    vpc: props.vpcId,
    recoveryRegion: settings.recoveryRegion,
    tunnelSeconds: tunnelSecondsOf(settings),
  };
}

const arnsOf = ({ authority, key }: PeopleRolesProps): Readonly<Record<string, string>> => ({
  'access/VpnKey.Arn': authority.key.keyArn,
  'access/VpnRegistry.Arn': authority.registry.bucketArn,
  'account/DeploymentKey.Arn': key.keyArn,
});

/** Resources whose ids nobody knows in advance, with what limits them. */
const unknownIds = [
  {
    ...{ service: 'ec2', name: 'instance/*' },
    reason: 'Servers come and go with the traffic, so the tags of the deployment and of its data limit the shells.',
  },
  {
    ...{ service: 'ec2', name: 'instance-connect-endpoint/*' },
    reason: 'AWS chooses the id of the endpoint, which is created after the role, so the tag of the deployment limits the tunnels.',
  },
  {
    ...{ service: 'ec2', name: 'client-vpn-endpoint/*' },
    reason: 'The endpoint is created after the role, so the tag of the deployment limits the actions.',
  },
  {
    ...{ service: 'acm', name: 'certificate/*' },
    reason: 'AWS chooses the id of a certificate, so its tags limit the import to that of the VPN server.',
  },
  {
    ...{ service: 'ssm', name: 'session/*' },
    reason: 'Session Manager chooses the ids of sessions, so their tags, and the tokens of channels, limit the actions to own ones.',
  },
] as const;

/** Reads and shells name their actions, and not the resources, which come and go. */
function acknowledgeWildcards(policy: ManagedPolicy, site: Site, calls: readonly Call[]): void {
  const allowed = calls.filter(({ effect }) => effect !== 'Deny').flatMap(({ resources }) => resources);
  if (allowed.includes('*')) {
    acknowledgeWildcard(policy, {
      resource: '*',
      reason: 'Reads of state and configuration, each by name and without data of clients, of resources that come and go.',
    });
  }
  for (const { service, name, reason } of unknownIds) {
    if (!allowed.some((resource) => resource.endsWith(`:${name}`))) continue;
    acknowledgeWildcard(policy, { resource: `arn:aws:${service}:${site.region}:${accountInFindings(site)}:${name}`, reason });
  }
}
