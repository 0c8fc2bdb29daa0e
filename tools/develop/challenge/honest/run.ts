// Evaluates the rules on templates with an honest change. No rule may have a new finding.
import type { Rule } from '../../../../lib/tom/rule';
import { Assembly } from '../../../../lib/tom/template/assembly';
import { declarations } from '../../../../lib/tom/world/all';
import type { Declaration } from '../../../../lib/tom/world/declaration';
import { declareFor } from '../../../../lib/tom/world/declared';
import { formOf } from '../../../../lib/tom/world/form';
import { changedAssembly, findingsOf, keysOf } from '../run';
import type { Amendment, HonestChange } from './honest';

export interface HonestOutcome {
  readonly title: string;
  /** Declarations that were added or amended: one or none. */
  readonly lines: number;
  /** New findings, with their rules. */
  readonly findings: readonly string[];
}

export function runHonest(changes: readonly HonestChange[], rules: readonly Rule[], assembly: Assembly): readonly HonestOutcome[] {
  const known = keysOf(rules, assembly);
  return changes.map((honest): HonestOutcome => {
    const changed = honestAssembly(honest, assembly);
    const findings = rules.flatMap((rule) => [...findingsOf(rule, changed)].map(({ key }) => key));
    const lines = (honest.declares ? 1 : 0) + (honest.amends ? 1 : 0);
    return { title: honest.title, lines, findings: findings.filter((key) => !known.has(key)) };
  });
}

function honestAssembly(honest: HonestChange, assembly: Assembly): Assembly {
  const { stacks, facts: before } = changedAssembly(honest, assembly);
  const facts = { ...before, settings: honest.settings?.(before.settings) ?? before.settings };
  const { declares, amends } = honest;
  const amended = amends ? declarations.map((declaration) => amend(declaration, amends)) : declarations;
  declareFor(facts, declares ? [...amended, declares] : amended);
  return new Assembly(facts, stacks);
}

/** The declaration with another form of one property. */
function amend(declaration: Declaration, { of, path, form }: Amendment): Declaration {
  if (!declaration.names.includes(of)) return declaration;
  const inner = formOf(form);
  const isBelow = (deviating: string): boolean => deviating === path || deviating.startsWith(`${path}.`);
  return {
    ...declaration,
    form: {
      deviations(place) {
        const value = path.split('.').reduce<unknown>((found, key) => (found as Record<string, unknown> | undefined)?.[key], place.value);
        const others = declaration.form.deviations(place).filter((deviation) => !isBelow(deviation.path));
        return [...others, ...inner.deviations({ ...place, value: value as never, path })];
      },
    },
  };
}

export function honestReport(outcomes: readonly HonestOutcome[]): string {
  const passed = outcomes.filter(({ findings }) => findings.length === 0);
  const silent = passed.filter(({ lines }) => lines === 0).length;
  return [
    `honest: ${passed.length} of ${outcomes.length} changes pass, ${silent} without a declaration, ${passed.length - silent} with one`,
    ...outcomes.flatMap(({ title, findings }) => (findings.length === 0 ? [] : [`  objected to: ${title}: ${findings.join(', ')}`])),
  ].join('\n');
}
