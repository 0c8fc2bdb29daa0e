// Part 4 of the rehearsal, updates: the effect of a change of each setting on a deployment that exists, and whether
// the description of the setting states it.
import { descriptionAt } from '../../lib/config/file/schema-walk';
import { type EffectKind, effectKinds, effectsOfChanges, type StatedEffect } from '../../lib/config/settings/effects';
import type { Site } from '../../lib/config/site';
import { type Alternative, alternativesOf, everySetting } from './alternatives';
import type { Deployed } from './deployed';
import { build } from './deployments';
import { type Effect, effectBetween } from './effects';
import type { Outcome, Row } from './row';

/** The effects of all changes of one setting together. */
export interface MeasuredEffect {
  readonly setting: string;
  readonly kind: EffectKind;
  readonly replaces: readonly string[];
  readonly data: readonly string[];
  readonly stays: readonly string[];
  /** Number of resources that at least one of the changes touches. */
  readonly touched: number;
  /** What would be refused, lost or left behind, in words. */
  readonly details: readonly string[];
}

/**
 * Compares the measured effect of each setting with the stated one (lib/config/settings/effects.ts), and that with the
 * description of the setting. Synthesizes some 85 configurations, half a second each on an idle core.
 */
export function rehearseUpdates(settings: readonly string[] = everySetting): readonly Row[] {
  const builds = new Builds();
  return settings.map((setting) => rowOf(measure(setting, alternativesOf(setting), builds), effectsOfChanges[setting]));
}

/** Each configuration is synthesized once. */
class Builds {
  private readonly known = new Map<string, Deployed>();

  of(site: Site): Deployed {
    const key = JSON.stringify(site);
    const found = this.known.get(key) ?? build(site);
    this.known.set(key, found);
    return found;
  }
}

function measure(setting: string, alternatives: readonly Alternative[], builds: Builds): MeasuredEffect {
  const effects = alternatives.map(({ before, after }) => effectBetween(builds.of(before), builds.of(after)));
  const together = (names: (effect: Effect) => readonly string[]) => [...new Set(effects.flatMap(names))].toSorted();
  return {
    setting,
    kind: effectKinds[Math.max(0, ...effects.map(({ kind }) => effectKinds.indexOf(kind)))] ?? 'nothing',
    replaces: together(({ replaced }) => replaced),
    data: together(({ data }) => data.map(({ name }) => name)),
    stays: together(({ noReturn }) => noReturn.map(({ name }) => name)),
    touched: together(({ replaced, updated, added, removed }) => [...replaced, ...updated, ...added, ...removed]).length,
    details: together(({ refusals, data, noReturn }) => [...refusals, ...[...data, ...noReturn].map(({ detail }) => detail)]),
  };
}

/** The row of a setting: `ok` if the measured effect is the stated one, with a statement where it needs one. */
export function rowOf(measured: MeasuredEffect, stated: StatedEffect | undefined, descriptions = descriptionsOf(measured.setting)): Row {
  const { setting: subject, kind, touched } = measured;
  const row = { part: 'updates', subject } as const;
  const where = 'lib/config/settings/effects.ts';
  if (!stated) {
    const detail = [`expected a stated effect, got none for ${kind}`, ...measured.details.slice(0, 3)].join('; ');
    return { ...row, outcome: outcomeOf(measured), detail, fix: `state it in ${where}` };
  }
  const wrong = differences(measured, stated);
  if (wrong.length > 0) {
    const detail = [...wrong, ...measured.details.slice(0, 3)].join('; ');
    return { ...row, outcome: outcomeOf(measured), detail, fix: `change the constructs, or state it in ${where}` };
  }
  const unstated = unstatedOf(measured, stated, descriptions);
  if (unstated) return { ...row, outcome: 'unstated', ...unstated };
  return {
    ...row,
    outcome: 'ok',
    detail: [kind, ...(touched > 0 ? [`${touched} resources`] : []), ...(stated.statement ? [stated.statement] : [])].join(', '),
  };
}

/** What the descriptions leave out, or state although it is not so. */
function unstatedOf(
  measured: MeasuredEffect,
  { statement }: StatedEffect,
  [own = '', ...outer]: readonly string[],
): Pick<Row, 'detail' | 'fix'> | undefined {
  const { kind, data, stays } = measured;
  const needsStatement = effectKinds.indexOf(kind) > effectKinds.indexOf('update') || data.length > 0 || stays.length > 0;
  if ((needsStatement && !statement) || ![own, ...outer].some((text) => text.includes(statement ?? '')))
    return { detail: `expected the description to state "${statement ?? kind}", got "${own}"`, fix: 'change it in lib/config/settings' };
  if (needsStatement || !/\breplaces\b/.test(own)) return undefined;
  return { detail: `expected a description without a replacement, got "${own}"`, fix: 'remove the sentence, or build what it describes' };
}

/** The description of a setting, then those of the groups that it is in. */
function descriptionsOf(setting: string): readonly string[] {
  const path = setting.split('.');
  return path.map((_, index) => descriptionAt(path.slice(0, path.length - index)));
}

/** A refused change has no list of what it would replace: nothing is. */
function differences(measured: MeasuredEffect, stated: StatedEffect): readonly string[] {
  const wrong = measured.kind === stated.kind ? [] : [`expected ${stated.kind}, got ${measured.kind}`];
  if (measured.kind === 'refused') return wrong;
  const lists = (['replaces', 'data', 'stays'] as const).flatMap((list) => {
    const [expected, got] = [(stated[list] ?? []).toSorted().join(', '), measured[list].join(', ')];
    return expected === got ? [] : [`${list}: expected ${expected || 'none'}, got ${got || 'none'}`];
  });
  return [...wrong, ...lists];
}

function outcomeOf({ kind, data }: MeasuredEffect): Outcome {
  if (kind === 'refused') return 'refused';
  return data.length > 0 ? 'data at risk' : 'unstated';
}
