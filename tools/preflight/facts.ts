// Facts from outside: the account stack of production refuses a deployment without them.
import { exampleFacts, isGivenLater, missingFacts, type OutsideFactName } from '../../lib/config/outside-facts';
import type { Site } from '../../lib/config/site';
import { type Check, type Line, laterLine } from './line';

/** One line for each fact that production lacks, or for which it has a value of documentation. */
export function factsCheck({ deployment, settings }: Site): Check {
  const missing = (fact: OutsideFactName): Line =>
    isGivenLater(fact)
      ? laterLine(
          fact,
          'the value that the first deployment leads to',
          `set ${fact} in config/${deployment}.yaml, and deploy again`,
          'nothing',
        )
      : line(fact, 'nothing');
  const line = (fact: string, found: string): Line => ({
    ...{ check: fact, verdict: 'change', found, wanted: 'the value of the company' },
    command: `set ${fact} in config/${deployment}.yaml`,
  });
  const run = (): Promise<readonly Line[]> =>
    Promise.resolve(
      settings.environment === 'production'
        ? [...missingFacts(settings).map(missing), ...exampleFacts(settings).map((fact) => line(fact, 'a value of documentation'))]
        : [],
    );
  return { name: 'facts from outside', run };
}
