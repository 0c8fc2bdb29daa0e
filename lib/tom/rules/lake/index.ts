// Rules about the lake: whose sessions reach it, how long it keeps a hit, and who writes it.
import type { Rule } from '../../rule';
import { erasedInTime } from './erased-in-time';
import { lakeWritten } from './lake-written';
import { oneSiteOfLake } from './one-site';

export const lakeRules: readonly Rule[] = [erasedInTime, lakeWritten, oneSiteOfLake];
