// The recovery point of the database: the newest good one in the vault of the region, one that the operator names, or
// that of the run before.
import { vaultName } from '../../../lib/config/names';
import { ToolError } from '../../command-line';
import { chosenIn } from '../journal';
import { type Chosen, factOf, missingHits, type Recovery } from '../recovery';
import { type Candidate, candidatesIn, hoursOf } from '../recovery-points';
import type { Step } from '../step';

export const pointStep: Step = {
  ...{ name: 'point', title: 'the recovery point of the database' },
  async left(recovery) {
    const candidates = await read(recovery);
    recovery.facts.candidates = candidates;
    recovery.journal.add({ event: 'candidates', points: candidates });
    for (const candidate of candidates) recovery.progress(`  ${candidateText(candidate, recovery.now())}`);
    const chosen = choose(recovery, candidates);
    recovery.facts.chosen = chosen;
    recovery.progress(`  ${chosen.isKept ? 'kept from the run before' : 'chosen'}: ${chosen.arn}`);
    recovery.progress(`  missing afterwards: ${missingHits(chosen)}`);
    return [];
  },
  act: async () => undefined,
};

async function read(recovery: Recovery): Promise<readonly Candidate[]> {
  const { account, site, options, now } = recovery;
  const { region } = site();
  const vault = vaultName(site(), 'copies');
  try {
    return await candidatesIn(account.backup, vault, { account: factOf(recovery, 'accountId'), region, now: now() });
  } catch (error) {
    if (options.snapshot !== undefined) return [];
    const isAbsent = error instanceof Error && ['ResourceNotFoundException', 'AccessDeniedException'].includes(error.name);
    if (!isAbsent) throw error;
    // AWS Backup answers a read of a vault that does not exist like one that is not allowed.
    throw new ToolError(`vault ${vault} in ${region}: expected a vault that can be read, got ${error.name}; ${remedyOf(recovery)}`);
  }
}

function candidateText(candidate: Candidate, now: Date): string {
  const { arn, dataUntil, isValidated, leftOut } = candidate;
  const age = dataUntil === undefined ? 'of unknown age' : `of ${dataUntil.toISOString()}, ${hoursOf(candidate, now).toFixed(1)} h old`;
  return `${arn} ${age}${isValidated ? ', a restore of it was validated' : ''}${leftOut === undefined ? '' : `; left out: ${leftOut}`}`;
}

function choose(recovery: Recovery, candidates: readonly Candidate[]): Chosen {
  const { options, now } = recovery;
  const named = options.snapshot;
  const kept = keptOf(recovery, candidates);
  if (kept !== undefined && (named === undefined || named === kept.arn)) return kept;
  if (named !== undefined) return namedOf(named, candidates, recovery);
  const newest = candidates.find(({ leftOut }) => leftOut === undefined);
  if (newest === undefined) throw nonesuch(recovery, candidates);
  checkAge(newest, options.acceptAge, now());
  return chosenOf(newest);
}

const chosenOf = ({ arn, dataUntil }: Candidate, isKept = false): Chosen => ({
  ...{ arn, isKept },
  ...(dataUntil === undefined ? {} : { dataUntil }),
});

/**
 * The choice of a run before, which its log has; or without the log, that of a file whose lake is held since. The
 * database may be deployed from it already, and a newer point has appeared since.
 */
function keptOf({ site, journal, options, now }: Recovery, candidates: readonly Candidate[]): Chosen | undefined {
  const { name, settings } = site();
  const present = settings.data.restoreFrom[name];
  if (present === undefined) return undefined;
  const logged = chosenIn(journal, now());
  if (logged?.point === present) {
    const { dataUntil } = logged;
    return { arn: present, isKept: true, ...(dataUntil === null ? {} : { dataUntil: new Date(dataUntil) }) };
  }
  if (!settings.data.lakeHeld[name] || options.replaceDatabase) return undefined;
  const candidate = candidates.find(({ arn }) => arn === present);
  if (options.snapshot === present) return chosenOf(candidate ?? { arn: present, isValidated: false }, true);
  if (candidate !== undefined && candidate.leftOut === undefined) {
    checkAge(candidate, options.acceptAge, now());
    return chosenOf(candidate, true);
  }
  throw new ToolError(
    `data.restoreFrom.${name}: expected the log of the run that chose ${present}, got none in the folder of --out, and the point is not ` +
      'among the good ones; name the folder of that run, or --snapshot with the same ARN to go on with it, or --replace-database',
  );
}

function namedOf(named: string, candidates: readonly Candidate[], { site, facts }: Recovery): Chosen {
  const { region } = site();
  const own = `arn:aws:rds:${region}:${facts.accountId}:cluster-snapshot:`;
  if (!named.startsWith(own)) throw new ToolError(`--snapshot: expected an ARN that begins with ${own}, got ${named}; copy it there first`);
  const found = candidates.find(({ arn }) => arn === named);
  return chosenOf({ arn: named, isValidated: false, ...(found?.dataUntil === undefined ? {} : { dataUntil: found.dataUntil }) });
}

function checkAge(candidate: Candidate, acceptAge: number, now: Date): void {
  const hours = hoursOf(candidate, now);
  if (hours <= acceptAge) return;
  throw new ToolError(
    `recovery point: expected one of the last ${acceptAge} h, got ${candidate.arn}, ${hours.toFixed(1)} h old; the hits since are missing ` +
      `afterwards: to accept that, add --accept-age ${Math.ceil(hours)}, or name a newer snapshot with --snapshot`,
  );
}

function nonesuch(recovery: Recovery, candidates: readonly Candidate[]): ToolError {
  const { region } = recovery.site();
  const got = candidates.length === 0 ? 'an empty vault' : `${candidates.length} that are left out, for the reasons above`;
  return new ToolError(`recovery point in ${region}: expected a good one, got ${got}; ${remedyOf(recovery)}`);
}

const remedyOf = ({ site, options }: Recovery): string => {
  const wait = 'set backup.homeAnswers, deploy the recovery site, wait for the next backup and its copy, or';
  return `${options.back && !site().settings.backup.homeAnswers ? `${wait} ` : ''}name a snapshot of the database with --snapshot`;
};
