// What happens to a password or an access key of a certain age. Pure.

/** Ages in days. */
export interface Ages {
  /** Ages at which the owner is warned, ascending. */
  readonly warn: readonly number[];
  /** Age at which an access key is disabled, and a password removed. */
  readonly limit: number;
  /** Age at which a disabled access key is deleted. */
  readonly remove: number;
}

/** `keep` and `warn` change nothing. */
export type Verdict = 'keep' | 'warn' | 'disable' | 'delete';

export const millisecondsOfDay = 86_400_000;

/** Whole days since a time; 0 for a time in the future, as of a clock that was set. */
export const ageInDays = (since: Date, now: Date): number => Math.max(0, Math.floor((now.getTime() - since.getTime()) / millisecondsOfDay));

/**
 * Days for which a warning is repeated: the function runs once a day, and one run that fails must not swallow the
 * warning.
 */
const warningDays = 2;

const isWarned = (age: number, { warn }: Ages): boolean => warn.some((day) => age >= day && age < day + warningDays);

/**
 * A password cannot be disabled, only its login profile removed, at the age limit. A password or key that is unused
 * for as long is at least as old, so the age limit removes unused ones too. (TOM-3.8, TOM-3.10)
 */
export function passwordVerdict(age: number, ages: Ages): Verdict {
  if (age >= ages.limit) return 'delete';
  return isWarned(age, ages) ? 'warn' : 'keep';
}

/**
 * An active key is disabled before it is deleted. The time between the two ages belongs to its owner: a key that was
 * used within it, because it was disabled late, waits. (TOM-3.8)
 *
 * @param idle days since the last use of the key, or since its creation
 */
export function keyVerdict(age: number, isActive: boolean, idle: number, ages: Ages): Verdict {
  if (isActive && age >= ages.limit) return 'disable';
  if (!isActive && age >= ages.remove && idle >= ages.remove - ages.limit) return 'delete';
  return isActive && isWarned(age, ages) ? 'warn' : 'keep';
}

/** The end of the exemption of each user: the first moment after its last day, in UTC. */
export function exemptionsOf(text: string): ReadonlyMap<string, Date> {
  const entries = text === 'none' ? [] : text.split(',').map((entry) => entry.split('/'));
  return new Map(entries.map(([user = '', day = '']) => [user, new Date(Date.parse(`${day}T00:00:00Z`) + millisecondsOfDay)]));
}

export const isExempt = (user: string, exemptions: ReadonlyMap<string, Date>, now: Date): boolean => {
  const end = exemptions.get(user);
  return end !== undefined && now < end;
};
