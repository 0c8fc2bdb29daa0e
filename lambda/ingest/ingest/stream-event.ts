// What Lambda hands over of the stream: records in their order, each with its lines.
import { splitLines } from '../../../runtime/hit-lines';

/** The event of a Kinesis event source mapping, as far as it is used here ("Polling and batching streams", AWS Lambda Developer Guide). */
export interface StreamEvent {
  readonly Records: readonly {
    readonly kinesis: {
      /** Names the record in its shard; what a partial failure names. */
      readonly sequenceNumber: string;
      /** Base64. */
      readonly data: string;
      /** Seconds since 1970, with a fraction. */
      readonly approximateArrivalTimestamp: number;
    };
  }[];
}

export interface StreamRecord {
  readonly sequenceNumber: string;
  /** When the stream took it, in seconds since 1970. */
  readonly arrived: number;
  /** Its hits, undecoded. */
  readonly lines: readonly Uint8Array[];
}

/** Reads the records of an event. Their data may be anything; @throws TypeError for what is no such event. */
export function readStreamEvent(event: unknown): StreamRecord[] {
  const records = isObject(event) ? event.Records : undefined;
  if (!Array.isArray(records)) throw eventError('Records', 'a list', records);
  return records.map((record: unknown, index) => {
    const kinesis = isObject(record) && isObject(record.kinesis) ? record.kinesis : {};
    const { sequenceNumber, data, approximateArrivalTimestamp: arrived } = kinesis;
    if (typeof sequenceNumber !== 'string') throw eventError(`Records[${index}].kinesis.sequenceNumber`, 'a text', sequenceNumber);
    if (typeof data !== 'string') throw eventError(`Records[${index}].kinesis.data`, 'base64', data);
    if (typeof arrived !== 'number') throw eventError(`Records[${index}].kinesis.approximateArrivalTimestamp`, 'seconds', arrived);
    return { sequenceNumber, arrived, lines: splitLines(Buffer.from(data, 'base64')) };
  });
}

/** The same records as an event. */
export function streamEventOf(records: readonly StreamRecord[]): StreamEvent {
  return {
    Records: records.map(({ sequenceNumber, arrived, lines }) => {
      const data = Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')])).toString('base64');
      return { kinesis: { sequenceNumber, data, approximateArrivalTimestamp: arrived } };
    }),
  };
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

const eventError = (where: string, expected: string, value: unknown): TypeError =>
  new TypeError(`stream event ${where}: expected ${expected}, got ${typeof value}; the function is called by its event source mapping`);
