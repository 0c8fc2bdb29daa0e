// The mutation run in parts, each in a thread: the closed world of each site, and the guards of rules in production.
import { siteLabel } from '../../synthesis/synthesize';
import { inThreads } from '../threads/in-threads';
import { type ClosedWorldResult, joinResults, sumOf } from './closed-world-result';
import { joinRules, type MutationResult } from './run';
import type { MutatedSite } from './sites';

type Part =
  | { readonly of: 'everything'; readonly site: MutatedSite; readonly only?: string | undefined }
  | { readonly of: 'guards'; readonly sites: readonly MutatedSite[]; readonly rules: readonly string[] };

export interface PartRequest {
  /** Folder with one assembly for each site. */
  readonly folder: string;
  readonly part: Part;
}

/** What is mutated. */
export interface Chosen {
  readonly sites: readonly MutatedSite[];
  /** Names of the rules whose guards are broken; none are if it is empty. */
  readonly rules: readonly string[];
  /** Resources whose every property is mutated: those with the text, or `all`, or `none`. */
  readonly everything: 'all' | 'none' | { readonly only: string };
}

export interface Mutated {
  /** Without rules, `undefined`. */
  readonly guarded: MutationResult | undefined;
  /** Without resources, `undefined`. */
  readonly world: ClosedWorldResult | undefined;
}

/** Rules of one part: few, so that the last parts end at about the same time. */
const rulesOfPart = 15;

/** Runs all parts, the longest first. */
export async function mutateInParts(folder: string, chosen: Chosen): Promise<Mutated> {
  const parts = [...worldParts(chosen), ...guardParts(chosen)];
  const works = parts.map((part) => ({ module: require.resolve('./thread'), input: { folder, part } satisfies PartRequest }));
  const answers = await inThreads<MutationResult | ClosedWorldResult>(works, (answer, index) =>
    console.error(progressOf(parts[index] as Part, answer)),
  );
  const of = (kind: Part['of']) => answers.filter((_, index) => parts[index]?.of === kind);
  return {
    guarded: chosen.rules.length > 0 ? joinRules(of('guards') as readonly MutationResult[]) : undefined,
    world: chosen.everything === 'none' ? undefined : joinResults(of('everything') as readonly ClosedWorldResult[]),
  };
}

function worldParts({ sites, everything }: Chosen): readonly Part[] {
  if (everything === 'none') return [];
  const only = everything === 'all' ? undefined : everything.only;
  return sites.map((site) => ({ of: 'everything', site, only }));
}

/**
 * Sites where the guards of rules are broken: production, which keeps every promise, and its variants for rules of
 * options alone. Elsewhere a promise can be off, and a break of it no violation.
 */
function guardedSites(sites: readonly MutatedSite[]): readonly MutatedSite[] {
  const ofProduction = sites.filter(({ deployment, workingDirectory }) => deployment === 'production' || workingDirectory !== undefined);
  return ofProduction.length > 0 ? ofProduction : sites;
}

function guardParts({ sites: all, rules }: Chosen): readonly Part[] {
  const sites = guardedSites(all);
  const starts = Array.from({ length: Math.ceil(rules.length / rulesOfPart) }, (_, part) => part * rulesOfPart);
  return starts.map((start) => ({ of: 'guards', sites, rules: rules.slice(start, start + rulesOfPart) }));
}

/** A line on a part that has ended: a complete run takes minutes. */
function progressOf(part: Part, answer: MutationResult | ClosedWorldResult): string {
  if (part.of === 'guards') return `mutated for ${part.rules.join(', ')}`;
  const { mutants, survived } = sumOf((answer as ClosedWorldResult).sites);
  return `mutated ${siteLabel(part.site)}: ${mutants} mutants, ${survived} survived`;
}
