// Finds what somebody probably meant to write.
import { distance } from 'fastest-levenshtein';

/**
 * The candidate nearest to `word`, if one is near: it begins with the word, or at most half of its letters differ.
 * Capitals, hyphens and underscores do not count, so that `vpc-cidr` finds `vpcCidr`.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const target = plainWord(word.slice(0, 100));
  if (target.length < 2) return undefined;
  const ranked = candidates
    .map((candidate) => {
      const plainCandidate = plainWord(candidate);
      const begins = plainCandidate.startsWith(target) || target.startsWith(plainCandidate);
      const apart = distance(target, plainCandidate);
      return { candidate, apart: begins ? Math.min(apart, 1) : apart, limit: Math.max(target.length, plainCandidate.length) / 2 };
    })
    .filter(({ apart, limit }) => apart <= limit)
    .sort((a, b) => a.apart - b.apart);
  return ranked[0]?.candidate;
}

const plainWord = (word: string): string => word.toLowerCase().replace(/[-_]/g, '');
