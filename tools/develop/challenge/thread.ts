// A part of the challenges, which runs in a thread of its own.

import { type Challenged, type PartRequest, runPart, uniquePart } from './parts';
import type { Uniqueness } from './unique';

/** Runs a part in this thread. */
export const run = (request: PartRequest): Challenged | readonly Uniqueness[] => (request.unique ? uniquePart(request) : runPart(request));
