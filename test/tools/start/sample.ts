// A small run of npm start without the app: evidence in the form of a synth, and streams that keep their output.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clauseIds } from '../../../lib/tom/clause-id';
import { register } from '../../../lib/tom/register';
import { stateOfClauses, totalsOf } from '../../../lib/tom/state';
import { start } from '../../../tools/start/start';

type Finding = { id: string; path: string; found?: unknown; required: string; fix: string; state: 'open' | 'acknowledged' | 'not met' };

/** A finding of `key-rotation`. */
export const openFinding: Finding = {
  id: 'rotation',
  path: 'Properties.EnableKeyRotation',
  found: false,
  required: 'true',
  fix: 'Set enableKeyRotation: true on the key.',
  state: 'open',
};

/**
 * Evidence of the whole register, in which every rule evaluated one compliant resource; `findings` are those of
 * key-rotation.
 */
export function evidence(findings: readonly Finding[] = [], declared: Parameters<typeof stateOfClauses>[2] = []) {
  const rules = new Map(
    clauseIds.flatMap((id) => {
      const clause = register[id];
      return ('rules' in clause ? (clause.rules ?? []) : []).map((rule) => [rule.name, rule] as const);
    }),
  );
  const outcomes = [...rules.values()].map(({ name, requires }) => {
    const broken = name === 'key-rotation' && findings.length > 0;
    const key = {
      stack: 'production-account',
      logicalId: 'DeploymentKey789843F6',
      type: 'AWS::KMS::Key',
      path: 'production-account/DeploymentKey/Resource',
    };
    return {
      rule: name,
      requires,
      clauses: clauseIds.filter((id) => {
        const clause = register[id];
        return 'rules' in clause && clause.rules?.some((rule) => rule.name === name);
      }),
      asked: [
        {
          stack: 'production-account',
          logicalId: 'Other',
          type: 'AWS::S3::Bucket',
          path: 'production-account/Other',
          verdict: 'compliant' as const,
        },
        ...(broken ? [{ ...key, verdict: 'non-compliant' as const, findings }] : []),
      ],
    };
  });
  const clauses = stateOfClauses(register, outcomes, declared);
  const site = { deployment: 'production', site: 'home', region: 'eu-west-3', environment: 'production' };
  return { ...site, rules: outcomes, clauses, totals: totalsOf(clauses, outcomes) };
}

export interface Run {
  readonly args?: readonly string[];
  /** Content of tom-evidence.json; text is written unchanged. @default - no file */
  readonly evidence?: unknown;
  /** Content of validation-report.json. @default - no file */
  readonly report?: unknown;
  readonly status?: number;
  readonly output?: string;
  /** Exit code of the twin. @default 0 */
  readonly twin?: number;
  /** Files below the project's folder that exist before the run. */
  readonly before?: readonly { readonly path: string; readonly content: unknown }[];
  readonly terminal?: { readonly columns: number };
  readonly env?: Record<string, string>;
}

/** Runs the command with an app that only writes the output of `run`. */
export async function runStart(run: Run) {
  const root = mkdtempSync(join(tmpdir(), 'rempart-start-'));
  for (const { path, content } of run.before ?? []) write(root, path, content);
  const stdout = stream(run.terminal);
  const stderr = stream(run.terminal);
  const requests: unknown[] = [];
  const twins: unknown[] = [];
  const status = await start(run.args ?? [], {
    root,
    stdout,
    stderr,
    env: run.env ?? {},
    seconds: (() => {
      let now = 0;
      return () => (now += 1.25);
    })(),
    twin: async (values) => {
      twins.push(values);
      return run.twin ?? 0;
    },
    synthesize: async (request) => {
      requests.push({ ...request, outdir: request.outdir.slice(root.length + 1) });
      if (run.evidence !== undefined) write(root, 'cdk.out/tom-evidence.json', run.evidence);
      if (run.report !== undefined) write(root, 'cdk.out/validation-report.json', run.report);
      return { status: run.status ?? 0, stdout: '', stderr: run.output ?? '' };
    },
  });
  const left = existsSync(join(root, 'cdk.out')) ? readdirSync(join(root, 'cdk.out')).sort() : [];
  rmSync(root, { recursive: true });
  return { status, out: stdout.text(), err: stderr.text(), requests, twins, left };
}

function write(root: string, path: string, content: unknown): void {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), typeof content === 'string' ? content : JSON.stringify(content));
}

function stream(terminal?: { readonly columns: number }) {
  const written: string[] = [];
  return {
    ...(terminal ? { isTTY: true, columns: terminal.columns } : {}),
    write: (text: string) => written.push(text),
    text: () => written.join(''),
  };
}
