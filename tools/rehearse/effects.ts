// The effect of one change of the configuration, from the templates before and after it.
import type { EffectKind } from '../../lib/config/settings/effects';
import { cannotReturn, dataAtRisk, type Remaining, refusals } from './consequences';
import type { Deployed } from './deployed';
import { type Change, changesBetween } from './differences';

export interface Effect {
  readonly kind: EffectKind;
  /** Names of the resources that are replaced, as in `data/DatabaseCluster`. */
  readonly replaced: readonly string[];
  readonly updated: readonly string[];
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Why CloudFormation would refuse it. */
  readonly refusals: readonly string[];
  readonly data: readonly Remaining[];
  /** What is in the way when the setting is set back. */
  readonly noReturn: readonly Remaining[];
}

export function effectBetween(before: Deployed, after: Deployed): Effect {
  const nothing = { replaced: [], updated: [], added: [], removed: [], refusals: [], data: [], noReturn: [] };
  if (isElsewhere(before, after)) return { ...nothing, kind: 'another deployment' };
  const changes = changesBetween(before, after);
  const namesOf = (...actions: readonly Change['action'][]) =>
    changes.filter(({ action }) => actions.includes(action)).map(({ name }) => name);
  const found = {
    replaced: namesOf('replaced', 'perhaps replaced'),
    updated: namesOf('updated'),
    added: namesOf('added'),
    removed: namesOf('removed'),
    refusals: refusals(changes, before, after),
    data: dataAtRisk(changes),
    noReturn: cannotReturn(changes, before),
  };
  return { ...found, kind: kindOf(found, changes) };
}

function kindOf({ refusals: refused, replaced }: Omit<Effect, 'kind'>, changes: readonly Change[]): EffectKind {
  if (refused.length > 0) return 'refused';
  if (replaced.length > 0) return 'replacement';
  if (changes.some(replacesServers)) return 'servers';
  return changes.length > 0 ? 'update' : 'nothing';
}

/** An Auto Scaling group replaces its servers when what they are launched from changes, or their subnets. */
function replacesServers({ after, action, because }: Change): boolean {
  if (after?.type !== 'AWS::AutoScaling::AutoScalingGroup' || action !== 'updated') return false;
  return because.some((place) => /^(?:LaunchTemplate|MixedInstancesPolicy|VPCZoneIdentifier)\b/.test(place));
}

/** Another region, or another account where the configuration names both. */
function isElsewhere({ assembly: { facts: before } }: Deployed, { assembly: { facts: after } }: Deployed): boolean {
  const [first, second] = [before.settings.account, after.settings.account];
  return before.region !== after.region || (first !== undefined && second !== undefined && first !== second);
}
