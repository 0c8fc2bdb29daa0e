// The English of what people read, as docs/style.md requires it, and the headings that comments quote.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { clauseIds } from '../lib/tom/clause-id';
import { evaluate } from '../lib/tom/evaluate';
import { register } from '../lib/tom/register';
import type { Finding, Rule } from '../lib/tom/rule';
import { rules } from '../lib/tom/rules/all';
import { Assembly, type ResourceJson, type Template } from '../lib/tom/template/assembly';
import { facts } from './lib/tom/rules/example';
import { commentsOf, otherFiles, sourceFiles } from './source-comments';

const root = join(__dirname, '..');
const longestRequirement = 20;

/** Forms that docs/style.md rejects, by the reason. */
const rejected: Readonly<Record<string, RegExp>> = {
  'a verb of people': /\b(?:tell|tells|told|telling|know|knows|knew|say|says|said|saying|ask|asks|asked|asking|hear|hears|heard)\b/i,
  'a clause as subject': /(?:^|[.;:] |\bthat )(?:what|who|whoever|whatever)\b|\bwhat (?:\w+ )+is\b/i,
  'a person as object': /\b(?:nobody|somebody|anybody|stranger|strangers)\b|\bin other hands\b/i,
  'a foreign idiom': /\bwithout a word\b|\bbeside (?:themselves|itself)\b|\btheirs\b/i,
};

const rejectedIn = (text: string): readonly string[] =>
  Object.entries(rejected).flatMap(([reason, pattern]) => (pattern.test(text) ? [reason] : []));

const objections = (texts: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(texts).flatMap(([where, text]) => rejectedIn(text).map((reason) => `${where}: "${text}" has ${reason}`));

describe('the table of docs/style.md', () => {
  const rows = readFileSync(join(root, 'docs/style.md'), 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, before = '', after = ''] = (/^\|([^|]+)\|([^|]+)\|$/.exec(line) ?? []).map((cell) => cell.trim());
      return before === '' || before === 'instead of' || before.startsWith('---') ? [] : [[before, after] as const];
    });

  test('is found', () => {
    expect(rows.length).toBeGreaterThanOrEqual(8);
  });

  test.each(rows)('%s', (before, after) => {
    expect(rejectedIn(before)).not.toEqual([]);
    expect(rejectedIn(after)).toEqual([]);
  });
});

describe('the texts of the pack', () => {
  test.each(rules.map(({ name, requires }) => [name, requires]))('%s requires a condition in one short sentence', (name, requires) => {
    expect(requires.split(/\s+/).length).toBeLessThanOrEqual(longestRequirement);
    expect(requires).toMatch(/^(?!.*\. )[^A-Z].*[^.\s]$|^VPC /);
    expect(objections({ [name]: requires })).toEqual([]);
  });

  test('clauses have titles, promises and awaited parts without rejected forms', () => {
    const texts = clauseIds.flatMap((id) => {
      const clause = register[id];
      const awaits = 'awaits' in clause ? (clause.awaits ?? []) : [];
      const probes = 'probes' in clause ? (clause.probes ?? []).map(({ reads }) => reads) : [];
      return [clause.title, clause.promise, ...awaits, ...probes].map((text, index) => [`${id} ${index}`, text]);
    });
    expect(objections(Object.fromEntries(texts))).toEqual([]);
  });

  test('bypasses have noun phrases as titles', () => {
    const names = rules.flatMap((rule) => (rule.bypasses ?? []).map(({ name }, index) => [`${rule.name} ${index}`, name]));
    expect(names.length).toBeGreaterThan(0);
    expect(objections(Object.fromEntries(names))).toEqual([]);
  });

  test('findings have required values and fixes without rejected forms', () => {
    const findings = findingsOf(rules);
    expect(new Set(findings.map(({ rule }) => rule.name)).size).toBe(rules.length);
    const texts = findings.flatMap(({ rule, finding }) => [
      [`${rule.name} ${finding.id} required`, finding.required],
      [`${rule.name} ${finding.id} fix`, finding.fix],
    ]);
    expect(objections(Object.fromEntries(texts))).toEqual([]);
    const unfinished = findings.filter(({ finding: { fix } }) => !/^[A-Z].*\.$/.test(fix));
    expect(unfinished.map(({ rule, finding }) => `${rule.name}: ${finding.fix}`)).toEqual([]);
  });

  test('no other text of the pack has a rejected form', () => {
    const texts = packFiles().flatMap(textsIn);
    expect(texts.length).toBeGreaterThan(500);
    expect(objections(Object.fromEntries(texts))).toEqual([]);
  });
});

/**
 * Findings of rules on an empty deployment, and on one empty resource of each type, and a role that strangers assume.
 */
function findingsOf(from: readonly Rule[]): readonly { readonly rule: Rule; readonly finding: Finding }[] {
  const types = from.flatMap((rule) => [...rule.types, ...rule.guards.map(({ type }) => type)]).filter((type) => type.includes('::'));
  const bare = [...new Set(types), 'AWS::Unlisted::Type'].map((Type, index): [string, ResourceJson] => [`Bare${index}`, { Type }]);
  const Principal = { AWS: 'arn:aws:iam::999999999999:root', Federated: 'provider' };
  const AssumeRolePolicyDocument = { Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal }] };
  const role: ResourceJson = { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument } };
  const template: Template = { Resources: { ...Object.fromEntries(bare), Role: role }, Conditions: { A: {} }, Transform: 'AWS::Include' };
  const elsewhere = { name: 'elsewhere', region: 'us-east-1', template };
  const subjects = [
    new Assembly(facts, []),
    new Assembly({ ...facts, cloudflare: true }, [elsewhere]),
    new Assembly({ ...facts, environment: 'staging' }, [elsewhere]),
    new Assembly({ ...facts, settings: { ...facts.settings, access: { ...facts.settings.access, signIn: 'identity-center' } } }, [
      elsewhere,
    ]),
  ];
  return subjects.flatMap((assembly) =>
    evaluate(assembly, from).flatMap(({ rule, verdict }) =>
      verdict === 'not-applicable' ? [] : verdict.map((finding) => ({ rule, finding })),
    ),
  );
}

/** Files of the engine, of the template model and of rules with their bypasses. */
function packFiles(): readonly string[] {
  return sourceFiles().filter((file) => file.startsWith('lib/tom/'));
}

/** Texts of several words in the code of a file, with their line. */
function textsIn(file: string): readonly (readonly [where: string, text: string])[] {
  const code = readFileSync(join(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, (comment) => comment.replace(/[^\n]/g, ''));
  return [...code.matchAll(/'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`/g)]
    .map((match): [string, string] => [
      `${file}:${code.slice(0, match.index).split('\n').length}`,
      (match[1] ?? match[2] ?? match[3] ?? '').replace(/\$\{[^}]*\}/g, 'x'),
    ])
    .filter(([, text]) => text.split(' ').length > 2);
}

interface Quotation {
  readonly where: string;
  readonly document: string;
  readonly heading: string | undefined;
}

/** Documents by the name that a comment gives them. */
const documentNames: Readonly<Record<string, string>> = { README: 'README.md', runbook: 'docs/runbook.md', glossary: 'docs/glossary.md' };

describe('headings that comments quote', () => {
  const documents: readonly string[] = [
    'README.md',
    ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.md'))
      .map((file) => `docs/${file}`),
  ];
  const quoted = [...sourceFiles(), ...otherFiles()].flatMap((file) =>
    commentsOf(file).flatMap(({ line, text, next }) => quotationsIn(text, next, `${file}:${line}`)),
  );

  test('name documents that exist', () => {
    expect(quoted.length).toBeGreaterThan(5);
    expect(quoted.filter(({ document }) => !documents.includes(document))).toEqual([]);
  });

  test('exist in their document', () => {
    const dangling = quoted.filter(({ document, heading }) => heading !== undefined && !headingsOf(document).includes(heading));
    expect(dangling).toEqual([]);
  });

  test('are found in each of their forms', () => {
    const found = (text: string, next = '') => quotationsIn(text, next, 'x').map(({ document, heading }) => [document, heading]);
    expect(found('(docs/adr/0005-site-context.md, "Cost")')).toEqual([['docs/adr/0005-site-context.md', 'Cost']]);
    expect(found('as the README, "The stack", has it')).toEqual([['README.md', 'The stack']]);
    expect(found('the runbook ("Hits")')).toEqual([['docs/runbook.md', 'Hits']]);
    expect(found('the runbook, "Before the', 'day")')).toEqual([['docs/runbook.md', 'Before the day']]);
    expect(found('nothing', 'the runbook, "Hits"')).toEqual([]);
    expect(found('(docs/adr/0009-scaling.md)')).toEqual([['docs/adr/0009-scaling.md', undefined]]);
  });

  function headingsOf(document: string): readonly string[] {
    return [...readFileSync(join(root, document), 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading as string);
  }
});

/**
 * Mentions of a document by its path, and headings that follow its path or name in quotation marks, also on the next
 * line.
 */
function quotationsIn(text: string, next: string, where: string): readonly Quotation[] {
  const mentions = `${text} ${next}`.matchAll(/\b(docs\/[\w/.-]+\.md|README(?:\.md)?|runbook|glossary)\b(?:,? \(?"([^"]+)")?/g);
  return [...mentions].flatMap(({ index, 1: name = '', 2: heading }): Quotation[] => {
    const isMention = index < text.length && (heading !== undefined || name.startsWith('docs/'));
    return isMention ? [{ where, document: documentNames[name] ?? name, heading }] : [];
  });
}
