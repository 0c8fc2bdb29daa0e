// docs/tom.md: every clause with its promise and its proof, by chapter, and the requirement of each rule.
import { basename } from 'node:path';
import type { Clause, Probe } from '../../../lib/tom/clause';
import { type ClauseId, clauseIds } from '../../../lib/tom/clause-id';
import { chapters } from '../../../lib/tom/clauses/chapters';
import type { Register } from '../../../lib/tom/register';
import type { Rule } from '../../../lib/tom/rule';
import { ruleFile } from '../../../lib/tom/rules/all';
import type { BuiltIn } from './built-in';

const heading = `# The clauses

Generated from \`lib/tom/clauses/\` by \`npm run docs\`; do not edit.

The clauses of the TOM (Technical and Organizational Measures) and of the DSS (Data Security Statement), restated, each with its
proof or its attestation. \`npm start\` and \`tom-evidence.json\` report the state of each in a deployment.

| kind | kept by |
|---|---|
| technical | code: the named rules prove it on the synthesized templates, the named probes on the account every day, the named tests at run time; the parts that it awaits are not built yet |
| optional | code, in a deployment that turns it on |
| inherited | the cloud provider, with the named attestation |
| organisational | people: the attesting role and the artefact |
`;

type Constructs = ReadonlyMap<ClauseId, readonly BuiltIn[]>;

/** The document, as Markdown. Pure. */
export function tomDocument(register: Register, constructs: Constructs): string {
  return [
    heading,
    ...chapters().map(({ id, title, clauses }) => chapter(`${id}: ${title}`, clauses, register, constructs)),
    ruleTable(register),
    probeTable(register),
  ].join('\n');
}

function chapter(title: string, ids: readonly ClauseId[], register: Register, constructs: Constructs): string {
  const rows = ids.map((id) => {
    const clause = register[id];
    return `| ${id} | **${cell(clause.title)}**<br>${cell(clause.promise)} | ${clause.kind} | ${basis(clause)} | ${places(constructs.get(id) ?? [])} |`;
  });
  return `## ${title}\n\n| clause | promise | kind | proof | built in |\n|---|---|---|---|---|\n${rows.join('\n')}\n`;
}

const places = (builtIn: readonly BuiltIn[]): string =>
  builtIn
    .flatMap(({ construct, path, functions }) => [
      `[${construct}](../${path})`,
      ...functions.map((folder) => `[${basename(folder)}](../${folder}/) (function)`),
    ])
    .join('<br>');

/** Who else keeps a part, in which configuration. */
function outside(clause: Clause): readonly string[] {
  const kept = 'keptOutside' in clause ? clause.keptOutside : undefined;
  return kept === undefined ? [] : [cell(`where ${kept.where}: ${kept.keeper}`)];
}

/** The proof of a clause: rules, other keepers, probes, tests at run time, awaited parts, an attestation. */
function basis(clause: Clause): string {
  const awaits = 'awaits' in clause && clause.awaits ? clause.awaits.map((part) => `awaits ${cell(part)}`) : [];
  const tests = (clause.provenBy ?? []).map((path) => `[${path.replace(/^test\//, '').replace(/\.test\.ts$/, '')}](../${path}) (test)`);
  return [...proofs(clause), ...outside(clause), ...probesOf(clause).map(probeLink), ...tests, ...awaits].join('<br>');
}

function proofs(clause: Clause): readonly string[] {
  switch (clause.kind) {
    case 'inherited':
      return [cell(clause.attestation)];
    case 'organisational':
      return [`${cell(clause.attestedBy)}: ${cell(clause.artefact)}`];
    default:
      return (clause.rules ?? []).map(link);
  }
}

const link = (rule: Rule): string => `[${rule.name}](../${ruleFile(rule)})`;

const probesOf = (clause: Clause): readonly Probe[] => ('probes' in clause ? (clause.probes ?? []) : []);

const probeLink = (probe: Probe): string => `${probeFolder(probe)} (probe)`;

const probeFolder = ({ concern, control }: Probe): string => `[${control}](../lambda/${concern}/${control}/)`;

function probeTable(register: Register): string {
  const rows = clauseIds.flatMap((id) => probesOf(register[id]).map((probe) => `| ${probeFolder(probe)} | ${cell(probe.reads)} | ${id} |`));
  return `## The probes\n\n| probe | reads, every day | proves |\n|---|---|---|\n${rows.join('\n')}\n`;
}

function ruleTable(register: Register): string {
  const clausesOf = new Map<Rule, ClauseId[]>();
  for (const id of clauseIds) {
    const clause = register[id];
    for (const rule of 'rules' in clause ? (clause.rules ?? []) : []) clausesOf.set(rule, [...(clausesOf.get(rule) ?? []), id]);
  }
  const rows = [...clausesOf]
    .sort(([a], [b]) => (a.name < b.name ? -1 : 1))
    .map(([rule, ids]) => `| ${link(rule)} | ${cell(rule.requires)} | ${ids.join(', ')} |`);
  return `## The rules\n\n| rule | requires | proves |\n|---|---|---|\n${rows.join('\n')}\n`;
}

/** A text escaped for a cell of a Markdown table. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replace(/\s+/g, ' ');
