// Rules between the settings of `access`, and of the day on which they are read.
import { type Objection, show } from '../file/problem';
import type { ValidParts } from '../file/schema-walk';
import type { Settings } from '../settings/settings';

/** Longest time until the end of an exemption, in days. */
const longestExemption = 366;
const millisecondsOfDay = 86_400_000;

type Exemptions = NonNullable<NonNullable<ValidParts<Settings>['access']>['credentialExemptions']>;

/** The exemptions of users, as far as they are valid by themselves. */
const exemptionsOf = ({ access }: ValidParts<Settings>): Exemptions => access?.credentialExemptions ?? [];

/** A user has one exemption: of two, one would end unnoticed. */
export function exemptionsOnce(settings: ValidParts<Settings>): readonly Objection[] {
  const users = exemptionsOf(settings).map((exemption) => exemption?.user);
  return users.flatMap((user, index) =>
    user === undefined || users.indexOf(user) === index
      ? []
      : [objectionTo(index, 'user', 'a user without another exemption', user, 'remove one of the two')],
  );
}

/** An exemption is over after its last day, and is renewed at least once a year. (TOM-3.8) */
export function exemptionsCurrent(settings: ValidParts<Settings>, today: Date): readonly Objection[] {
  return exemptionsOf(settings).flatMap((exemption, index) => {
    const until = exemption?.until;
    const days = until === undefined ? 0 : (Date.parse(`${until}T00:00:00Z`) - today.getTime()) / millisecondsOfDay;
    if (until === undefined || (days > -1 && days <= longestExemption)) return [];
    const expected = `a day from today to ${longestExemption} days ahead`;
    return [objectionTo(index, 'until', expected, until, 'renew the exemption with its reason, or remove it (TOM-3.8)')];
  });
}

const objectionTo = (index: number, name: string, expected: string, got: unknown, todo: string): Objection => ({
  ...{ path: ['access', 'credentialExemptions', index, name], expected, got: show(got), todo },
});
