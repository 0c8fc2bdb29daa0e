import { containsStackResources, isOpenToUntrustedNames } from '../../../../lib/tom/template/domains';

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
])('untrusted owners have names below %j', (domain) => {
  expect(isOpenToUntrustedNames(domain)).toBe(true);
});

test.each(['example.org', 'debian.org', 'ssm.eu-west-3.amazonaws.com', 'data-kinesis.eu-west-3.amazonaws.com', 'pages.github.com'])(
  'below %j one owner has',
  (domain) => {
    expect(isOpenToUntrustedNames(domain)).toBe(false);
  },
);

test('resources of the stack have names in shared domains of its own region', () => {
  expect(containsStackResources('s3.eu-west-3.amazonaws.com', 'eu-west-3')).toBe(true);
  expect(containsStackResources('s3.us-east-1.amazonaws.com', 'eu-west-3')).toBe(false);
  expect(containsStackResources('eu-west-3.amazonaws.com', 'eu-west-3')).toBe(false);
});
