// npm run access -- grant, revoke, list: who may sign in to the database.
import { kinds, longestAccess } from '../../runtime/staff/requests';
import { UsageError } from '../command-line';
import { print } from '../command-output';
import { accessCommand, commonOptions, commonUsage, needed, numberOf } from './access-command';

/** As the function returns it (lambda/database/staff-access/administer.ts). */
interface Result {
  readonly access: readonly { readonly person: string; readonly kind: string; readonly until: string; readonly grantedBy: string }[];
  readonly dropped: readonly string[];
}

function show(json: boolean | undefined, result: unknown): number {
  const { access, dropped } = result as Result;
  const rows = access.map(({ person, kind, until, grantedBy }) => `${person}: ${kind} until ${until}, granted by ${grantedBy}`);
  const text = [...(rows.length === 0 ? ['nobody has access'] : rows), ...dropped.map((role) => `dropped ${role}`)];
  print(json, result, text.join('\n'));
  return 0;
}

const grantUsage = `npm run access -- grant --person NAME --kind KIND --days DAYS [options]

Makes a database role for a person, who signs in by AWS IAM, or extends the time of one. Only a session of the role it-team may grant, and
nobody grants access to himself. A person has one kind of access.

  --person NAME        name of the person's sessions: of the IAM user, or of the user of IAM Identity Center
  --kind KIND          support reads a site that it has opened with a reason; auditor reads the logs
  --days DAYS          1 to ${longestAccess}
${commonUsage}`;

const grantOptions = { ...commonOptions, person: { type: 'string' }, kind: { type: 'string' }, days: { type: 'string' } } as const;

export const grantCommand = accessCommand({ usage: grantUsage, options: grantOptions }, async (values, call) => {
  const kind = kinds.find((one) => one === values.kind);
  if (kind === undefined) throw new UsageError(`--kind: expected ${kinds.join(' or ')}, got ${values.kind ?? 'none'}; correct it`);
  const person = needed('person', values.person);
  const days = numberOf('days', values.days, longestAccess);
  return show(values.json, await call('staff-access', { action: 'grant', person, kind, days }));
});

const revokeUsage = `npm run access -- revoke --person NAME [options]

Drops the database role of a person. It can be repeated. npm run offboard does the same.

  --person NAME        as in npm run access -- list
${commonUsage}`;

const revokeOptions = { ...commonOptions, person: { type: 'string' } } as const;

export const revokeCommand = accessCommand({ usage: revokeUsage, options: revokeOptions }, async (values, call) =>
  show(values.json, await call('staff-access', { action: 'revoke', person: needed('person', values.person) })),
);

const listUsage = `npm run access -- list [options]

Lists everybody with access, and drops roles whose time is over.

${commonUsage}`;

export const listCommand = accessCommand({ usage: listUsage, options: commonOptions }, async (values, call) =>
  show(values.json, await call('staff-access', { action: 'list' })),
);
