// The name of a segment's file: its number, and the arrival of its first hit by both clocks.
import type { Boot } from '../clock/boot';

/**
 * A number, which makes the name unique; milliseconds since 1970, for people and for another boot; the boot, and
 * milliseconds of its clock.
 */
const pattern = /^(\d{12})-(\d{13})(?:-([0-9a-f]{8})-(\d{1,15}))?\.segment$/;

/**
 * Longest age that a time since 1970 can show, in milliseconds: a day. The clock of an earlier boot may have been in
 * another year, and the age is a metric on which the fleet scales.
 */
const longestAge = 86_400_000;

/** The name of a new segment. */
export function segmentName(number: number, boot: Boot): string {
  const moment = boot.id === undefined ? '' : `-${boot.id}-${Math.max(0, Math.round(boot.now()))}`;
  return `${String(number).padStart(12, '0')}-${String(Math.max(0, Math.round(boot.wall()))).padStart(13, '0')}${moment}.segment`;
}

export interface NamedSegment {
  readonly number: number;
  /** Arrival of its first hit, by the clock of the present boot; negative for an earlier boot. */
  readonly since: number;
}

/**
 * Reads a name; undefined for another file. An age is never negative: a name from the future is from a clock that was
 * set back since.
 */
export function readSegmentName(name: string, boot: Boot): NamedSegment | undefined {
  const [, number, arrived, id, moment] = pattern.exec(name) ?? [];
  if (number === undefined) return undefined;
  const now = boot.now();
  if (id !== undefined && id === boot.id && Number(moment) <= now) return { number: Number(number), since: Number(moment) };
  const age = Math.min(Math.max(boot.wall() - Number(arrived), 0), longestAge);
  return { number: Number(number), since: now - age };
}
