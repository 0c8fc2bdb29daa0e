// Forms of values that the configuration or the environment decides.
import type { DeploymentFacts, Json } from '../template/assembly';
import { by, type Form, is, leafForm } from './form';

/** The value of a setting. */
export const setting = (choose: (facts: DeploymentFacts) => Json): Form => by(({ facts }) => is(choose(facts)));

/** The value of a setting, a whole number, that is also between the figures of a clause. */
export function settingBetween(choose: (facts: DeploymentFacts) => number, least: number, most = Number.POSITIVE_INFINITY): Form {
  const bounds = most === Number.POSITIVE_INFINITY ? `${least} or more` : `${least} to ${most}`;
  return leafForm(
    ({ facts }) => `${choose(facts)}, as the configuration has it, and ${bounds}`,
    (value, { facts }) => value === choose(facts) && Number.isInteger(value) && value >= least && value <= most,
  );
}

/** One value in production, another one in other environments, which nothing else can choose. */
export const inProduction = (production: Json, elsewhere: Json): Form =>
  by(({ facts }) => is(facts.environment === 'production' ? production : elsewhere));
