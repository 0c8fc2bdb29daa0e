// The database: clusters that a restore left behind, and facts that only SQL shows.
import { paginateDescribeDBClusters } from '@aws-sdk/client-rds';
import { databaseIdentifier, databaseIdentifiers } from '../../../lib/config/names';
import type { Deployment } from '../deployment';
import { type Check, type Line, laterLine } from '../line';
import { ofType } from '../templates';

/**
 * After a restore the former cluster is retained and billed, with its data, until a person deletes it. (TOM-7.2)
 */
export function clusterCheck({ account: { rds, region }, site }: Deployment): Check {
  const own = databaseIdentifier(site);
  const patterns = databaseIdentifiers(site).map((pattern) => new RegExp(`^${pattern.replaceAll('?', '.')}$`));
  const run = async (): Promise<readonly Line[]> => {
    const ids: string[] = [];
    for await (const { DBClusters = [] } of paginateDescribeDBClusters({ client: rds }, {})) {
      ids.push(...DBClusters.map(({ DBClusterIdentifier: id = '' }) => id));
    }
    const left = ids.filter((id) => id !== own && patterns.some((pattern) => pattern.test(id)));
    const show = `aws rds describe-db-clusters --query DBClusters[].DBClusterIdentifier --region ${region}`;
    return [
      {
        check: `database clusters other than ${own}`,
        verdict: left.length === 0 ? 'ready' : 'change',
        found: left.join(', ') || 'none',
        wanted: 'none',
        command: left.length === 0 ? show : left.map((id) => removal(id, region)).join(' && '),
      },
    ];
  };
  return { name: 'database clusters', run };
}

/** Removal of a cluster that keeps its data in a last snapshot; its instances go first. */
const removal = (id: string, region: string): string =>
  [
    `aws rds modify-db-cluster --db-cluster-identifier ${id} --no-deletion-protection --apply-immediately --region ${region}`,
    `for instance in $(aws rds describe-db-clusters --db-cluster-identifier ${id} --query 'DBClusters[0].DBClusterMembers[].DBInstanceIdentifier' --output text --region ${region}); do aws rds delete-db-instance --db-instance-identifier $instance --region ${region}; done`,
    `aws rds delete-db-cluster --db-cluster-identifier ${id} --final-db-snapshot-identifier ${id}-last --region ${region}`,
  ].join(' && ');

/** The preflight has no way to the database: a person runs the SQL as the master user. (TOM-3.6, TOM-4.2) */
export function sqlCheck({ resources }: Deployment): Check {
  const run = async (): Promise<readonly Line[]> => {
    const [cluster] = ofType(resources, 'AWS::RDS::DBCluster');
    if (cluster === undefined) return [];
    const { MasterUsername: master, DatabaseName: database } = cluster.properties;
    const [group] = ofType(resources, 'AWS::RDS::DBClusterParameterGroup');
    const parameters = (group?.properties.Parameters ?? {}) as Readonly<Record<string, string>>;
    const facts: readonly (readonly [string, string, string])[] = [
      ['the master user and rds_iam', 'f: no member, direct or indirect', `SELECT pg_has_role('${master}', 'rds_iam', 'MEMBER')`],
      ['pgaudit.log', `${parameters['pgaudit.log']}`, 'SHOW pgaudit.log'],
      ['the extension pgaudit', 'one row', `SELECT extversion FROM pg_extension WHERE extname = 'pgaudit'`],
      ['rds.force_ssl', `${parameters['rds.force_ssl']}, or on`, 'SHOW rds.force_ssl'],
    ];
    return facts.map(([subject, wanted, sql]) =>
      laterLine(
        `database: ${subject}`,
        wanted,
        `psql --username=${master} --dbname=${database} --command="${sql}"`,
        'not read: only SQL shows it',
      ),
    );
  };
  return { name: 'facts of the database', run };
}
