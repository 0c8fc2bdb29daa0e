// Who writes to the audit archive: services for the deployment alone; CloudWatch Logs, the server sessions alone.
import { type Break, type Finding, type Guard, guardWhere, remove, replace, set } from '../../rule';
import type { Assembly, Resource } from '../../template/assembly';
import { auditArchives } from '../../template/buckets';
import { bucketPolicyType } from '../../template/resource-types';
import { type ArchiveStatement, admitsSessionsAlone, exportAdmissions, writeDenials } from '../../template/session-exports';

/** Violations by the writers of an archive. */
export function writerFindings(archive: Resource, assembly: Assembly): readonly Finding[] {
  const missing = (id: string, required: string): Finding => ({
    ...{ id, path: 'the bucket policy', found: undefined, required },
    fix: 'Restore the denials OnlyServicesWrite and OnlyTheExportMarks of AuditArchive.',
  });
  const { all, marks } = writeDenials(archive, assembly);
  const excepted = all.some(({ json }) => json.NotResource === undefined);
  return [
    ...exportAdmissions(archive, assembly)
      .filter((statement) => !admitsSessionsAlone(statement, archive, assembly))
      .map(({ path, json }) => ({
        ...{ id: `export::${path}`, path: `the bucket policy, ${path}`, found: json },
        required: 'an export of the log group of server sessions to the folder sessions',
        fix: 'Name the log group, the account and the folder as admitSessions of AuditArchive does.',
      })),
    ...(all.length > 0 ? [] : [missing('writers', 'a denial of s3:PutObject to every principal that is not a service of AWS')]),
    ...(excepted || marks.length > 0
      ? []
      : [missing('marks', 'the same denial for the records of exports, except for the role of the export')]),
  ];
}

const archivesOf = (policy: Resource, assembly: Assembly): readonly Resource[] =>
  auditArchives(assembly).filter((archive) => assembly.refersTo(policy.at('Bucket'), policy, archive));

function ofStatements(
  choose: (archive: Resource, assembly: Assembly) => readonly ArchiveStatement[],
  below: string,
  ...breaks: readonly Break[]
): Guard {
  const pathsOf = (policy: Resource, assembly: Assembly): readonly string[] =>
    archivesOf(policy, assembly).flatMap((archive) =>
      choose(archive, assembly)
        .filter((statement) => statement.policy === policy)
        .map(({ path }) => `Properties.${path}${below}`),
    );
  return guardWhere(bucketPolicyType, (policy, assembly) => pathsOf(policy, assembly).length > 0, pathsOf, ...breaks);
}

const all = (archive: Resource, assembly: Assembly): readonly ArchiveStatement[] => writeDenials(archive, assembly).all;
const marks = (archive: Resource, assembly: Assembly): readonly ArchiveStatement[] => writeDenials(archive, assembly).marks;
const exceptOneRole = (archive: Resource, assembly: Assembly): readonly ArchiveStatement[] =>
  all(archive, assembly).filter(({ json }) => json.NotResource !== undefined);

export const writerGuards: readonly Guard[] = [
  ofStatements(exportAdmissions, '.Condition', remove, set({ StringEquals: { 's3:x-amz-acl': 'bucket-owner-full-control' } })),
  ofStatements(exportAdmissions, '.Condition.ArnLike.aws:SourceArn', replace('arn:aws:logs:eu-west-3:111111111111:*')),
  ofStatements(exportAdmissions, '.Resource', replace('*')),
  ...[all, marks].flatMap((choose) => [
    ofStatements(choose, '', remove),
    ofStatements(choose, '.Effect', replace('Allow')),
    ofStatements(choose, '.Action', replace('s3:PutObjectAcl')),
    ofStatements(choose, '.Principal', replace({ AWS: 'arn:aws:iam::111111111111:role/x' })),
    ofStatements(choose, '.Condition.Bool', remove, replace({ 'aws:PrincipalIsAWSService': 'true' })),
    ofStatements(choose, '.Condition.ArnNotLike', set({ 'aws:PrincipalArn': 'arn:aws:iam::111111111111:role/*' })),
  ]),
  ofStatements(exceptOneRole, '.NotResource', replace('*'), replace(['arn:aws:s3:::x/sessions/*'])),
];
