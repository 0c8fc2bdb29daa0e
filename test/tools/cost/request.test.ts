import { leverNames, readRequest } from '../../../tools/cost/request';

test('the defaults', () => {
  expect(readRequest({})).toEqual({
    load: { hitsPerSecond: 2000, sites: 200, hitsPerRequest: 1 },
    month: undefined,
    deployment: 'production',
    site: 'home',
    place: undefined,
    with: [],
    view: 'estimate',
  });
});

test('each option is read', () => {
  const values = {
    'hits-per-second': '0',
    sites: '7',
    'hits-per-request': '10',
    month: '25',
    'hits-in': 'lake',
    with: 'batches,short-window',
  };
  expect(readRequest({ ...values, levers: true, deployment: 'staging', site: 'recovery' })).toEqual({
    load: { hitsPerSecond: 0, sites: 7, hitsPerRequest: 10 },
    month: 25,
    deployment: 'staging',
    site: 'recovery',
    place: 'lake',
    with: ['batches', 'short-window'],
    view: 'levers',
  });
});

test.each([
  [{ 'hits-per-second': '-1' }, '--hits-per-second: expected a whole number of 0 or more, got -1; choose such a number'],
  [{ sites: '0' }, '--sites: expected a whole number of 1 or more, got 0; choose such a number'],
  [{ month: '1.5' }, '--month: expected a whole number of 1 or more, got 1.5; choose such a number'],
  [{ 'hits-in': 'redshift' }, '--hits-in: expected database or lake, got redshift; choose one'],
  [{ with: 'batches,x' }, `--with: expected some of ${leverNames.join(', ')}, got "x"; correct the name`],
  [
    { levers: true, scale: true },
    'command line: expected one of --levers, --scale, --table, --assumptions, got --levers and --scale; run them one by one',
  ],
  [{ table: true, month: '3' }, '--month: expected no value with --table, got 3; leave one of them out'],
  [{ scale: true, 'hits-per-second': '3' }, '--hits-per-second: expected no value with --scale, got 3; leave one of them out'],
])('%j is refused', (values, message) => {
  expect(() => readRequest(values)).toThrow(message);
});
