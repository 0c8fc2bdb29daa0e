// The record of an off-boarding: who left, what was removed when, by whom; canonical, so that its digest is one.
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../runtime/vpn/refusal';
import { writeNew } from '../command-files';
import { UsageError } from '../command-line';
import type { Person } from './names';
import type { RecordKey } from './record-key';
import type { StepResult } from './step';

export interface OffboardingRecord {
  readonly format: 1;
  readonly kind: 'off-boarding';
  readonly person: Person;
  readonly account: string;
  readonly deployment: string;
  /** Regions in which shells were looked for. */
  readonly regions: readonly string[];
  /** ARN of the operator. */
  readonly operator: string;
  /** ISO 8601 in UTC. */
  readonly started: string;
  readonly ended: string;
  /** Whether every step is complete: nothing of the person is left. */
  readonly complete: boolean;
  readonly steps: readonly StepResult[];
}

/** Canonical JSON (RFC 8785): keys in order, no white space. Records contain texts, whole numbers and booleans. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  // Code units, as RFC 8785 orders them.
  const sorted = members.toSorted(([one], [other]) => (one < other ? -1 : 1));
  return `{${sorted.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(',')}}`;
}

export const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The files of a record. */
export interface RecordFiles {
  readonly record: string;
  readonly signature: string;
  readonly publicKey: string;
}

/** Names of the files in a folder: the person, and the time to the second. */
export function filesOf(folder: string, { person, ended }: OffboardingRecord): RecordFiles {
  const record = join(folder, `offboard-${person.name}-${ended.slice(0, 19).replace(/[-:]/g, '')}Z.json`);
  return signatureFilesOf(record);
}

const signatureFilesOf = (record: string): RecordFiles => ({ record, signature: `${record}.sig`, publicKey: `${record}.pem` });

/** Makes the folder of the record, and writes in it. @throws UsageError if it cannot be made or written */
export function checkFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    rmdirSync(mkdtempSync(join(folder, '.offboard-')));
  } catch (error) {
    throw new UsageError(`--out: expected a folder for the record, got ${messageOf(error)}; name another one`);
  }
}

/** Writes the record, which no signature is needed for. Only its owner can read it. */
export function writeRecord(files: RecordFiles, record: OffboardingRecord): string {
  const text = canonicalJson(record);
  writeNew({ path: files.record, text, mode: 0o600 });
  return text;
}

/** Signs a record that was written: the signature and the public key are files beside it. */
export async function signRecord(key: RecordKey, recordFile: string, text: string): Promise<RecordFiles> {
  const files = signatureFilesOf(recordFile);
  const [publicKey, signature] = [await key.publicKey(), await key.sign(Buffer.from(text))];
  writeFileSync(files.signature, signature, { mode: 0o600 });
  writeFileSync(files.publicKey, publicKey, { mode: 0o600 });
  return files;
}
