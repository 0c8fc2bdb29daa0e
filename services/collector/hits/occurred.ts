// The time of an event by the client's clock, in the forms that SDKs send.
import { isTimestamp, skew } from '../../../runtime/hit';
import type { Repair } from './repairs';

export interface ClientTime {
  /** ISO 8601 in UTC; undefined if the time of arrival is to be used. */
  readonly occurred?: string;
  /** Whether the text says more than `occurred`, and is kept beside it. */
  readonly repair?: Repair;
}

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000] as const;

/**
 * Reads the time of an event: RFC 3339 and ISO 8601 (calendar, week and ordinal dates, basic and extended, any number
 * of fraction digits, offsets, a space or an underscore for T, the name of a zone behind the offset (RFC 9557)), or a
 * number of seconds, milliseconds, microseconds or nanoseconds since 1970. A time without an offset is read as UTC.
 *
 * @param received time of arrival, in milliseconds since 1970
 */
export function readClientTime(sent: string, received: number): ClientTime {
  // As most SDKs send it.
  const isUsual: boolean = isTimestamp(sent);
  if (isUsual) return isWithinSkew(Date.parse(sent), received) ? { occurred: sent } : skewed;
  const read = readTime(sent.trim());
  if (read === undefined) return { repair: 'occurred:unreadable' };
  const { milliseconds, microseconds, repair } = read;
  if (!isWithinSkew(milliseconds, received)) return skewed;
  const occurred = inUtc(milliseconds, microseconds);
  return repair === undefined ? { occurred } : { occurred, repair };
}

const skewed: ClientTime = { repair: 'occurred:skew' };

const isWithinSkew = (milliseconds: number, received: number): boolean =>
  received - milliseconds >= -skew.minutesAhead * minute && received - milliseconds <= skew.daysBehind * day;

/** With six digits of a fraction if there are microseconds. */
function inUtc(milliseconds: number, microseconds: number): string {
  const text = new Date(milliseconds).toISOString();
  return microseconds === 0 ? text : `${text.slice(0, -1)}${String(microseconds).padStart(3, '0')}Z`;
}

interface ReadTime {
  /** Since 1970, whole. */
  readonly milliseconds: number;
  /** 0 to 999. */
  readonly microseconds: number;
  readonly repair: Repair | undefined;
}

function readTime(text: string): ReadTime | undefined {
  if (text.length > 64) return undefined;
  return numeric.test(text) ? readNumber(text) : readIso(text);
}

const numeric = /^-?\d{1,20}(?:\.\d+)?(?:[eE][+-]?\d{1,2})?$/;

/** By its magnitude: seconds until the year 5138, then milliseconds, microseconds, nanoseconds. */
function readNumber(text: string): ReadTime | undefined {
  const hasExponent = /e/i.test(text);
  // From 10^21 on, toFixed writes an exponent itself.
  if (hasExponent && Math.abs(Number(text)) >= 1e21) return undefined;
  const plain = hasExponent ? Number(text).toFixed(6) : text;
  const [whole = '', fraction = ''] = plain.split('.');
  const length = whole.replace(/^-?0*/, '').length;
  // A date in digits, as in 20260315, is within 1970 as seconds and is reported as skew.
  const digits = length <= 11 ? 0 : length <= 14 ? 3 : length <= 17 ? 6 : 9;
  // Nanoseconds since 1970.
  const shifted = BigInt(whole + fraction.slice(0, 9 - digits).padEnd(9 - digits, '0'));
  return fromNanoseconds(shifted, /[1-9]/.test(fraction.slice(9 - digits)));
}

function fromNanoseconds(nanoseconds: bigint, isFiner: boolean, repair?: Repair): ReadTime | undefined {
  const million = 1_000_000n;
  const rest = ((nanoseconds % million) + million) % million;
  const milliseconds = Number((nanoseconds - rest) / million);
  if (Math.abs(milliseconds) > 8.64e15) return undefined;
  const isRounded = isFiner || rest % 1000n !== 0n;
  return { milliseconds, microseconds: Number(rest / 1000n), repair: repair ?? (isRounded ? 'occurred:precision' : undefined) };
}

const iso =
  /^(?<date>\d{4}(?:-?\d\d-?\d\d|-?W\d\d-?[1-7]|-?\d{3}))(?:[Tt_]| +)(?<hour>\d\d)(?::?(?<minute>\d\d)(?::?(?<second>\d\d))?)?(?:[.,](?<fraction>\d{1,30}))? ?(?<zone>[Zz]|UTC|GMT|[+\u2212-]\d\d(?::?\d\d)?|(?<= )\d\d(?::?\d\d)?)?(?:\[[\w/+-]+\])?$/;

function readIso(text: string): ReadTime | undefined {
  const parts = iso.exec(text)?.groups;
  if (parts === undefined) return undefined;
  const { date = '', hour: hours = '', minute: minutes, second: seconds, fraction = '', zone } = parts;
  const start = startOfDay(date);
  const [h, m, s] = [Number(hours), Number(minutes ?? 0), Number(seconds ?? 0)];
  // 24:00 is the end of the day; second 60 a leap second, which is the next minute.
  const isMidnight = h === 24 && m === 0 && s === 0 && !/[1-9]/.test(fraction);
  const offset = offsetOf(zone);
  if (start === undefined || offset === undefined || (h > 23 && !isMidnight) || m > 59 || s > 60) return undefined;
  const unit = seconds !== undefined ? 1000 : minutes !== undefined ? minute : hour;
  const whole = start + h * hour + m * minute + s * 1000 - offset;
  // A fraction is one of the last unit that was sent.
  const nanoseconds = (BigInt(unit) * 1_000_000n * BigInt(fraction || 0)) / 10n ** BigInt(fraction.length);
  const isFiner = unit === 1000 && /[1-9]/.test(fraction.slice(9));
  return fromNanoseconds(
    BigInt(whole) * 1_000_000n + nanoseconds,
    isFiner,
    zone === undefined || isSpoilt(zone) ? 'occurred:zone' : undefined,
  );
}

/** A plus that was not encoded in a query, and is a space there: `12:00:00 02:00`. */
const isSpoilt = (zone: string): boolean => /^\d/.test(zone);

/** The start of an existing day in UTC, in milliseconds since 1970. */
function startOfDay(date: string): number | undefined {
  const [year, rest] = [Number(date.slice(0, 4)), date.slice(4).replaceAll('-', '')];
  const first = Date.UTC(year, 0, 1);
  if (rest.startsWith('W')) {
    // Week 1 has the 4th of January; weeks begin on Monday.
    const fourth = Date.UTC(year, 0, 4);
    const monday = fourth - ((new Date(fourth).getUTCDay() + 6) % 7) * day;
    const week = Number(rest.slice(1, 3));
    const start = monday + ((week - 1) * 7 + Number(rest.slice(3)) - 1) * day;
    // The year of a week is that of its Thursday.
    const thursday = monday + ((week - 1) * 7 + 3) * day;
    return week >= 1 && new Date(thursday).getUTCFullYear() === year ? start : undefined;
  }
  const isOrdinal = rest.length === 3;
  const start = isOrdinal ? first + (Number(rest) - 1) * day : Date.UTC(year, Number(rest.slice(0, 2)) - 1, Number(rest.slice(2)));
  const shown = new Date(start).toISOString();
  const isReal = isOrdinal ? Number(rest) >= 1 && shown.startsWith(date.slice(0, 4)) : shown.slice(5, 10).replace('-', '') === rest;
  return isReal ? start : undefined;
}

/** Milliseconds ahead of UTC; 0 without a zone, undefined for an impossible one. */
function offsetOf(zone: string | undefined): number | undefined {
  if (zone === undefined || /^[A-Za-z]/.test(zone)) return 0;
  const digits = zone.replace(/^\D/, '').replace(':', '');
  const [hours, minutes] = [Number(digits.slice(0, 2)), Number(digits.slice(2) || 0)];
  if (hours > 23 || minutes > 59) return undefined;
  return (zone.startsWith('+') || isSpoilt(zone) ? 1 : -1) * (hours * hour + minutes * minute);
}
