// The files that a server fetches, by name, each with the form of its content.
import type { Json } from '../template/assembly';
import { scriptCode } from '../template/script-code';
import { connectFiles } from '../template/server-ssh';
import { each, type Form, is, sequence, textOf } from './form';
import { connectScripts, hostScripts, scriptForm } from './host-scripts';
import { connectUnit, hostUnits } from './host-units';

/** The file is cut at 100 MB, with one older part: it never fills the disk, and the agent has read it. (TOM-3.6) */
const logRotation = textOf(
  sequence('/var/log/rempart/journal.log {', 'size 100M', 'rotate 1', 'copytruncate', 'missingok', 'notifempty', '}'),
  'a configuration of logrotate',
  scriptCode,
);

/** Modules that the program may load: files, network and cryptography, but no inspector, and no code from texts. */
const modules = [
  'node:async_hooks',
  'node:buffer',
  // A credential provider of the AWS SDK loads it, for a setting that servers do not have.
  'node:child_process',
  'node:crypto',
  'node:fs',
  'node:fs/promises',
  'node:http',
  'node:http2',
  'node:https',
  'node:net',
  'node:os',
  'node:path',
  'node:process',
  'node:stream',
  'node:timers/promises',
  'node:url',
  'node:util',
  'node:zlib',
  // Optional parts of the AWS SDK, which servers do not have.
  '@aws-sdk/signature-v4-crt',
  '@aws-sdk/signature-v4a',
];

/** Variables of the program, by which it is the collector. (services/collector/env.ts) */
const variables = ['SPOOL_FOLDER', 'SPOOL_LIMIT_BYTES', 'DURABLE', 'STREAM_NAME', 'SITES_SOURCE', 'KEYS_SOURCE', 'CLIENT_ADDRESS'];

/** What a bundle loads, runs from texts, and reads of the variables above. */
const programParts = (text: string): Json => ({
  loaded: [...new Set([...text.matchAll(/\b(?:require|import)\(([^)]*)\)/g)].map(([, argument]) => argument ?? ''))],
  codeFromTexts: [...new Set(text.match(/\beval\(|\bnew Function\b|\bnode:(?:vm|inspector)\b/g))],
  variables: variables.filter((name) => new RegExp(`\\b${name}\\b`).test(text)),
});

/**
 * The program is one bundle, which tests judge; here it is the collector, by its variables, with listed modules only.
 */
const program = textOf(
  {
    loaded: each(is(...modules.flatMap((name) => [`"${name}"`, `'${name}'`]))),
    codeFromTexts: [],
    variables,
  },
  'a program',
  programParts,
);

export const hostFiles: Readonly<Record<string, Form>> = {
  ...hostUnits,
  ...Object.fromEntries(hostScripts.map((script) => [script.file, scriptForm(script)])),
  'journal.logrotate': logRotation,
  'collector.cjs': program,
};

/** The same with EC2 Instance Connect: further files, and further packages in the list. (DSS-5.6.6) */
export const connectHostFiles: Readonly<Record<string, Form>> = {
  ...hostFiles,
  [connectFiles.unit]: connectUnit,
  ...Object.fromEntries(connectScripts.map((script) => [script.file, scriptForm(script)])),
};
