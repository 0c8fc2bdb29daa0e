// A part of the mutation run, which runs in a thread of its own: the guards of some rules at every site, or everything
// at one site.
import { rules as allRules } from '../../../lib/tom/rules/all';
import { mutateEverything } from './closed-world';
import type { ClosedWorldResult } from './closed-world-result';
import type { PartRequest } from './parts';
import { type MutationResult, mutate } from './run';
import { subjectIn } from './subjects';

/** Runs a part in this thread. */
export function run(request: PartRequest): MutationResult | ClosedWorldResult {
  const { folder, part } = request;
  if (part.of === 'everything') return mutateEverything(allRules, subjectIn({ folder, site: part.site }), { only: part.only });
  const rules = allRules.filter(({ name }) => part.rules.includes(name));
  return mutate(
    rules,
    part.sites.map((site) => subjectIn({ folder, site })),
  );
}
