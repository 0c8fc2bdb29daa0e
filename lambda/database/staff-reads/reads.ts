// The closed list of reads: one statement each, with bound values. No person sends SQL. (TOM-4.7)
import type { Kind } from '../../../runtime/staff/requests';

export interface Read {
  readonly kind: Kind;
  /** Whether the read is of one site. An auditor may read the logs of all. */
  readonly site: 'required' | 'optional';
  /** Parameters in the order of their values, after site, limit and the end of the last page; each may be absent. */
  readonly parameters: readonly Parameter[];
  /** Columns of the rows. */
  readonly columns: string;
  readonly table: string;
  /** Condition on `$1`, the site, and `$4` and later, the parameters. */
  readonly where: string;
  /** Columns of the order with their types, newest first, which name a row. */
  readonly order: readonly (readonly [column: string, type: string])[];
}

export type Parameter = keyof typeof parameterForms;

const time = [
  /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:\d{2}))?$/,
  'a time, as in 2026-11-29T22:15:00Z',
] as const;

/** Forms of parameters, with their words. */
export const parameterForms = {
  visitor: [/^.{1,128}$/u, 'a pseudonym of a visitor'],
  email: [/^.{3,320}$/u, 'an e-mail address'],
  person: [/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'the id of a person'],
  since: time,
  until: time,
} as const;

const between = (column: string, since: string, until: string): string =>
  `(${since}::timestamptz is null or ${column} >= ${since}) and (${until}::timestamptz is null or ${column} < ${until})`;

const ofSite = { kind: 'support', site: 'required' } as const;
const ofLogs = { kind: 'auditor', site: 'optional', parameters: ['since', 'until'] } as const;

export const reads: Readonly<Record<string, Read>> = {
  site: {
    ...{ ...ofSite, parameters: [], columns: 'id, key, name, generated, created_at', table: 'rempart.sites' },
    ...{ where: 'id = $1', order: [['id', 'integer']] },
  },
  settings: {
    ...{ ...ofSite, parameters: [], table: 'rempart.site_settings' },
    columns: 'site_id, address_mode, hashed_fields, key_version, privacy_signals, cookies, origins, sign_in, changed_at',
    ...{ where: 'site_id = $1', order: [['site_id', 'integer']] },
  },
  people: {
    ...{ ...ofSite, parameters: ['person', 'email', 'visitor'], table: 'rempart.people' },
    columns: 'site_id, id, directory_id, email, name, visitor, attributes, created_at',
    where: 'site_id = $1 and ($4::uuid is null or id = $4) and ($5::text is null or email = $5) and ($6::text is null or visitor = $6)',
    order: [
      ['created_at', 'timestamptz'],
      ['id', 'uuid'],
    ],
  },
  rights: {
    ...{ ...ofSite, parameters: ['person'], columns: 'site_id, id, person_id, role, granted_at', table: 'rempart.person_rights' },
    where: 'site_id = $1 and ($4::uuid is null or person_id = $4)',
    order: [
      ['granted_at', 'timestamptz'],
      ['id', 'uuid'],
    ],
  },
  hits: {
    ...{ ...ofSite, parameters: ['visitor', 'since', 'until'], table: 'rempart.hits' },
    columns: 'site_id, received_at, id, occurred_at, kind, url, referrer, visitor, address, user_agent, fields, key_version',
    where: `site_id = $1 and ($4::text is null or visitor = $4) and ${between('received_at', '$5', '$6')}`,
    order: [
      ['received_at', 'timestamptz'],
      ['id', 'uuid'],
    ],
  },
  rejects: {
    ...{ ...ofSite, parameters: ['since', 'until'], table: 'rempart.rejects' },
    // The beginning of the record, of which each octet is shown.
    columns: `site_id, encode(digest, 'hex') as digest, rejected_at, reason, detail, encode(substr(record, 1, 2048), 'escape') as record, record_length`,
    where: `site_id = $1 and ${between('rejected_at', '$4', '$5')}`,
    order: [
      ['rejected_at', 'timestamptz'],
      ['digest', 'text'],
    ],
  },
  accesses: {
    ...{ ...ofLogs, table: 'rempart.access_log' },
    columns: 'site_id, id, at, actor, signed_in_as, source, action, outcome, detail',
    where: `($1::integer is null or site_id = $1) and ${between('at', '$4', '$5')}`,
    order: [
      ['at', 'timestamptz'],
      ['id', 'bigint'],
    ],
  },
  modifications: {
    ...{ ...ofLogs, table: 'rempart.modification_log' },
    // Without the rows before and after: they are data of clients.
    columns: 'site_id, id, at, actor, source, table_name, operation, row_key',
    where: `($1::integer is null or site_id = $1) and ${between('at', '$4', '$5')}`,
    order: [
      ['at', 'timestamptz'],
      ['id', 'bigint'],
    ],
  },
};

/** The statement of a read: rows as JSON, and for each the values from which the next page starts. */
export function statementOf({ columns, table, where, order }: Read): string {
  const keys = order.map(([column]) => column);
  const ends = order.map(([, type], index) => `($3::text[])[${index + 1}]::${type}`);
  const inner = `select ${columns} from ${table} where ${where}`;
  return `select to_jsonb(r)::text as row, array[${keys.map((key) => `r.${key}::text`).join(', ')}] as place
    from (${inner}) as r
    where $3::text[] is null or (${keys.map((key) => `r.${key}`).join(', ')}) < (${ends.join(', ')})
    order by ${keys.map((key) => `r.${key} desc`).join(', ')} limit $2`;
}
