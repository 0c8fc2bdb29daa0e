// Limits of permissions on what AWS names: recovery points, and keys of the other region.
import { type Assembly, isObject, listOf, type Resource, valueAt } from './assembly';
import { canonical } from './canonical';
import { copyRegionOf } from './copies';
import type { Statement } from './policies';

const account = '${AWS::AccountId}';

/** Actions on recovery points that neither read, restore nor end them. */
const markingPoints = ['backup:CopyFromBackupVault', 'backup:TagResource'];

const targetsOf = ({ json }: Statement, { stack }: Resource, assembly: Assembly) =>
  listOf(canonical(json.Resource ?? null, stack, assembly)).map(String);

/** Recovery points of the account in the two regions, whose ids AWS Backup generates. (DSS-5.4.2) */
export function actsOnRecoveryPoints(statement: Statement, resource: Resource, assembly: Assembly): boolean {
  const { facts } = assembly;
  const regions = [facts.region, copyRegionOf(facts)];
  const points = regions.flatMap((region) => [
    `arn:aws:backup:${region}:${account}:recovery-point:*`,
    `arn:aws:rds:${region}:${account}:cluster-snapshot:awsbackup:*`,
  ]);
  return (
    targetsOf(statement, resource, assembly).every((target) => points.includes(target)) &&
    statement.actions.every((action) => markingPoints.includes(action))
  );
}

/** The key of the copies or of the replica, by its alias: a key has a random id, in the other region. (DSS-5.4.3) */
export function usesCopiesKey(statement: Statement, resource: Resource, assembly: Assembly): boolean {
  const { facts } = assembly;
  const aliases = valueAt(statement.json.Condition, 'ForAnyValue:StringEquals');
  const named = isObject(aliases) ? listOf(aliases['kms:ResourceAliases']) : [];
  return (
    targetsOf(statement, resource, assembly).every((target) => target === `arn:aws:kms:${copyRegionOf(facts)}:${account}:key/*`) &&
    named.length === 1 &&
    statement.actions.every((action) => usesByAlias(facts.deployment)[String(named[0])]?.includes(action))
  );
}

/** What a role does with each key of the other region. */
const usesByAlias = (deployment: string): Readonly<Record<string, readonly string[]>> => ({
  [`alias/${deployment}-copies`]: ['kms:CreateGrant', 'kms:DescribeKey'],
  [`alias/${deployment}-archive-replica`]: ['kms:Encrypt', 'kms:GenerateDataKey'],
});
