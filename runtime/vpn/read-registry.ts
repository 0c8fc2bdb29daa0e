// Reads the registry from its text. A registry that is damaged is an error: nobody is admitted by half of one.

import { refusal, shown } from './refusal';
import { type Entry, type Registry, reasons } from './registry';

type Json = Readonly<Record<string, unknown>>;

/**
 * The registry of a text.
 *
 * @param where its place, for errors
 * @throws Refusal unless every part has its form, and serial numbers, common names and keys are unique
 */
export function readRegistry(text: string, where: string): Registry {
  const value = parse(text, where);
  const check = (isValid: boolean, expected: string, got: unknown): void => {
    if (!isValid) throw refusal(where, expected, shown(got), 'restore an earlier version of the object');
  };
  check(isObject(value) && value.format === 1, 'a registry of format 1', isObject(value) ? value.format : value);
  const { authority, server, list, certificates } = value as Json;
  check(isPem(authority), 'the certificate of the authority', authority);
  check(server === undefined || isServer(server), 'the certificate of the server', server);
  check(isList(list), 'the state of a revocation list', list);
  check(Array.isArray(certificates), 'a list of certificates', certificates);
  for (const entry of certificates as readonly unknown[]) check(isEntry(entry), 'a certificate', entry);
  for (const key of ['serial', 'commonName', 'keyDigest'] as const) {
    const values = (certificates as readonly Entry[]).map((entry) => entry[key]);
    check(new Set(values).size === values.length, `certificates with a ${key} of their own`, 'two alike');
  }
  return value as unknown as Registry;
}

function parse(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refusal(where, 'a registry in JSON', shown(text.slice(0, 40)), 'restore an earlier version of the object');
  }
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isPem = (value: unknown): boolean => isText(value) && value.startsWith('-----BEGIN CERTIFICATE-----\n');
const isTime = (value: unknown): boolean => isText(value) && !Number.isNaN(Date.parse(value)) && new Date(value).toISOString() === value;
const isSerial = (value: unknown): boolean => isText(value) && /^[4-7][0-9a-f]{31}$/.test(value);

const isList = (value: unknown): boolean =>
  isObject(value) && Number.isSafeInteger(value.number) && Number(value.number) > 0 && isTime(value.thisUpdate) && isTime(value.nextUpdate);

const isServer = (value: unknown): boolean =>
  isObject(value) && [value.name, value.place].every(isText) && isSerial(value.serial) && isTime(value.expires) && isPem(value.certificate);

const isEntry = (value: unknown): boolean =>
  isObject(value) &&
  [value.person, value.commonName, value.keyDigest].every(isText) &&
  isSerial(value.serial) &&
  [value.issued, value.expires].every(isTime) &&
  isPem(value.certificate) &&
  (value.renews === undefined || isSerial(value.renews)) &&
  (value.revoked === undefined || isRevocation(value.revoked));

const isRevocation = (value: unknown): boolean =>
  isObject(value) && isTime(value.at) && isText(value.reason) && Object.hasOwn(reasons, value.reason);
