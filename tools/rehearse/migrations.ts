// Migrations between two releases: released ones are unchanged, and new ones leave the former code its schema.
import { createHash } from 'node:crypto';
import type { Outcome, Row } from './row';

/** Files by path. */
export type Files = ReadonlyMap<string, string>;

/**
 * Compares the migrations of a release with the present ones, and reads the new ones beside the code of the release:
 * a deployment migrates the schema first, and the former functions use it until they are replaced.
 *
 * Limits: the reading is of statements, one at a time, without the catalogue. It sees `do` blocks, but no statement
 * that a function builds at run time; and a name counts as read by the code if the code or an earlier migration
 * contains it as a word.
 */
export function compareMigrations(released: Files, present: Files, code: Files): readonly Row[] {
  const changed = [...released].flatMap(([path, text]): Row[] => {
    const now = present.get(path);
    if (now !== undefined && digest(now) === digest(text)) return [];
    const detail = `expected the released file, sha256 ${digest(text).slice(0, 12)}, got ${now === undefined ? 'none' : digest(now).slice(0, 12)}`;
    return [row(path, 'refused', detail, 'restore it, and add a new migration')];
  });
  const added = [...present].filter(([path]) => !released.has(path));
  const last = [...released.keys()].toSorted().at(-1) ?? '';
  const early = added
    .filter(([path]) => path < last)
    .map(([path]) =>
      row(path, 'refused', `expected a number after ${last}, got an earlier one: it would not run`, 'give it the next number'),
    );
  const breaks = added.flatMap(([path, text]) => statementsOf(text).flatMap((statement) => breaksOf(path, statement, released, code)));
  const found = [...changed, ...early, ...breaks];
  const detail = `${released.size} released migrations are unchanged, ${added.length} new ones leave the former code its schema`;
  return found.length > 0 ? found : [row('database/migrations', 'ok', detail)];
}

const row = (subject: string, outcome: Outcome, detail: string, fix?: string): Row => ({
  ...{ part: 'release', subject, outcome, detail },
  ...(fix ? { fix } : {}),
});

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Statements without comments, texts and bodies of functions; the body of a `do` block is read as statements. */
function statementsOf(sql: string): readonly string[] {
  const bodies: string[] = [];
  const bare = sql.replace(
    /--[^\n]*|\/\*[\s\S]*?\*\/|(\$\w*\$)[\s\S]*?\1|'(?:[^']|'')*'/g,
    (part, tag: string | undefined, offset: number) => {
      if (tag === undefined) return part.startsWith("'") ? "''" : ' ';
      if (/\bdo\s*(?:language\s+\w+\s*)?$/i.test(sql.slice(0, offset))) bodies.push(part.slice(tag.length, -tag.length));
      return "''";
    },
  );
  const own = bare.split(';').map((statement) => statement.replace(/\s+/g, ' ').trim());
  return [...own.filter(Boolean), ...bodies.flatMap(statementsOf)];
}

/** A form of statement that takes something away, with the name of it in its last group. */
interface Breaking {
  readonly form: RegExp;
  readonly what: string;
}

const name = '(?:if exists )?(?:only )?(?:["\\w]+\\.)?"?(\\w+)"?';
const breaking: readonly Breaking[] = [
  {
    form: new RegExp(
      `\\bdrop (?:table|view|materialized view|function|procedure|type|domain|sequence|schema|role|aggregate) ${name}`,
      'gi',
    ),
    what: 'drops',
  },
  { form: new RegExp(`\\bdrop column ${name}`, 'gi'), what: 'drops the column' },
  { form: new RegExp(`\\brename column ${name}`, 'gi'), what: 'renames the column' },
  {
    form: new RegExp(`\\balter (?:table|view|function|type|domain|schema|role) ${name}(?:\\([^)]*\\))? (?:rename to|set schema)\\b`, 'gi'),
    what: 'renames',
  },
  { form: new RegExp(`\\balter (?:column )?${name} (?:set data )?type\\b`, 'gi'), what: 'changes the type of' },
  { form: new RegExp(`\\balter (?:column )?${name} set not null\\b`, 'gi'), what: 'requires a value of' },
  {
    form: new RegExp(
      `\\badd column ${name} (?=(?:(?!,|\\bdefault\\b|\\bgenerated\\b).)*\\bnot null\\b)(?!(?:[^,]|\\([^)]*\\))*\\b(?:default|generated)\\b)`,
      'gi',
    ),
    what: 'requires a value of the new column',
  },
  { form: new RegExp(`\\brevoke .* on (?:table |function |schema |all tables in schema )?${name}`, 'gi'), what: 'revokes rights on' },
];

function breaksOf(path: string, statement: string, released: Files, code: Files): readonly Row[] {
  return breaking.flatMap(({ form, what }) =>
    [...statement.matchAll(form)].flatMap(([, taken = '']) => {
      const isNew = what.endsWith('new column');
      const table = /\balter table (?:if exists )?(?:only )?(?:\w+\.)?"?(\w+)"?/i.exec(statement)?.[1] ?? '';
      const subject = isNew ? table : taken;
      const readers = [...code, ...released].filter(([, text]) => new RegExp(`\\b${subject}\\b`).test(text)).map(([file]) => file);
      if (readers.length === 0) return [];
      const detail = `${what} ${taken}, which the release has in ${readers.slice(0, 3).join(', ')}`;
      return [row(path, 'refused', detail, 'add first, use it in one release, and take away in the next')];
    }),
  );
}
