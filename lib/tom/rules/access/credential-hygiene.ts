// TOM-3.8, TOM-3.10: a function warns of old passwords and access keys, and ends them at 90 days.
import { rootUserReport } from '../../../config/metrics';
import { credentialWarnings, longestCredentialDays, longestDisabledKeyDays } from '../../figures';
import type { Rule } from '../../rule';
import type { DeploymentFacts } from '../../template/assembly';
import { scheduleType, topicType, trailType } from '../../template/resource-types';
import { numberBetween, type RequiredRuns, runFindings, runGuards, runReads } from '../control-run-findings';

/** Longest time without a completed run before an alarm, in seconds. */
export const longestGap = 36 * 3600;

/** The exempt users of the configuration with the end of each exemption, as the function reads them. */
export const exemptUsers = ({ settings }: DeploymentFacts): string =>
  settings.access.credentialExemptions.map(({ user, until }) => `${user}/${until}`).join() || 'none';

const limit = String(longestCredentialDays + 1);

const runs: RequiredRuns = {
  control: 'credential-hygiene',
  reports: ['credential-hygiene', rootUserReport],
  variables: [
    {
      ...{ name: 'WARN_DAYS', required: `the days ${credentialWarnings.join(' and ')}`, wrong: ['89', '76'] },
      holds: (value) => value === credentialWarnings.join(),
    },
    numberBetween('LIMIT_DAYS', 1, longestCredentialDays, [limit, 'none']),
    numberBetween('DELETE_DAYS', longestCredentialDays, longestDisabledKeyDays, [String(longestDisabledKeyDays + 1), 'none']),
    {
      ...{ name: 'EXEMPT_USERS', required: 'the exemptions of the configuration', wrong: ['somebody/2099-12-31'] },
      holds: (value, _, { facts }) => value === exemptUsers(facts),
    },
    {
      ...{ name: 'TOPIC', required: 'the topic of the deployment', wrong: ['arn:aws:sns:eu-west-3:111111111111:elsewhere'] },
      holds: (value, lambda, assembly) => assembly.ofType(topicType).some((topic) => assembly.refersTo(value, lambda, topic)),
    },
  ],
  trigger: scheduleType,
  interval: 86_400,
  gap: longestGap,
};

export const credentialHygiene: Rule = {
  name: 'credential-hygiene',
  requires: 'a function ends old passwords and access keys every day, with warnings, exemptions of the configuration, and alarms',
  types: [trailType],
  check: (_, assembly) => runFindings(runs, assembly, 'Create CredentialHygiene in the access stack.'),
  guards: runGuards(runs),
  reads: runReads(scheduleType),
};
