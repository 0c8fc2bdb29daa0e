// The files that a server fetches, by name, each with the form of its content.
import { scriptCode } from '../template/script-code';
import { type Form, leafForm, sequence, textOf } from './form';
import { hostScripts, scriptForm } from './host-scripts';
import { hostUnits } from './host-units';

/** The file is cut at 100 MB, with one older part: it never fills the disk, and the agent has read it. (TOM-3.6) */
const logRotation = textOf(
  sequence('/var/log/rempart/journal.log {', 'size 100M', 'rotate 1', 'copytruncate', 'missingok', 'notifempty', '}'),
  'a configuration of logrotate',
  scriptCode,
);

/** Modules of Node.js that the program may load: files, network, cryptography and the like, but no inspector and no code from texts. */
const modules = [
  'node:buffer',
  // A credential provider of the AWS SDK loads it; the unit's sandbox has no other privileges to give.
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
  // Optional part of the AWS SDK, which the server does not have.
  '@aws-sdk/signature-v4-crt',
];

/** Variables of the program, by which it is the collector. (services/collector/env.ts) */
const variables = ['SPOOL_FOLDER', 'SPOOL_LIMIT_BYTES', 'DURABLE', 'STREAM_NAME', 'SITES_SOURCE', 'KEYS_SOURCE', 'CLIENT_ADDRESS'];

/**
 * The program is one bundle, which tests judge; here it is the collector, by its variables, and loads listed modules
 * only.
 */
const program = leafForm(
  `a bundle that reads ${variables.join(', ')} and loads the modules of lib/tom/world/host-files.ts only`,
  (text) =>
    typeof text === 'string' &&
    variables.every((name) => new RegExp(`\\b${name}\\b`).test(text)) &&
    [...text.matchAll(/\brequire\((["'`])(.*?)\1\)/g)].every(([, , module]) => modules.includes(module ?? '')) &&
    !/\beval\(|\bnew Function\b|node:(?:vm|inspector)\b/.test(text),
);

export const hostFiles: Readonly<Record<string, Form>> = {
  ...hostUnits,
  ...Object.fromEntries(hostScripts.map((script) => [script.file, scriptForm(script)])),
  'journal.logrotate': logRotation,
  'collector.cjs': program,
};
