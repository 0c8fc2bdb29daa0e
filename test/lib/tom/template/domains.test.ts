import { hasNamesOfTheStack, isOpenToUntrustedNames } from '../../../../lib/tom/template/domains';

test.each([
  'com',
  'co.uk',
  'CO.UK',
  'co.uk.',
  'github.io',
  'cloudfront.net',
  'amazonaws.com',
  'eu-west-3.amazonaws.com',
  's3.eu-west-3.amazonaws.com',
  'execute-api.eu-west-3.amazonaws.com',
  'windows.net',
  '*.example.org',
  '',
])('below %j strangers have names', (domain) => {
  expect(isOpenToUntrustedNames(domain)).toBe(true);
});

test.each(['example.org', 'debian.org', 'ssm.eu-west-3.amazonaws.com', 'data-kinesis.eu-west-3.amazonaws.com', 'pages.github.com'])(
  'below %j one owner has',
  (domain) => {
    expect(isOpenToUntrustedNames(domain)).toBe(false);
  },
);

test('the stack has names of its own beside strangers, in its own region', () => {
  expect(hasNamesOfTheStack('s3.eu-west-3.amazonaws.com', 'eu-west-3')).toBe(true);
  expect(hasNamesOfTheStack('s3.us-east-1.amazonaws.com', 'eu-west-3')).toBe(false);
  expect(hasNamesOfTheStack('eu-west-3.amazonaws.com', 'eu-west-3')).toBe(false);
});
