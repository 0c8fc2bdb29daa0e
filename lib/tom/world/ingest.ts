// The stream of hits and its delivery to the archive.
import type { Declaration } from './declaration';

export const ingestDeclarations: readonly Declaration[] = [];
