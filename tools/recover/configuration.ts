// Settings in the YAML file of a deployment: written where they belong, with every comment and line of the file kept.
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type Document, isMap, isScalar, parseDocument, stringify, type YAMLMap } from 'yaml';
import { ToolError } from '../command-line';

/** A setting by its path, as in `data.restoreFrom.recovery`. */
export type SettingPath = readonly [string, string, string];

export interface Setting {
  readonly path: SettingPath;
  readonly value: string | boolean;
}

/** The text of a configuration file with settings. @throws ToolError for a text that is no YAML of groups */
export function withSettings(text: string, settings: readonly Setting[]): string {
  return settings.reduce((before, setting) => withSetting(before, setting), text);
}

function withSetting(text: string, { path, value }: Setting): string {
  const document = parseDocument(text);
  if (document.errors.length > 0) throw new ToolError(`configuration: expected YAML, got ${document.errors[0]?.message}; correct the file`);
  if (document.getIn(path) === value) return text;
  const edited = edit(text, document, path, value);
  document.setIn(path, value);
  // The library writes the document anew where the text has a form that the insertion does not suit.
  return isDeepStrictEqual(contentOf(edited), document.toJS()) ? edited : document.toString({ lineWidth: 0 });
}

function contentOf(text: string): unknown {
  const document = parseDocument(text);
  return document.errors.length > 0 ? undefined : document.toJS();
}

/** Replaces the value, or inserts what is missing of its path into the deepest group that the file has. */
function edit(text: string, document: Document, path: SettingPath, value: string | boolean): string {
  const present = document.getIn(path, true);
  if (isScalar(present) && present.range) return spliced(text, present.range[0], present.range[1], scalarText(value));
  const depth = [2, 1].find((length) => isMap(document.getIn(path.slice(0, length), true)));
  if (depth === undefined) return `${text.replace(/\n*$/, '\n')}\n${blockText(path, value, 0)}`;
  const group = document.getIn(path.slice(0, depth), true) as YAMLMap;
  const [start = 0] = group.range ?? [];
  const rest = path.slice(depth);
  if (group.flow) {
    const flow = `${flowText(rest, value)}${group.items.length > 0 ? ', ' : ' '}`;
    return spliced(text, start + 1, start + 1, ` ${flow}`.trimEnd() + (group.items.length > 0 ? '' : ' '));
  }
  const line = text.lastIndexOf('\n', start - 1) + 1;
  return spliced(text, line, line, blockText(rest, value, start - line));
}

const spliced = (text: string, start: number, end: number, part: string): string => `${text.slice(0, start)}${part}${text.slice(end)}`;

const scalarText = (value: string | boolean): string => stringify(value, { lineWidth: 0 }).trimEnd();

function blockText(path: readonly string[], value: string | boolean, indent: number): string {
  const [key = '', ...rest] = path;
  const spaces = ' '.repeat(indent);
  if (rest.length === 0) return `${spaces}${key}: ${scalarText(value)}\n`;
  return `${spaces}${key}:\n${blockText(rest, value, indent + 2)}`;
}

function flowText([key = '', ...rest]: readonly string[], value: string | boolean): string {
  // An ARN has colons, which a flow collection takes for keys unless it is quoted.
  return `${key}: ${rest.length === 0 ? JSON.stringify(value) : `{ ${flowText(rest, value)} }`}`;
}

/** Reads and writes the file. */
export interface SettingsFile {
  readonly path: string;
  write(settings: readonly Setting[]): void;
}

/** The file of a deployment. It is replaced as a whole: whoever reads it finds the former or the new content. */
export const settingsFile = (path: string): SettingsFile => ({
  path,
  write(settings) {
    try {
      const text = readFileSync(path, 'utf8');
      const changed = withSettings(text, settings);
      if (changed !== text) replaceFile(path, changed);
    } catch (error) {
      if (error instanceof ToolError) throw error;
      const message = error instanceof Error ? error.message : String(error);
      throw new ToolError(`${path}: expected a file that can be written, got ${message}; correct its rights, and run the command again`);
    }
  },
});

function replaceFile(path: string, text: string): void {
  // Its name does not end as those of configuration files do.
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}`);
  try {
    const file = openSync(temporary, 'w', statSync(path).mode);
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}
