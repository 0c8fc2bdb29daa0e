// The export of server sessions to the audit archive, as the policy of the archive has it.
import { type Assembly, isObject, type Json, type JsonObject, listOf, type Resource, valueAt } from './assembly';
import { policiesOf } from './buckets';
import { canonical } from './canonical';
import { nameOf } from './names';

const account = '${AWS::AccountId}';

/** Name of the role of the function `session-archive`. */
export const exportRoleName = ({ facts }: Assembly): string => `${facts.deployment}-session-archive-${facts.region}`;
const exportRole = (assembly: Assembly): string => `arn:aws:iam::${account}:role/${exportRoleName(assembly)}`;

/** ARNs of the log group of server sessions, with its streams and without. */
function sessionLogs({ facts }: Assembly): readonly string[] {
  const group = `arn:aws:logs:${facts.region}:${account}:log-group:/rempart/${facts.deployment}/sessions`;
  return [group, `${group}:*`];
}

/** A statement in canonical form, with its path below the properties of its policy. */
export interface ArchiveStatement {
  readonly policy: Resource;
  readonly path: string;
  readonly json: JsonObject;
}

function archiveStatements(archive: Resource, assembly: Assembly): readonly ArchiveStatement[] {
  return policiesOf(archive, assembly).flatMap((policy) => {
    const document = canonical(policy.at('PolicyDocument') ?? null, policy.stack, assembly);
    return listOf(valueAt(document ?? {}, 'Statement')).flatMap((json, index) =>
      isObject(json) ? [{ policy, json, path: `PolicyDocument.Statement.${index}` }] : [],
    );
  });
}

/** Objects of the archive, by the end of their keys. */
const objectsOf = (archive: Resource, { facts }: Assembly, ...keys: readonly string[]): readonly string[] =>
  keys.map((key) => `\${${nameOf(archive, facts)}.Arn}/${key}`);

/** Objects that the function's role may write: tests of its permission, and records of exported days. */
const marksOf = (archive: Resource, assembly: Assembly): readonly string[] =>
  objectsOf(archive, assembly, 'sessions/*/aws-logs-write-test', 'sessions/completed/*');

const isLogService = ({ Principal }: JsonObject): boolean =>
  listOf(isObject(Principal) ? Principal.Service : undefined).some((service) => /^logs\./.test(String(service)));

/** The statements that admit CloudWatch Logs, which exports log groups. */
export const exportAdmissions = (archive: Resource, assembly: Assembly): readonly ArchiveStatement[] =>
  archiveStatements(archive, assembly).filter(({ json }) => json.Effect === 'Allow' && isLogService(json));

/** Whether a statement admits the export of the log group of sessions to its folder, and nothing else. */
export function admitsSessionsAlone({ json }: ArchiveStatement, archive: Resource, assembly: Assembly): boolean {
  const { Condition, Action, Resource: resources } = json;
  const sources = listOf(valueAt(valueAt(Condition ?? {}, 'ArnLike') ?? {}, 'aws:SourceArn'));
  const folder = Action === 's3:GetBucketAcl' ? [`\${${nameOf(archive, assembly.facts)}.Arn}`] : objectsOf(archive, assembly, 'sessions/*');
  return (
    (Action === 's3:GetBucketAcl' || Action === 's3:PutObject') &&
    areAll(resources, folder) &&
    areAll(sources, sessionLogs(assembly)) &&
    valueAt(valueAt(Condition ?? {}, 'StringEquals') ?? {}, 'aws:SourceAccount') === account
  );
}

const areAll = (found: Json | undefined, allowed: readonly string[]): boolean => {
  const list = listOf(found);
  return list.length > 0 && list.every((one) => typeof one === 'string' && allowed.includes(one));
};

const people = { Bool: { 'aws:PrincipalIsAWSService': 'false' } };

/** The denials of writes to the archive: 'all' for objects other than marks, 'marks' for these. */
export function writeDenials(archive: Resource, assembly: Assembly): Readonly<Record<'all' | 'marks', readonly ArchiveStatement[]>> {
  const marks = marksOf(archive, assembly);
  const denials = archiveStatements(archive, assembly).filter(
    ({ json }) =>
      json.Effect === 'Deny' && listOf(json.Action).includes('s3:PutObject') && JSON.stringify(json.Principal) === '{"AWS":"*"}',
  );
  const unlessExport = { ...people, ArnNotEquals: { 'aws:PrincipalArn': exportRole(assembly) } };
  return {
    all: denials.filter(({ json }) => isSame(json.Condition, people) && isAllBut(json, marks, archive, assembly)),
    marks: denials.filter(
      ({ json }) =>
        (isSame(json.Condition, people) || isSame(json.Condition, unlessExport)) &&
        marks.every((mark) => listOf(json.Resource).includes(mark) || listOf(json.Resource).includes(wholeOf(archive, assembly))),
    ),
  };
}

const wholeOf = (archive: Resource, assembly: Assembly): string => objectsOf(archive, assembly, '*')[0] ?? '';

const isAllBut = (json: JsonObject, marks: readonly string[], archive: Resource, assembly: Assembly): boolean =>
  json.NotResource === undefined ? listOf(json.Resource).includes(wholeOf(archive, assembly)) : areAll(json.NotResource, marks);

/** Whether a condition is another one; a single value may be a list of one. */
function isSame(found: Json | undefined, wanted: Readonly<Record<string, Readonly<Record<string, string>>>>): boolean {
  const flat = (condition: Json | undefined): string =>
    Object.entries(isObject(condition) ? condition : {})
      .flatMap(([operator, keys]) =>
        Object.entries(isObject(keys) ? keys : {}).map(([key, value]) => `${operator} ${key} ${listOf(value).join()}`),
      )
      .sort()
      .join('\n');
  return flat(found) === flat(wanted);
}
