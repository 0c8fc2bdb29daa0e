// Who changed a security group: the caller of a call that CloudTrail recorded. Pure.

/** The caller of one call, and the security groups, rules and prefix lists that the record of it names. */
export interface Change {
  /** As in `AuthorizeSecurityGroupIngress`. */
  readonly call: string;
  /** ARN of the caller; `unknown` where the record has none. */
  readonly by: string;
  readonly from: string;
  readonly at: string;
  /** Error of a call that changed nothing. */
  readonly error?: string;
  readonly ids: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const textOf = (value: unknown): string => (typeof value === 'string' && value !== '' ? value : 'unknown');

/**
 * The change in an event of EventBridge ("AWS API Call via CloudTrail"); `undefined` for any other event, such as that
 * of a schedule. Records name rules in several places: those that a call creates are in its response.
 */
export function changeOf(event: unknown): Change | undefined {
  const detail = isFields(event) ? event.detail : undefined;
  if (!isFields(detail) || typeof detail.eventName !== 'string') return undefined;
  const identity = isFields(detail.userIdentity) ? detail.userIdentity : {};
  return {
    call: detail.eventName,
    by: textOf(identity.arn ?? identity.invokedBy ?? identity.principalId),
    from: textOf(detail.sourceIPAddress),
    at: textOf(detail.eventTime),
    ...(typeof detail.errorCode === 'string' ? { error: detail.errorCode } : {}),
    ids: [...new Set([...idsIn(detail.requestParameters), ...idsIn(detail.responseElements)])].sort(),
  };
}

/** The ids anywhere below a value. A record has at most 256 KB, and its depth is small. */
function idsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return /^(?:sgr?|pl)-[0-9a-f]+$/.test(value) ? [value] : [];
  if (Array.isArray(value)) return value.flatMap(idsIn);
  return isFields(value) ? Object.values(value).flatMap(idsIn) : [];
}

/** The caller in words, if the change names one of the ids. */
export function authorOf(change: Change | undefined, ...ids: readonly (string | undefined)[]): string | undefined {
  if (change === undefined || change.error !== undefined || !ids.some((id) => id !== undefined && change.ids.includes(id)))
    return undefined;
  const { by, from, call, at } = change;
  return `${by} from ${from} by ${call} at ${at}`;
}
