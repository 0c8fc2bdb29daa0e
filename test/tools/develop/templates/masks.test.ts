// Names replace hashes; they stay the same when the code changes.
import { assetNames, Masks } from '../../../../tools/develop/templates/masks';

const asset = '0123456789abcdef'.repeat(4);
const other = 'f'.repeat(64);

test('an asset is named by its construct', () => {
  const names = assetNames('production-account', {
    files: { [asset]: { displayName: 'production-account/PasswordPolicy/Function/Code' } },
  });
  expect(new Masks(names).mask(`${asset}.zip`)).toBe('<asset:PasswordPolicy/Function>.zip');
});

test('other hashes are numbered by first appearance, the same hash alike', () => {
  const masks = new Masks(new Map());
  expect([masks.mask(`a/${other}`), masks.mask('1'.repeat(32)), masks.mask(`${other}b`), masks.mask(`b/${other}`)]).toEqual([
    'a/<hash 1>',
    '<hash 2>',
    `${other}b`,
    'b/<hash 1>',
  ]);
});

test.each(['production-account', '111111111111', 'Vpc8378EB38', 'cdk-hnb659fds-assets', '2012-10-17', '10.64.0.0/16'])(
  '%s is no hash',
  (text) => {
    expect(new Masks(new Map()).mask(text)).toBe(text);
  },
);
