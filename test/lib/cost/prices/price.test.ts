import { serverPrice } from '../../../../lib/cost/prices/compute';
import { databaseClass } from '../../../../lib/cost/prices/data';
import { applied, dollars, fallbackOrder, pricedRegions } from '../../../../lib/cost/prices/price';
import { prices } from '../../../../lib/cost/prices/prices';
import { sources } from '../../../../lib/cost/prices/sources';

const price = (by: object) => ({ service: 'a service', unit: 'hour', by, sources: [1] });

test('a price of the region comes before any other', () => {
  expect(applied('x', price({ P: 1, F: 2, V: 3 }), 'eu-central-1')).toMatchObject({ rate: 2, from: 'F', isFallback: false });
  expect(applied('x', price({ P: 1, all: 4 }), 'eu-central-1')).toMatchObject({ rate: 4, from: 'all', isFallback: false });
});

test('Paris, Frankfurt, London and Virginia stand in, in this order', () => {
  expect(fallbackOrder.slice(0, 4).map((letter) => pricedRegions[letter])).toEqual(['eu-west-3', 'eu-central-1', 'eu-west-2', 'us-east-1']);
  expect(applied('x', price({ V: 4, L: 3, F: 2, P: 1 }), 'eu-north-1')).toMatchObject({ from: 'P', isFallback: true });
  expect(applied('x', price({ V: 4, L: 3, F: 2 }), 'eu-west-3')).toMatchObject({ from: 'F', isFallback: true });
  expect(applied('x', price({ V: 4, L: 3 }), 'eu-west-3')).toMatchObject({ from: 'L', isFallback: true });
  expect(applied('x', price({ V: 4, I: 3 }), 'eu-west-3')).toMatchObject({ from: 'V', isFallback: true });
});

test('a price of no region is an error', () => {
  expect(() => applied('natHour', price({}), 'eu-west-3')).toThrow('natHour: expected a price of one region, got none');
});

test.each([
  [100, 0],
  [1100, 90],
  [10_340, 921.6],
  [51_300, 921.6 + 3481.6],
  [105_996, 921.6 + 3481.6 + 54_696 * 0.07],
  [200_000, 921.6 + 3481.6 + 7168 + 46_300 * 0.05],
])('%i GB to the internet cost %d', (gigabytes, usd) => {
  const { rate } = applied('internetOutGb', prices.internetOutGb, 'eu-west-3');
  expect(dollars(rate, gigabytes)).toBeCloseTo(usd, 2);
});

test.each(Object.entries(prices))('%s has a listed source with a date, and a price above zero', (_, { by, sources: numbers }) => {
  expect(numbers.length).toBeGreaterThan(0);
  for (const number of numbers)
    expect(sources[number]).toMatchObject({ where: expect.any(String), date: expect.stringMatching(/\d{4}|undated/) });
  for (const rate of Object.values(by)) expect(typeof rate === 'number' ? rate : rate.at(-1)?.usd).toBeGreaterThan(0);
});

test('a server type or database class without a price is an error that lists those with one', () => {
  expect(serverPrice('m8g.large').by).toEqual({ P: 0.10472, F: 0.1075 });
  expect(() => serverPrice('x1.huge')).toThrow(/expected one of m8g\.large, .*, got x1\.huge; add its price/);
  expect(databaseClass('db.r7g.large')).toMatchObject({ processors: 2, price: { by: { V: 0.276 } } });
  expect(() => databaseClass('db.m1.small')).toThrow(/expected db\.serverless or one of .*, got db\.m1\.small; add its price/);
});
