// DSS-5.2: workflows of one repository deploy, in the environment with the name of the deployment, by its own roles.
import { append, type Finding, finding, guardWhere, type Rule, remove, set } from '../../rule';
import { type Assembly, isObject, type Resource, valueAt } from '../../template/assembly';
import { canonical } from '../../template/canonical';
import { copyRegionOf } from '../../template/copies';
import { type Admission, admissionsOf, permissionsOf } from '../../template/people';
import { managedPolicyType, roleType } from '../../template/resource-types';

const host = 'token.actions.githubusercontent.com';
const fix = 'Use workflowsOf of lib/access/role-trust.ts.';

export const deployerRole: Rule = {
  name: 'deployer-role',
  requires: 'a role of a provider admits workflows of the configured repository and environment, and assumes bootstrap roles of the site',
  types: [roleType],
  mustApply: false,
  check(role, assembly) {
    const federated = federatedAdmissions(role);
    if (federated.length === 0) return 'not-applicable';
    return [...federated.flatMap((admission) => identityFindings(role, admission, assembly)), ...permissionFindings(role, assembly)];
  },
  guards: [
    guardWhere(roleType, isOfWorkflows, subject(''), remove, set({})),
    guardWhere(
      roleType,
      isOfWorkflows,
      subject('.StringEquals'),
      set({ [`${host}:aud`]: 'sts.amazonaws.com', [`${host}:sub`]: 'repo:example/*' }),
      set({ [`${host}:aud`]: 'https://github.com/example', [`${host}:sub`]: 'repo:example/rempart:environment:production' }),
    ),
    guardWhere(
      managedPolicyType,
      (policy) => policy.at('Description') === 'Permissions of the role deployer',
      'Properties.PolicyDocument.Statement.0.Resource',
      append('*'),
      append('arn:aws:iam::111111111111:role/cdk-hnb659fds-cfn-exec-role-111111111111-eu-west-3'),
    ),
  ],
  reads: [
    { type: roleType, path: 'Properties' },
    { type: managedPolicyType, path: 'Properties' },
  ],
};

const federatedAdmissions = (role: Resource): readonly Admission[] => admissionsOf(role).filter(({ kind }) => kind === 'provider');

function isOfWorkflows(role: Resource): boolean {
  return federatedAdmissions(role).length > 0;
}

function subject(below: string): (role: Resource) => readonly string[] {
  return (role) => federatedAdmissions(role).map(({ statement }) => `Properties.${statement.path}.Condition${below}`);
}

function identityFindings(role: Resource, { statement: { json, path } }: Admission, { facts }: Assembly): readonly Finding[] {
  const { deployer } = facts.settings.access;
  const condition = json.Condition;
  const isExact = isObject(condition) && Object.keys(condition).join() === 'StringEquals';
  const keys = isExact ? (valueAt(condition, 'StringEquals') ?? {}) : {};
  const wanted = {
    [`${host}:aud`]: 'sts.amazonaws.com',
    [`${host}:sub`]: `repo:${deployer?.repository}:environment:${facts.deployment}`,
  };
  const isWanted =
    isObject(keys) &&
    Object.keys(keys).length === Object.keys(wanted).length &&
    Object.entries(wanted).every(([key, value]) => keys[key] === value);
  if (deployer !== undefined && isWanted) return [];
  const required = `the audience sts.amazonaws.com, and the subject of access.deployer.repository in the environment ${facts.deployment}`;
  return [finding(role, `identity::${path}`, `Properties.${path}.Condition`, required, fix)];
}

/** Roles of the bootstrap template that deploy; the execution role, an administrator, is CloudFormation's alone. */
const bootstrap = /:role\/cdk-hnb659fds-(?:deploy|file-publishing|lookup)-role-\$\{AWS::AccountId\}-([a-z0-9-]+)$/;

const isOf = (regions: readonly (string | undefined)[], region: string | undefined): boolean =>
  region !== undefined && regions.includes(region);

function permissionFindings(role: Resource, assembly: Assembly): readonly Finding[] {
  const regions: readonly (string | undefined)[] = [assembly.facts.region, copyRegionOf(assembly.facts)];
  return permissionsOf(role, assembly)
    .filter(({ effect }) => effect === 'Allow')
    .filter(({ actions, json }) => {
      const targets = [canonical(json.Resource ?? '*', role.stack, assembly)].flat().map(String);
      return actions.join() !== 'sts:AssumeRole' || !targets.every((target) => isOf(regions, bootstrap.exec(target)?.[1]));
    })
    .map(({ path, json }) => ({
      ...finding(role, `permission::${path}`, '', `sts:AssumeRole on bootstrap roles of ${regions.filter(Boolean).join(' and ')}`, fix),
      found: json.Action ?? json.NotAction,
    }));
}
