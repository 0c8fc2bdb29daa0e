// The body of PutRecords, with native base64: the SDK encodes byte by byte, which takes a tenth of the collector's
// time under load.
import type { PutRecordsCommand } from '@aws-sdk/client-kinesis';

/**
 * Bytes encoded at once, a multiple of 3: longer strings would be allocated in the old generation, whose collections
 * are slow.
 */
const piece = 49_152;

/**
 * The body of one call, in AWS JSON 1.1. Partition keys are hexadecimal and need no escapes.
 *
 * @param memory receives the body if it is large enough
 */
export function putRecordsBody(stream: string, records: readonly Uint8Array[], partitionKey: () => string, memory?: Buffer): Buffer {
  const begin = `{"StreamName":${JSON.stringify(stream)},"Records":[`;
  const parts = records.map((record) => ({ record, middle: `","PartitionKey":"${partitionKey()}"}` }));
  const length = parts.reduce((sum, { record, middle }) => sum + 10 + Math.ceil(record.length / 3) * 4 + middle.length, begin.length + 2);
  const body = memory && memory.length >= length ? memory : Buffer.allocUnsafeSlow(length);
  let at = body.write(begin, 'latin1');
  for (const [index, { record, middle }] of parts.entries()) {
    at += body.write(index === 0 ? '{"Data":"' : ',{"Data":"', at, 'latin1');
    const bytes = Buffer.from(record.buffer, record.byteOffset, record.length);
    for (let from = 0; from < bytes.length; from += piece) at += body.write(bytes.toString('base64', from, from + piece), at, 'latin1');
    at += body.write(middle, at, 'latin1');
  }
  at += body.write(']}', at, 'latin1');
  return body.subarray(0, at);
}

/** Replaces the body of the command, before its length and signature are computed. */
export function withBody(command: PutRecordsCommand, body: Buffer): PutRecordsCommand {
  command.middlewareStack.add(
    (next) => (args) => {
      Object.assign(args.request as object, { body });
      return next(args);
    },
    { step: 'build', priority: 'high', name: 'putRecordsBody' },
  );
  return command;
}
