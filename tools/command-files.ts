// Files of commands: none is overwritten, and what is secret is readable by its owner only.
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { messageOf } from '../runtime/vpn/refusal';
import { ToolError, UsageError } from './command-line';

/** Reads a file that an option names. @throws UsageError without the option, ToolError if it cannot be read */
export function readOption(option: string, path: string | undefined): string {
  if (path === undefined) throw new UsageError(`${option}: expected a file, got none; add it`);
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new ToolError(`${option}: expected a file, got ${messageOf(error)}; correct the path`);
  }
}

/** A value that a command cannot do without. */
export function required(option: string, value: string | undefined): string {
  if (value === undefined || value === '') throw new UsageError(`${option}: expected a value, got none; add it`);
  return value;
}

/** Writes files that do not exist yet: all of them, or none. */
export function writeNew(...files: readonly { readonly path: string; readonly text: string; readonly mode: number }[]): void {
  const written: string[] = [];
  try {
    for (const { path, text, mode } of files) {
      const file = openSync(path, 'wx', mode);
      written.push(path);
      try {
        writeFileSync(file, text);
      } finally {
        closeSync(file);
      }
    }
  } catch (error) {
    for (const path of written) rmSync(path, { force: true });
    throw new ToolError(`file: expected a path of a new file, got ${messageOf(error)}; name another one`);
  }
}

/** Checks before any other work that `writeNew` would not meet a file. */
export function checkNew(option: string, path: string | undefined): string {
  const file = required(option, path);
  if (existsSync(file)) throw new ToolError(`${option}: expected the path of a new file, got ${file}, which exists; name another one`);
  return file;
}

export const secret = 0o600;
export const open = 0o644;
