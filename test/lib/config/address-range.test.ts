import { addressIn, rangeOf } from '../../../lib/config/address-range';

test.each([
  ['10.64.0.0/16', 2, '10.64.0.2'],
  ['10.64.3.7/16', 2, '10.64.0.2'],
  ['10.64.16.0/20', 2, '10.64.16.2'],
  ['192.0.2.128/25', 2, '192.0.2.130'],
  ['192.0.2.0/24', 0, '192.0.2.0'],
])('of %s the address %i is %s', (range, number, address) => {
  expect(addressIn(rangeOf(range), number)).toBe(address);
});
