// TOM-3.7, TOM-3.8: a function sets a password policy of 10 characters and 90 days at least, and watches over it.
import { passwordPolicyType } from '../../../config/custom-resource-types';
import { longestCredentialDays, shortestPassword } from '../../figures';
import { type Finding, guardWhere, type Rule, remove, replace } from '../../rule';
import { type Assembly, type Resource, valueAt } from '../../template/assembly';
import { controlFunctionOf, isControl } from '../../template/functions';
import { scheduleType, trailType } from '../../template/resource-types';
import { numberBetween, type RequiredRuns, runFindings, runGuards, runReads } from '../control-run-findings';

/** Longest password and most former passwords in IAM ("UpdateAccountPasswordPolicy"). */
const longestPassword = 128;
export const longestReuse = 24;

/** Longest time without a completed run before an alarm, in seconds. */
export const longestGap = 6 * 3600;

const runs: RequiredRuns = {
  control: 'password-policy',
  variables: [
    numberBetween('MINIMUM_LENGTH', shortestPassword, longestPassword, [String(shortestPassword - 1), 'none']),
    numberBetween('MAXIMUM_AGE_DAYS', 1, longestCredentialDays, [String(longestCredentialDays + 1), '0']),
    numberBetween('REUSE_PREVENTION', longestReuse, longestReuse, ['1']),
    {
      ...{ name: 'BOUNDARY', required: 'the boundary of the deployment', wrong: ['arn:aws:iam::999999999999:policy/theirs'] },
      holds: (value, _, { facts }) => JSON.stringify(value ?? '').includes(`:policy/${facts.deployment}-boundary-${facts.region}`),
    },
  ],
  trigger: scheduleType,
  interval: 3600,
  gap: longestGap,
};

/** Properties of the custom resource with the variable that each repeats: a change of one sets the policy again. */
const figures: Readonly<Record<string, string>> = {
  MinimumLength: 'MINIMUM_LENGTH',
  MaximumAgeDays: 'MAXIMUM_AGE_DAYS',
  ReusePrevention: 'REUSE_PREVENTION',
};

const fix = 'Create PasswordPolicy in the access stack.';

export const passwordPolicy: Rule = {
  name: 'password-policy',
  requires: 'a function sets the password policy of the account, reads it back every hour, and has alarms',
  types: [trailType],
  check(_, assembly) {
    return [...runFindings(runs, assembly, fix), ...settingFindings(assembly)];
  },
  guards: [
    ...runGuards(runs),
    ...['', 'Properties.ServiceToken', ...Object.keys(figures).map((name) => `Properties.${name}`)].map((path) =>
      guardWhere(passwordPolicyType, isOfControl, path, remove, ...(path === '' ? [] : [replace('1')])),
    ),
  ],
  reads: [...runReads(scheduleType), { type: passwordPolicyType, path: 'Properties' }],
};

function isOfControl(custom: Resource, assembly: Assembly): boolean {
  const lambda = assembly.target(custom.at('ServiceToken'), custom.stack);
  return lambda !== undefined && isControl(lambda, runs.control, assembly);
}

/** The custom resource sets the policy at deployment, and again when a figure changes. */
function settingFindings(assembly: Assembly): readonly Finding[] {
  const lambda = controlFunctionOf(runs.control, assembly);
  const isSet = assembly
    .ofType(passwordPolicyType)
    .some(
      (custom) =>
        isOfControl(custom, assembly) &&
        Object.entries(figures).every(
          ([property, name]) =>
            custom.at(property) !== undefined &&
            custom.at(property) === valueAt(lambda?.properties ?? null, `Environment.Variables.${name}`),
        ),
    );
  if (isSet) return [];
  return [
    { id: 'set', path: passwordPolicyType, found: undefined, required: `a ${passwordPolicyType} with the figures of the function`, fix },
  ];
}
