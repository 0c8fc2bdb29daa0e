// What is wrong with a configuration: problems in the house's form, and the one error that carries all of them.

/** The keys and list positions that lead to a value, as in `['access', 'partnerNetworks', 0, 'cidr']`. */
export type Path = readonly (string | number)[];

/** One thing to mend in the configuration. All texts are printable as they are. */
export interface Problem {
  /** File, line and key, as in `config/production.yaml:7 network.vpcCidr`. */
  readonly where: string;
  /** What is allowed there. */
  readonly expected: string;
  /** What stands there. */
  readonly got: string;
  /** What to do. */
  readonly todo: string;
}

/** A problem at a path of a configuration that has not been placed in its file yet. */
export interface Objection extends Omit<Problem, 'where'> {
  readonly path: Path;
}

/** A hostile file can have a problem on each of thousands of lines; people read the first ones. */
const shownProblems = 50;

/** The configuration cannot be used. `problems` has all of them, for machines; `message` is for people. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';

  constructor(readonly problems: readonly [Problem, ...Problem[]]) {
    super(messageOf(problems));
  }
}

/** Throws if there are problems: all of them, once. */
export function throwIfAny(problems: readonly Problem[]): void {
  const [first, ...others] = problems;
  if (first) throw new ConfigurationError([first, ...others]);
}

function messageOf(problems: readonly Problem[]): string {
  const lines = problems
    .slice(0, shownProblems)
    .map(({ where, expected, got, todo }) => `${where}: expected ${expected}, got ${got}; ${todo}`);
  if (problems.length > shownProblems) lines.push(`... and ${problems.length - shownProblems} more`);
  return problems.length === 1 ? lines.join('\n') : [`${problems.length} problems in the configuration:`, ...lines].join('\n');
}

/** A value as errors show it: short, on one line, without characters that a terminal would act on. */
export function show(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  return typeof value === 'object' ? 'a group of keys' : String(value);
}

/** Text in quotes, at most about 60 characters of it. */
export function quote(text: string): string {
  return `"${toPrintable(text, 60).replace(/["\\]/g, '\\$&')}"`;
}

/** Text on one line, cut to `limit` characters, with controls, marks of text direction and broken Unicode made visible. */
export function toPrintable(text: string, limit: number): string {
  const short = text.length > limit ? `${text.slice(0, limit - 3)}...` : text;
  return short.replace(
    /[\p{C}\p{Zl}\p{Zp}]/gu,
    (character) => `<U+${character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}>`,
  );
}

/** Why the system refused a file, as in `ENOENT`. */
export function systemError(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : show(String(error));
}

/** A path as people write it: `access.partnerNetworks[0].cidr`. */
export function showPath(path: Path): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : /^[\w-]{1,60}$/.test(step) ? `.${step}` : `.${quote(step)}`))
    .join('')
    .replace(/^\./, '');
}
