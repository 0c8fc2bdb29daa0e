// Reads the results of a synth from the assembly: the evidence of the TOM pack, and the objections of the other packs.
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { clauseIds } from '../../lib/tom/clause-id';
import type { Json } from '../../lib/tom/template/assembly';

const clauseId = z.enum(clauseIds);
const json = z.json() as z.ZodType<Json>;

const finding = z.object({
  id: z.string(),
  path: z.string(),
  found: json.optional(),
  required: z.string(),
  fix: z.string(),
  state: z.enum(['open', 'acknowledged', 'not met']),
});

const asked = z.object({
  stack: z.string(),
  logicalId: z.string().optional(),
  type: z.string().optional(),
  path: z.string().optional(),
  verdict: z.enum(['compliant', 'non-compliant', 'not-applicable']),
  findings: z.array(finding).optional(),
});

const count = z.int().min(0);

const evidenceSchema = z.object({
  deployment: z.string(),
  site: z.enum(['home', 'recovery']),
  region: z.string(),
  environment: z.string(),
  rules: z
    .array(z.object({ rule: z.string(), requires: z.string(), clauses: z.array(clauseId), asked: z.array(asked) }))
    .refine((rules) => rules.some(({ asked }) => asked.length > 0), { error: 'expected rules that evaluated resources' }),
  clauses: z
    .array(
      z.object({
        id: clauseId,
        title: z.string(),
        promise: z.string(),
        kind: z.enum(['technical', 'optional', 'inherited', 'organisational']),
        state: z.enum(['kept', 'planned', 'attested', 'not met']),
        where: z.array(z.string()),
        awaits: z.array(z.string()),
        reason: z.string().optional(),
        mutants: count.optional(),
        broken: z.enum(['finding', 'unproven']).optional(),
      }),
    )
    .refine((clauses) => new Set(clauses.map(({ id }) => id)).size === clauseIds.length, { error: 'expected every clause once' }),
  totals: z.object({ kept: count, planned: count, attested: count, 'not met': count, violations: count }),
});

/** The evidence of one synth (`tom-evidence.json`). */
export type Evidence = z.output<typeof evidenceSchema>;
export type EvidenceClause = Evidence['clauses'][number];

const reportSchema = z.object({
  pluginReports: z.array(
    z.object({
      pluginName: z.string(),
      conclusion: z.enum(['success', 'failure']),
      metadata: z.record(z.string(), z.string()).optional(),
      violations: z.array(
        z.object({
          ruleName: z.string(),
          description: z.string(),
          suggestedFix: z.string().optional(),
          severity: z.string(),
          violatingConstructs: z.array(z.object({ constructPath: z.string() })),
        }),
      ),
    }),
  ),
});

/** The objections of one pack other than the TOM's that stop a deployment. (`validation-report.json`, of the CDK) */
export interface PackFailure {
  readonly pack: string;
  readonly objections: readonly {
    readonly rule: string;
    readonly description: string;
    readonly fix?: string;
    readonly paths: readonly string[];
  }[];
}

/** The warnings of one pack, or of the library's own validation, which do not stop a deployment. */
export interface PackWarning {
  readonly pack: string;
  readonly count: number;
  readonly rules: readonly string[];
}

export interface PackReport {
  readonly failures: readonly PackFailure[];
  readonly warnings: readonly PackWarning[];
}

/** Reads and checks the evidence; throws an error that describes the defects of the file. */
export function readEvidence(file: string): Evidence {
  return readFile(file, evidenceSchema);
}

/** The results of the packs other than the TOM's, whose findings are in the evidence. */
export function readPackReport(file: string): PackReport {
  const reports = readFile(file, reportSchema).pluginReports.filter(({ pluginName }) => pluginName !== 'TOM');
  return {
    failures: reports.filter(({ conclusion }) => conclusion === 'failure').map(failureOf),
    warnings: reports.map(warningOf).filter(({ count }) => count > 0),
  };
}

type PluginReport = z.output<typeof reportSchema>['pluginReports'][number];

const stopsDeployment = ({ severity }: { readonly severity: string }): boolean => severity === 'error' || severity === 'fatal';

function failureOf({ pluginName, metadata = {}, violations }: PluginReport): PackFailure {
  const objections = violations.filter(stopsDeployment).map(({ ruleName, description, suggestedFix, violatingConstructs }) => ({
    rule: ruleName,
    description,
    ...(suggestedFix === undefined ? {} : { fix: suggestedFix }),
    paths: violatingConstructs.map(({ constructPath }) => constructPath),
  }));
  const unexplained = { rule: pluginName, description: Object.values(metadata).join(' ') || 'the pack failed without a reason', paths: [] };
  return { pack: pluginName, objections: objections.length > 0 ? objections : [unexplained] };
}

function warningOf({ pluginName, violations }: PluginReport): PackWarning {
  const warnings = violations.filter((violation) => !stopsDeployment(violation));
  return { pack: pluginName, count: warnings.length, rules: [...new Set(warnings.map(({ ruleName }) => ruleName))] };
}

function readFile<Output>(file: string, schema: z.ZodType<Output>): Output {
  const { data, error } = schema.safeParse(parse(file));
  if (error) throw new Error(`${file}: expected the format of this version, got another one; synthesize again\n${z.prettifyError(error)}`);
  return data as Output;
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`${file}: expected a readable JSON document, got ${message}; synthesize again`);
  }
}
