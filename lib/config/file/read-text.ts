// Reads a configuration file as text. Refuses a file that cannot be a configuration before reading it whole.
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { type Problem, systemError } from './problem';

/** Largest configuration file: about a hundred times the longest one that makes sense. In bytes. */
const maximumBytes = 64 * 1024;

type TextOrProblem = { readonly text: string } | { readonly problem: Problem };

/** The text of the file at `path`, which errors name `name`. A byte order mark is dropped. */
export function readText(path: string, name: string): TextOrProblem {
  const refuse = (expected: string, got: string, todo: string): TextOrProblem => ({ problem: { where: name, expected, got, todo } });
  let bytes: Buffer | 'not a file';
  try {
    bytes = readBytes(path);
  } catch (error) {
    return refuse('a file that can be read', systemError(error), 'check that the file exists and that you may read it');
  }
  if (bytes === 'not a file') return refuse('a regular file', 'a folder, pipe or device', 'put a YAML file there');
  if (bytes.length > maximumBytes) return refuse('at most 64 kB', 'more', 'keep nothing but configuration in this file');
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return refuse('text in UTF-8', 'bytes that are not', 'save the file again with the encoding UTF-8');
  }
}

/**
 * At most one byte more than the largest file. Opens without blocking: a pipe without a writer would block for ever.
 */
function readBytes(path: string): Buffer | 'not a file' {
  const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    if (!fstatSync(descriptor).isFile()) return 'not a file';
    const buffer = Buffer.alloc(maximumBytes + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < buffer.length; length += read) {
      read = readSync(descriptor, buffer, length, buffer.length - length, null);
    }
    return buffer.subarray(0, length);
  } finally {
    closeSync(descriptor);
  }
}
