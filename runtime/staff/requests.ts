// Requests of npm run access to the functions, and their forms.
import { checkPerson } from '../vpn/names';
import { refusal, shown } from '../vpn/refusal';

/** `support` reads a site that it has opened; `auditor` reads the logs. A person has one of them. (TOM-4.7) */
export const kinds = ['support', 'auditor'] as const;
export type Kind = (typeof kinds)[number];

/** Longest access, in days; the database has the same limit (0016_staff.sql). */
export const longestAccess = 90;

export type AccessRequest =
  | { readonly action: 'grant'; readonly person: string; readonly kind: Kind; readonly days: number }
  | { readonly action: 'revoke'; readonly person: string }
  | { readonly action: 'list' };

export type ReadRequest =
  | { readonly action: 'open'; readonly site: number; readonly reason: string }
  | {
      readonly action: 'read';
      readonly read: string;
      /** @default - every site; for auditors only */
      readonly site?: number;
      readonly parameters: Readonly<Record<string, string>>;
      readonly limit: number;
      /** Where the last page ended. @default - the first page */
      readonly after?: readonly string[];
    };

/** The database role of a person. */
export const roleOf = (kind: Kind, person: string): string => `${kind}_${checkPerson(person)}`;

const repeat = 'use npm run access';

const fieldsOf = (request: unknown): Readonly<Record<string, unknown>> =>
  typeof request === 'object' && request !== null ? (request as Readonly<Record<string, unknown>>) : {};

/** @throws Refusal for another form */
export function accessRequest(request: unknown): AccessRequest {
  const { action, person, kind, days } = fieldsOf(request);
  if (action === 'list') return { action };
  if (action !== 'grant' && action !== 'revoke') throw refusal('action', 'grant, revoke or list', shown(action), repeat);
  const name = checkPerson(typeof person === 'string' ? person : '');
  if (action === 'revoke') return { action, person: name };
  const known = kinds.find((one) => one === kind);
  if (known === undefined) throw refusal('kind', kinds.join(' or '), shown(kind), repeat);
  return { action, person: name, kind: known, days: whole('days', days, longestAccess) };
}

/** Most rows of a page. */
export const mostRows = 200;

/** @throws Refusal for another form */
export function readRequest(request: unknown): ReadRequest {
  const { action, site, reason, read, parameters, limit, after } = fieldsOf(request);
  if (action === 'open') {
    if (typeof reason !== 'string' || reason.trim().length < 10 || !/^[^\p{Cc}\p{Cs}]{10,500}$/u.test(reason)) {
      throw refusal('reason', '10 to 500 characters on one line', shown(reason), 'name the ticket, and why its answer needs the data');
    }
    return { action, site: whole('site', site, 2 ** 31 - 1), reason };
  }
  if (action !== 'read') throw refusal('action', 'open or read', shown(action), repeat);
  if (typeof read !== 'string') throw refusal('read', 'the name of a read', shown(read), repeat);
  return {
    ...{ action, read, limit: whole('limit', limit, mostRows), parameters: texts('parameters', parameters ?? {}) },
    ...(site === undefined ? {} : { site: whole('site', site, 2 ** 31 - 1) }),
    ...(after === undefined ? {} : { after: Object.values(texts('after', after)) }),
  };
}

function whole(where: string, value: unknown, most: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw refusal(where, `a whole number from 1 to ${most}`, shown(value), 'correct it');
}

function texts(where: string, value: unknown): Readonly<Record<string, string>> {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [[where, value] as const];
  for (const [name, text] of entries) {
    if (typeof text === 'string' && /^[^\p{Cc}\p{Cs}]{1,400}$/u.test(text)) continue;
    throw refusal(`${where}.${name}`, '1 to 400 characters on one line', shown(text), 'correct it');
  }
  return Object.fromEntries(entries) as Readonly<Record<string, string>>;
}
