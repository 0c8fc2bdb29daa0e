// The body of PutRecords, encoded natively: the SDK writes base64 byte by byte, a tenth of the collector's time under load.
import type { PutRecordsCommand } from '@aws-sdk/client-kinesis';

/** Bytes that are encoded at once, a multiple of 3: longer strings would be the old generation's, and its collections are slow. */
const piece = 49_152;

/**
 * What goes into one call, as bytes: JSON 1.1 of AWS. Partition keys are hexadecimal, and need no escapes.
 *
 * @param memory to write it into, if it has room
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

/** Sends `body` instead of what the command was made of. It is in place before length and signature are made of it. */
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
