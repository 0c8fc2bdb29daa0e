// TOM-3.5, TOM-3.6: control-changing actions are held by the one role whose control it is, and by no other.
// lib/tom/world/powers.ts lists them; the boundary denies those that no role holds.
import { append, type Finding, finding, type Guard, guard, guardWhere, type Rule, remove, replace } from '../../rule';
import { type Assembly, listOf, type Resource } from '../../template/assembly';
import { concernsAction } from '../../template/boundary';
import { grantedActions, hasReadVerb, holdersOf, isHeldBy, targetsOf, variablesOf } from '../../template/grants';
import { documentTypes, grantsOf, isOnlyBoundary, ownStatements, permissionSet, principalTypes } from '../../template/identity-policies';
import { matchesPattern, type Statement } from '../../template/policies';
import { managedPolicyType, oidcProviderType } from '../../template/resource-types';
import { dataActions } from '../../world/data-access';
import { fill } from '../../world/form';
import { powers as powerTable, revealingReads } from '../../world/powers';
import { unheldPowers } from '../../world/unheld-powers';
import { newResource } from '../bypass';

const providerTypes = [oidcProviderType, 'AWS::IAM::SAMLProvider'];

const fix =
  'Remove the permission. If it is a new control, add the action, the resource and the one role to lib/tom/world/powers.ts, which a reviewer then sees.';

export const powers: Rule = {
  name: 'powers',
  requires: 'only the role of a control holds the actions that change it, and the boundary denies all others',
  types: [...documentTypes, ...principalTypes, permissionSet, ...providerTypes],
  check(resource, assembly) {
    if (providerTypes.includes(resource.type)) return isGitHub(resource) ? [] : [providerFinding(resource)];
    if (isOnlyBoundary(resource, assembly)) return boundFindings(resource);
    return [...grantsOf(resource).flatMap((statement) => grantFindings(resource, statement, assembly)), ...attachmentFindings(resource)];
  },
  guards: [
    grantGuard('.Statement', append({ Effect: 'Allow', Action: 'kms:PutKeyPolicy', Resource: '*' })),
    grantGuard('.Statement', append({ Effect: 'Allow', Action: 'secretsmanager:Get*', Resource: '*' })),
    grantGuard('.Statement', append({ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' })),
    guardWhere(managedPolicyType, isOnlyBoundary, neededDenials, remove),
    guard(oidcProviderType, 'Properties.Url', replace('https://gitlab.com')),
    ...principalTypes.map((type) =>
      guard(type, 'Properties.ManagedPolicyArns', append('arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole')),
    ),
  ],
  bypasses: [
    ...['iam:PassRole', 'lambda:Update*', 'S3:putbucketpolicy', 'cloudwatch:D?sableAlarmActions', 'secretsmanager:GetSecretValue', '*'].map(
      (Action) => ({
        name: `a policy with ${Action}`,
        resources: {
          Policy: newResource(managedPolicyType, { PolicyDocument: { Statement: [{ Effect: 'Allow', Action, Resource: '*' }] } }),
        },
      }),
    ),
    ...providerTypes.map((type) => ({ name: `an ${type}`, resources: { Provider: newResource(type) } })),
  ],
  reads: [
    ...documentTypes.map((type) => ({ type, path: 'Properties' })),
    ...principalTypes.map((type) => ({ type, path: 'Properties' })),
    { type: permissionSet, path: 'Properties' },
  ],
};

/**
 * The provider of the workflows that deploy; the trust of their one role names repository and environment. (DSS-5.2)
 */
const isGitHub = (provider: Resource): boolean =>
  provider.type === oidcProviderType && provider.at('Url') === 'https://token.actions.githubusercontent.com';

const providerFinding = (provider: Resource): Finding =>
  finding(provider, 'provider', '', 'no identity provider but that of GitHub Actions', 'Remove the provider.');

function grantGuard(below: string, addition: ReturnType<typeof append>): Guard {
  const grants: Guard['where'] = (resource, assembly) => !isOnlyBoundary(resource, assembly) && grantsOf(resource).length > 0;
  return guardWhere(managedPolicyType, grants, `Properties.PolicyDocument${below}`, addition);
}

function grantFindings(resource: Resource, statement: Statement, assembly: Assembly): readonly Finding[] {
  const powersOf = grantedActions(statement).filter((action) => !isRead(action) && !dataActions.includes(action));
  if (powersOf.length === 0) return [];
  const targets = targetsOf(resource, statement, assembly);
  const holders = holdersOf(resource, assembly);
  return powersOf
    .filter((action) => !isHeld(action, targets, holders, assembly))
    .map((action) => {
      const required = `no power, or one that lib/tom/world/powers.ts gives to ${holders.join(', ') || 'the role'} on that resource`;
      return { id: `power::${action}`, path: `Properties.${statement.path}`, found: `${action} on ${targets.join(', ')}`, required, fix };
    });
}

/** Whether an action, or every action of a pattern, only reads, and reveals no secret. */
const isRead = (action: string): boolean => hasReadVerb(action) && !revealingReads.some((read) => matchesPattern(action, read));

/** Whether the table gives the action, by its name and without a pattern, to each holder on each resource. */
function isHeld(action: string, targets: readonly string[], holders: readonly string[], { facts }: Assembly): boolean {
  const variables = variablesOf(facts);
  const entries = powerTable.filter(({ actions }) => actions.includes(action));
  return isHeldBy({ targets, holders }, (holder, target) =>
    entries.some((entry) => entry.holders.includes(holder) && entry.resources.some((text) => fill(text, { variables }) === target)),
  );
}

/** A role has one policy, which names the role. Policies of AWS change without a deployment. */
function attachmentFindings(resource: Resource): readonly Finding[] {
  const path = resource.type === permissionSet ? 'ManagedPolicies' : 'ManagedPolicyArns';
  if (documentTypes.includes(resource.type) || listOf(resource.at(path)).length === 0) return [];
  const required = 'no attached policy: the one policy of a role names the role';
  return [finding(resource, 'attached', `Properties.${path}`, required, 'Remove the list, and declare the calls in a calls.ts.')];
}

const denials = (policy: Resource): readonly Statement[] => ownStatements(policy).filter(({ effect }) => effect === 'Deny');

/** Paths of the denials without which the boundary allows a power that no role holds. */
function neededDenials(policy: Resource): readonly string[] {
  return denials(policy)
    .filter((statement) => unheldPowers.some((action) => isAllowed(policy, action) && deniedOnlyBy(policy, statement, action)))
    .map(({ path }) => `Properties.${path}`);
}

function deniedOnlyBy(policy: Resource, statement: Statement, action: string): boolean {
  const denying = denials(policy).filter((other) => isDenial(other, action));
  return denying.length === 1 && denying[0]?.path === statement.path;
}

/** Services whose denial names the resources of the deployment; the form of the boundary judges those. */
const deniedByName = ['cloudtrail', 'logs'];

function isDenial({ json, resources, ...rest }: Statement, action: string): boolean {
  const isWide = resources.includes('*') || (resources.length > 0 && deniedByName.includes(action.split(':')[0] ?? ''));
  return json.Condition === undefined && isWide && concernsAction({ json, resources, ...rest }, action);
}

/**
 * What AWS Backup names, and no other service: its rules of EventBridge, its snapshots of clusters, and what it
 * restores for a test.
 */
const namedByBackup =
  /^arn:[^:]*:(?:events:\*:[^:]*:rule\/AwsBackupManagedRule\*|rds:\*:[^:]*:(?:cluster-snapshot:awsbackup:\*|(?:cluster|db):awsbackup-restore-test-\*))$/;

/** Whether the boundary allows an action on more than what AWS Backup names itself. */
const isAllowed = (policy: Resource, action: string): boolean =>
  grantsOf(policy).some(
    (statement) => concernsAction(statement, action) && !statement.resources.every((resource) => namedByBackup.test(resource)),
  );

function boundFindings(policy: Resource): readonly Finding[] {
  return unheldPowers
    .filter((action) => isAllowed(policy, action) && !denials(policy).some((statement) => isDenial(statement, action)))
    .map((action) => ({
      id: `unbounded::${action}`,
      path: 'Properties.PolicyDocument',
      found: `the boundary allows ${action}`,
      required: `a boundary that does not allow ${action}, which no role holds`,
      fix: 'Restore the denial in lib/identity, or limit the allowed actions of the service.',
    }));
}
