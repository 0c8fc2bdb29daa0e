// Classification of failures: in doubt, the record is not at fault.
import { isFaultOfRecord } from '../../../../lambda/ingest/ingest/fault';

const withCode = (code: string) => Object.assign(new Error('x'), { code });

test.each([
  ['a limit of the server', withCode('54000')],
  ['a mistake of the code', new TypeError('x is not a function')],
  ['another one', new RangeError('Maximum call stack size exceeded')],
])('the record: %s', (_, error) => expect(isFaultOfRecord(error)).toBe(true));

test.each([
  ['a connection that is refused', withCode('ECONNREFUSED')],
  ['a connection that broke', new Error('Connection terminated unexpectedly')],
  ['a lost connection', withCode('08006')],
  ['a deadlock', withCode('40P01')],
  ['a missing table', withCode('42P01')],
  ['too many connections', withCode('53300')],
  ['a lock that was not given', withCode('55P03')],
  ['a shutdown', withCode('57P01')],
  ['a statement that took too long', withCode('57014')],
  ['a broken page', withCode('XX001')],
  ['a month without a partition', withCode('23514')],
  ['a network below fetch', new TypeError('fetch failed', { cause: withCode('ECONNRESET') })],
  ['a time limit', new DOMException('late', 'TimeoutError')],
  ['several', new AggregateError([new TypeError('x')])],
  ['no error', 'x'],
])('not the record: %s', (_, error) => expect(isFaultOfRecord(error)).toBe(false));
