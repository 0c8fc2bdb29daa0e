// The register has every clause once, with its figures, its kind, and something that proves or attests it.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type ClauseId, clauseIds, dssClauseIds, tomClauseIds } from '../../../lib/tom/clause-id';
import { register } from '../../../lib/tom/register';
import { rules } from '../../../lib/tom/rules/all';
import { synthesized } from '../../synthesized/synthesized';

const root = join(__dirname, '../../..');

/** Figures that bind: each must stand in the promise as it is written here. */
const figures: { readonly [Id in ClauseId]?: readonly string[] } = {
  'TOM-2.1': ['eu-west-3 (Paris)'],
  'TOM-3.1': ['22', '3389'],
  'TOM-3.7': ['10 characters', '1 special'],
  'TOM-3.8': ['90 days'],
  'TOM-4.4': ['9 characters', '1 number', '1 capital', '1 special'],
  'TOM-4.5': ['last 10'],
  'TOM-4.6': ['90 days'],
  'TOM-4.13': ['/24', '/48', 'SHA-256'],
  'TOM-5.7': ['TLS 1.2'],
  'TOM-5.8': ['SHA-256'],
  'TOM-6.1': ['2 servers', '2 availability zones'],
  'TOM-6.3': ['2 availability zones'],
  'TOM-6.5': ['2 tunnels'],
  'TOM-6.7': ['30 days'],
  'TOM-6.8': ['exactly 1 role'],
  'TOM-7.2': ['1 database cluster'],
  'DSS-4.1': ['ISO 27001'],
  'DSS-4.2': ['HIPAA', 'NIST', 'PCI'],
  'DSS-4.3': ['72 hours', '24, 48 and 60 hours', 'at 72'],
  'DSS-4.7': ['ISO 27001'],
  'DSS-5.3.1': ['port 80'],
  'DSS-5.3.2': ['RSA 4096'],
  'DSS-5.4.2': ['each day'],
  'DSS-5.4.3': ['exactly 30 days'],
  'DSS-5.5.1': ['12 hours'],
  'DSS-5.5.2': ['24 hours'],
  'DSS-5.6.3': ['80 and 443'],
  'DSS-5.8': ['every month'],
  'DSS-6.1': ['24 hours'],
  'DSS-6.5': ['IPv4 and IPv6'],
  'DSS-6.7.1': [
    'Referrer-Policy: strict-origin-when-cross-origin',
    'X-Content-Type-Options: nosniff',
    'X-XSS-Protection: 1; mode=block',
    'Strict-Transport-Security: max-age=15768000',
  ],
  'DSS-6.7.2': ['X-Frame-Options: SAMEORIGIN', 'Content-Security-Policy'],
  'DSS-6.8': ['4096-bit', 'TLS 1.3', 'TLS 1.2', 'post-quantum'],
};

describe('the register', () => {
  test('has every clause of both documents once', () => {
    expect(Object.keys(register).sort()).toEqual([...clauseIds].sort());
    expect(tomClauseIds).toHaveLength(50);
    expect(dssClauseIds).toHaveLength(45);
    expect(new Set(clauseIds).size).toBe(95);
  });

  test.each(Object.entries(figures))('promises the figures of %s', (id, expected) => {
    for (const figure of expected) expect(register[id as ClauseId].promise).toContain(figure);
  });

  test.each(clauseIds)('%s is told in sentences, and no two clauses alike', (id) => {
    const { title, promise } = register[id];
    expect(title).toMatch(/^[A-Z].*[^.\s]$/);
    expect(promise).toMatch(/^[A-Z].*\.$/);
    expect(promise).not.toMatch(/ {2}|\n/);
    expect(clauseIds.filter((other) => register[other].title === title || register[other].promise === promise)).toEqual([id]);
  });

  test('says each part that a clause awaits once, as a stack and what it brings', () => {
    for (const id of clauseIds) {
      const clause = register[id];
      const awaits: readonly string[] = 'awaits' in clause ? (clause.awaits ?? []) : [];
      for (const part of awaits) {
        expect(part).toMatch(/^[a-z]+: \S.*[^.\s]$/);
      }
      expect(new Set(awaits).size).toBe(awaits.length);
    }
  });

  test('rests on every rule there is, and on no rule twice in one clause', () => {
    const named = clauseIds.map((id) => {
      const clause = register[id];
      const names = ('rules' in clause ? (clause.rules ?? []) : []).map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
      return names;
    });
    expect([...new Set(named.flat())].sort()).toEqual(rules.map(({ name }) => name).sort());
  });

  test('names tests that there are, each once in a clause', () => {
    const named = clauseIds.flatMap((id) => {
      const files = register[id].provenBy ?? [];
      expect(new Set(files).size).toBe(files.length);
      return files.map((file) => ({ id, file, exists: existsSync(join(root, file)) }));
    });
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter(({ exists }) => !exists)).toEqual([]);
  });

  test('names probes that there are, each deployed by some template under its own log group', () => {
    const probes = clauseIds.flatMap((id) => {
      const clause = register[id];
      return 'probes' in clause ? (clause.probes ?? []) : [];
    });
    expect(probes.length).toBeGreaterThan(0);
    const logGroups = synthesized('production').stacks.flatMap(({ template }) =>
      Object.values(template.Resources ?? {})
        .filter(({ Type }) => Type === 'AWS::Logs::LogGroup')
        .map(({ Properties }) => Properties?.LogGroupName),
    );
    for (const { concern, control, reads } of probes) {
      expect(existsSync(join(root, 'lambda', concern, control, 'handler.ts'))).toBe(true);
      expect(logGroups).toContain(`/rempart/production/functions/${control}`);
      expect(reads).toMatch(/^[a-z].*[^.\s]$/);
    }
  });

  test('has the ids and kinds of the documents, where they lie beside the repository', () => {
    const file = join(root, '../shared/clauses.yaml');
    const listed = existsSync(file)
      ? Object.values(parse(readFileSync(file, 'utf8')) as Record<string, { id: string; kind: string }[]>).flat()
      : clauseIds.map((id) => ({ id, kind: register[id].kind }));
    expect(clauseIds.map((id) => [id, register[id].kind])).toEqual(listed.map(({ id, kind }) => [id, kind]));
  });
});
