// Records of CloudTrail as CloudWatch Logs delivers them to a function. Pure.
import { gunzipSync } from 'node:zlib';

type Fields = Readonly<Record<string, unknown>>;
export const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The fields of a record that the guard reads ("CloudTrail record contents"). */
export interface TrailRecord {
  readonly eventID?: string;
  readonly eventTime?: string;
  readonly eventSource?: string;
  readonly eventName?: string;
  readonly awsRegion?: string;
  readonly sourceIPAddress?: string;
  readonly errorCode?: string;
  readonly userIdentity?: {
    readonly type?: string;
    readonly arn?: string;
    readonly invokedBy?: string;
    readonly sessionContext?: { readonly sessionIssuer?: { readonly arn?: string } };
  };
  readonly requestParameters?: unknown;
  readonly responseElements?: unknown;
}

export interface Delivered {
  readonly records: readonly TrailRecord[];
  /** Messages that are no record, with the reason. */
  readonly unread: readonly string[];
}

/**
 * The records of a delivery ("Log group-level subscription filters": gzip in base64); `undefined` for any other event,
 * such as that of a schedule.
 *
 * @throws Error for a delivery that cannot be decoded: Lambda repeats it, and keeps it as a dead letter
 */
export function deliveredRecords(event: unknown): Delivered | undefined {
  const data = isFields(event) && isFields(event.awslogs) ? event.awslogs.data : undefined;
  if (typeof data !== 'string') return undefined;
  const delivery = JSON.parse(gunzipSync(Buffer.from(data, 'base64')).toString('utf8')) as {
    readonly messageType?: string;
    readonly logEvents?: readonly { readonly id?: string; readonly message?: string }[];
  };
  // A control message tests whether the destination can be reached.
  if (delivery.messageType === 'CONTROL_MESSAGE') return { records: [], unread: [] };
  const records: TrailRecord[] = [];
  const unread: string[] = [];
  for (const { id = '?', message = '' } of delivery.logEvents ?? []) {
    const record = parsed(message);
    if (record) records.push(record);
    else unread.push(`log event ${id}: no record of CloudTrail`);
  }
  return { records, unread };
}

function parsed(message: string): TrailRecord | undefined {
  try {
    const record: unknown = JSON.parse(message);
    return isFields(record) ? record : undefined;
  } catch {
    return undefined;
  }
}
