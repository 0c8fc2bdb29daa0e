// TOM-3.2, TOM-3.5: with sign-in by IAM Identity Center, a function examines the roles of permission sets daily.
import type { Rule } from '../../rule';
import type { DeploymentFacts } from '../../template/assembly';
import { scheduleType, trailType } from '../../template/resource-types';
import { renderText } from '../../template/texts';
import { type RequiredRuns, runFindings, runGuards, runReads } from '../control-run-findings';

/** Longest time without a completed run before an alarm, in seconds. */
export const longestGap = 36 * 3600;

/** The roles that a person of a permission set assumes. */
const roles = ['client-data-team', 'emergency', 'infrastructure-manager', 'it-team', 'recovery'];

/** Outside production, deployments share an account. (TOM-7.3) */
const deploymentsOf = ({ environment, deployment }: DeploymentFacts): string => (environment === 'production' ? deployment : '*');

/** The permission sets of people, as the function reads them. */
export const permissionSetNames = (facts: DeploymentFacts): string =>
  roles.flatMap((role) => [role, `${role}_${deploymentsOf(facts)}`]).join();

/** The name of the boundary of either site, as the function reads it in an ARN. */
export const setBoundary = (facts: DeploymentFacts): string => `${deploymentsOf(facts)}-boundary-*`;

const runs: RequiredRuns = {
  control: 'permission-sets',
  variables: [
    {
      ...{ name: 'SETS', required: 'the roles of people alone', wrong: ['it-team,AdministratorAccess', '*'] },
      holds: (value, _, { facts }) => value === permissionSetNames(facts),
    },
    {
      ...{ name: 'BOUNDARY', required: 'the boundary of the deployment', wrong: ['arn:aws:iam::111122223333:policy/*'] },
      holds: (value, _, { facts }) => /^arn:[^:]+:iam::[^:]+:policy\/([^:/]+)$/.exec(renderText(value) ?? '')?.[1] === setBoundary(facts),
    },
  ],
  trigger: scheduleType,
  interval: 86_400,
  gap: longestGap,
};

export const permissionSets: Rule = {
  name: 'permission-sets',
  requires: 'with access.signIn identity-center, a function examines every permission set in the account daily, with alarms',
  types: [trailType],
  mustApply: false,
  check: (_, assembly) =>
    assembly.facts.settings.access.signIn === 'identity-center'
      ? runFindings(runs, assembly, 'Create PermissionSets in the access stack.')
      : 'not-applicable',
  guards: runGuards(runs),
  reads: runReads(scheduleType),
};
