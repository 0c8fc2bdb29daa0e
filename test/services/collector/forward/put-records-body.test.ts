// The body of PutRecords is valid JSON and base64 for any records.
import fc from 'fast-check';
import { putRecordsBody } from '../../../../services/collector/forward/put-records-body';

test('any records are read back from the body', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 50 }), { minLength: 1, maxLength: 10 }), (records) => {
      let key = 0;
      const body = JSON.parse(putRecordsBody('hits', records, () => String(key++)).toString());
      expect(body).toEqual({
        StreamName: 'hits',
        Records: records.map((record, index) => ({ Data: Buffer.from(record).toString('base64'), PartitionKey: String(index) })),
      });
    }),
  );
});

test('a long record is encoded in pieces, and memory that has room is used again', () => {
  const record = Buffer.alloc(100_003, 'abc');
  const memory = Buffer.alloc(200_000);
  const body = putRecordsBody('hits', [record], () => '1', memory);
  expect(Buffer.from(JSON.parse(body.toString()).Records[0].Data, 'base64').equals(record)).toBe(true);
  expect(body.buffer).toBe(memory.buffer);
  expect(putRecordsBody('hits', [record, record], () => '1', memory).buffer).not.toBe(memory.buffer);
});
