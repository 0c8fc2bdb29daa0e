// Lines without influence on a promise in the files that servers fetch, each with its reason. The list is closed, as
// that of harmless.ts: a line that no form judges and that is not here survives the mutation run.

import { serverTemplateType } from '../template/resource-types';

/** Syntax of a file: of a shell, of the units of systemd, and of logrotate. */
export type LineSyntax = 'script' | 'unit' | 'rotation';

interface HarmlessLine {
  /** Expression that matches the line whole. */
  readonly expression: RegExp;
  readonly reason: string;
}

/** Lines that the program does not read: they are free, and may be absent. */
const ignoredLines: Readonly<Record<LineSyntax, HarmlessLine>> = {
  script: { expression: /^[ \t]*(?:#.*)?$/, reason: 'comment or blank line; a shell does not read it ("Bash Reference Manual: Comments")' },
  unit: { expression: /^(?:#.*)?$/, reason: 'comment or blank line; systemd does not read it (systemd.syntax)' },
  rotation: { expression: /^[ \t]*(?:#.*)?$/, reason: 'comment or blank line; logrotate does not read it (logrotate.conf)' },
};

/** Lines whose words are free and which must be present. */
const lineWords: Readonly<Partial<Record<LineSyntax, HarmlessLine>>> = {
  unit: { expression: /^Description=[A-Z][\w ,.'-]{1,100}$/, reason: 'text for people; systemd writes it to the journal (systemd.unit)' },
};

/** Syntax of an uploaded file by the end of its path; `undefined` for a program, whose tests judge its code. */
export function syntaxOf(path: string): LineSyntax | undefined {
  // The rules of auditd, the list of packages and the SSH server's configuration have the comments of a shell.
  if (/\.(?:sh|rules|list|conf)$/.test(path)) return 'script';
  if (/\.(?:service|timer)$/.test(path)) return 'unit';
  return path.endsWith('.logrotate') ? 'rotation' : undefined;
}

/** Syntax of a text in a template; `undefined` for a text that is no script. */
export const syntaxAt = (type: string, path: readonly string[]): LineSyntax | undefined =>
  type === serverTemplateType && path.slice(0, 3).join('.') === 'Properties.LaunchTemplateData.UserData' ? 'script' : undefined;

/**
 * Whether a program ignores a line. The first line of a script names the interpreter, and a line after one that
 * continues is code.
 */
export function isIgnoredLine(syntax: LineSyntax | undefined, lines: readonly string[], index: number): boolean {
  const line = lines[index];
  if (syntax === undefined || line === undefined) return false;
  const isInterpreter = index === 0 && line.startsWith('#!');
  const continues = lines[index - 1]?.endsWith('\\') ?? false;
  return !isInterpreter && !continues && ignoredLines[syntax].expression.test(line);
}

/** Whether a line holds words for people. */
export const isWordsForPeople = (syntax: LineSyntax | undefined, line: string): boolean =>
  syntax !== undefined && (lineWords[syntax]?.expression.test(line) ?? false);
