// Rules about the stream of hits and the hit archive.
import type { Rule } from '../../rule';
import { hitArchive } from './hit-archive';
import { hitStream } from './hit-stream';

export const ingestRules: readonly Rule[] = [hitArchive, hitStream];
