// The erasures since the recovery point, which the restored database lacks. (DSS-4.2)
import { createHash } from 'node:crypto';
import { ToolError } from '../../command-line';
import { erasuresIn, repeatAll, repeatedText } from '../../lake/repeat-erasures';
import { hasRepeated } from '../journal';
import type { Recovery } from '../recovery';
import type { Step } from '../step';

export const erasuresStep: Step = {
  ...{ name: 'erasures', title: 'the erasures since the recovery point' },
  leftOutBy: ({ options }) =>
    options.without.has('erasures') ? '--without erasures: the database has persons who were erased' : undefined,
  async left(recovery) {
    const { listed, digest } = listOf(recovery);
    return hasRepeated(recovery.journal, digest) ? [] : [`repeat ${listed.length} erasures`];
  },
  async act(recovery) {
    const { listed, digest } = listOf(recovery);
    const repeated = await repeatAll(listed, recovery.account.call);
    const { failures, ...counts } = repeated;
    if (failures.length > 0) {
      throw new ToolError(
        `erasures: expected all to be repeated, got ${failures.length} failures, first: ${failures[0]}; run the same command again: a ` +
          'repetition of those that are done does no harm',
      );
    }
    recovery.progress(`  ${repeatedText(repeated)}`);
    recovery.journal.add({ event: 'erasures', digest, ...counts });
  },
};

function listOf({ options }: Recovery): { readonly listed: ReturnType<typeof erasuresIn>; readonly digest: string } {
  const { erasures } = options;
  if (erasures === undefined) {
    throw new ToolError(
      'erasures: expected --erasures FILE, or --without erasures, got neither; the restored database has persons who were erased since ' +
        '(runbook: Disaster: the home region is lost)',
    );
  }
  const listed = erasuresIn(erasures);
  return { listed, digest: createHash('sha256').update(JSON.stringify(listed)).digest('hex') };
}
