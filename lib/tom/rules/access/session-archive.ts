// TOM-3.6: a function exports each day of server sessions to the audit archive, which admits this export and its role.
import { shortestLogDays } from '../../figures';
import { type Finding, guardWhere, type Rule, remove, replace } from '../../rule';
import type { Assembly, Resource } from '../../template/assembly';
import { auditArchives } from '../../template/buckets';
import { controlFunctionOf } from '../../template/functions';
import { bucketPolicyType, functionType, roleType, scheduleType, trailType } from '../../template/resource-types';
import { admitsSessionsAlone, exportAdmissions, exportRoleName } from '../../template/session-exports';
import { numberBetween, type RequiredRuns, runFindings, runGuards, runReads } from '../control-run-findings';

/** Longest time without a completed run before an alarm, in seconds. */
export const longestGap = 6 * 3600;
/** Days after its end within which a day is exported, and the least number of days that people have to repair it. */
const longestLateDays = 3;
const shortestReachDays = 30;

const runs: RequiredRuns = {
  control: 'session-archive',
  variables: [
    {
      ...{ name: 'ARCHIVE', required: 'the bucket of the trail', wrong: ['arn:aws:s3:::elsewhere'] },
      holds: (value, lambda, assembly) => auditArchives(assembly).some((archive) => assembly.refersTo(value, lambda, archive)),
    },
    numberBetween('LATE_DAYS', 1, longestLateDays, [String(longestLateDays + 1), 'never']),
    // A day that is older than the log has no sessions left, and the record of an older one may have expired.
    numberBetween('REACH_DAYS', shortestReachDays, shortestLogDays - 1, [String(shortestLogDays), '1']),
  ],
  trigger: scheduleType,
  interval: 3600,
  gap: longestGap,
};

const fix = 'Create SessionArchive in the access stack.';

export const sessionArchive: Rule = {
  name: 'session-archive',
  requires: 'a function exports each day of server sessions to the audit archive, and has alarms on missing days and runs',
  types: [trailType],
  check: (_, assembly) => [...runFindings(runs, assembly, fix), ...roleFindings(assembly), ...admissionFindings(assembly)],
  guards: [
    ...runGuards(runs),
    guardWhere(
      functionType,
      (lambda, assembly) => controlFunctionOf(runs.control, assembly) === lambda,
      'Properties.Role',
      remove,
      replace('arn:aws:iam::x:role/y'),
    ),
    guardWhere(roleType, (role, assembly) => roleOf(assembly) === role, 'Properties.RoleName', remove, replace('another')),
    guardWhere(bucketPolicyType, admitsExports, admissionPaths, remove),
  ],
  reads: [
    ...runReads(scheduleType),
    { type: roleType, path: 'Properties.RoleName' },
    { type: bucketPolicyType, path: 'Properties.PolicyDocument' },
    { type: bucketPolicyType, path: 'Properties.Bucket' },
    { type: trailType, path: 'Properties.S3BucketName' },
  ],
};

function roleOf(assembly: Assembly): Resource | undefined {
  const lambda = controlFunctionOf(runs.control, assembly);
  return lambda && assembly.target(lambda.at('Role'), lambda.stack);
}

/** The policy of the archive names the role. */
function roleFindings(assembly: Assembly): readonly Finding[] {
  const name = exportRoleName(assembly);
  const found = roleOf(assembly)?.at('RoleName');
  return found === name
    ? []
    : [{ id: 'role', path: 'the role of the function', found, required: name, fix: 'Set roleName of the function.' }];
}

/** Without both admissions, each export fails. */
function admissionFindings(assembly: Assembly): readonly Finding[] {
  const actions = auditArchives(assembly).flatMap((archive) =>
    exportAdmissions(archive, assembly)
      .filter((statement) => admitsSessionsAlone(statement, archive, assembly))
      .map(({ json }) => json.Action),
  );
  return ['s3:GetBucketAcl', 's3:PutObject']
    .filter((action) => !actions.includes(action))
    .map((action) => ({
      ...{ id: `admission::${action}`, path: 'the policy of the audit archive', found: undefined },
      ...{ required: `${action} for CloudWatch Logs, for the log group of sessions`, fix: 'Restore admitSessions of AuditArchive.' },
    }));
}

function admissionPaths(policy: Resource, assembly: Assembly): readonly string[] {
  return auditArchives(assembly).flatMap((archive) =>
    exportAdmissions(archive, assembly)
      .filter((statement) => statement.policy === policy)
      .map(({ path }) => `Properties.${path}`),
  );
}

function admitsExports(policy: Resource, assembly: Assembly): boolean {
  return admissionPaths(policy, assembly).length > 0;
}
