// TOM-7.3: a function refuses production beside another environment at each deployment, and watches over the account.
import { accountEnvironmentsType } from '../../../config/custom-resource-types';
import { type Finding, guardWhere, type Rule, remove, replace } from '../../rule';
import type { Assembly, Resource } from '../../template/assembly';
import { isControl } from '../../template/functions';
import { scheduleType, trailType } from '../../template/resource-types';
import { renderText } from '../../template/texts';
import { type RequiredRuns, runFindings, runGuards, runReads } from '../control-run-findings';

/** Longest time without a completed run before an alarm, in seconds. */
export const longestGap = 6 * 3600;

/** A digest of the templates: the custom resource runs whenever it changes. */
export const releaseForm = /^[0-9a-f]{16}$/;

const runs: RequiredRuns = {
  control: 'account-environments',
  variables: [
    {
      ...{ name: 'ENVIRONMENT', required: 'the environment of the deployment', wrong: ['elsewhere'] },
      holds: (value, _, { facts }) => value === facts.environment,
    },
    {
      ...{ name: 'BOUNDARY', required: 'the boundary of the deployment', wrong: ['arn:aws:iam::999999999999:policy/theirs'] },
      holds: (value, _, { facts }) => JSON.stringify(value ?? '').includes(`:policy/${facts.deployment}-boundary-${facts.region}`),
    },
    {
      ...{ name: 'REGIONS', required: 'the regions of the deployment', wrong: ['us-east-1'] },
      holds: (value, _, { facts }) => {
        const regions = renderText(value)?.split(',') ?? [];
        return regions.includes(facts.region) && (facts.site === 'recovery' || regions.includes(facts.recoveryRegion));
      },
    },
  ],
  trigger: scheduleType,
  interval: 3600,
  gap: longestGap,
};

const fix = 'Create AccountEnvironments in the account stack.';

export const accountEnvironments: Rule = {
  name: 'account-environments',
  requires: 'a function admits each deployment to its account, looks at the environments there every hour, and has alarms',
  types: [trailType],
  check(trail, assembly) {
    return [...runFindings(runs, assembly, fix), ...admissionFindings(trail, assembly)];
  },
  guards: [
    ...runGuards(runs),
    guardWhere(accountEnvironmentsType, isOfControl, '', remove),
    guardWhere(accountEnvironmentsType, isOfControl, 'Properties.ServiceToken', remove, replace('arn:aws:lambda:eu-west-3:x:function:y')),
    guardWhere(accountEnvironmentsType, isOfControl, 'Properties.Environment', remove, replace('elsewhere')),
    guardWhere(accountEnvironmentsType, isOfControl, 'Properties.Release', remove, replace('first')),
  ],
  bypasses: [
    {
      name: 'an admission that another function answers',
      resources: {
        Pretended: {
          Type: accountEnvironmentsType,
          Properties: { ServiceToken: 'arn:aws:lambda:eu-west-3:x:function:y', Environment: 'production', Release: '0123456789abcdef' },
        },
      },
    },
  ],
  reads: [...runReads(scheduleType), { type: accountEnvironmentsType, path: 'Properties' }],
};

function isOfControl(custom: Resource, assembly: Assembly): boolean {
  const lambda = assembly.target(custom.at('ServiceToken'), custom.stack);
  return lambda !== undefined && isControl(lambda, runs.control, assembly);
}

/** The custom resource asks in the first stack of the deployment, which has the trail, and again for each release. */
function admissionFindings(trail: Resource, assembly: Assembly): readonly Finding[] {
  const asks = assembly
    .ofType(accountEnvironmentsType)
    .some(
      (custom) =>
        isOfControl(custom, assembly) &&
        custom.stack === trail.stack &&
        custom.at('Environment') === assembly.facts.environment &&
        releaseForm.test(String(custom.at('Release'))),
    );
  const pretended = assembly.ofType(accountEnvironmentsType).filter((custom) => !isOfControl(custom, assembly));
  if (asks && pretended.length === 0) return [];
  const required = `a ${accountEnvironmentsType} of the function and no other, with environment and release, in the stack of the trail`;
  return [{ id: 'admission', path: accountEnvironmentsType, found: undefined, required, fix }];
}
