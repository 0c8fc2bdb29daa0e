// Domains that assign subdomains to customers.
import { isShared } from '../../../../lib/config/settings/shared-domains';

/** Domains that a deployment may need besides the services of its region: a domain with one owner is allowed. */
test.each([
  'deb.debian.org',
  '.example.com',
  'example.co.uk',
  '.example.co.uk',
  'registry.npmjs.org',
  'd111111abcdef8.cloudfront.net',
  'example.github.io',
  '.example.github.io',
  'sqs.eu-west-3.amazonaws.com',
  'bucket.s3.eu-west-3.amazonaws.com',
  'example.blob.core.windows.net',
  'city.kawasaki.jp',
  '.xn--bcher-kva.example',
])('%s has an owner', (name) => {
  expect(isShared(name)).toBe(false);
});

test.each([
  'co.uk',
  '.co.uk',
  '.gouv.fr',
  '.kawasaki.jp',
  '.foo.ck',
  '.xn--55qx5d.cn',
  // The private section of the list.
  'github.io',
  '.github.io',
  '.cloudfront.net',
  '.herokuapp.com',
  '.blob.core.windows.net',
  's3.eu-west-3.amazonaws.com',
  '.execute-api.eu-west-3.amazonaws.com',
  '.eu-west-3.compute.amazonaws.com',
  '.lambda-url.eu-west-3.on.aws',
])('%s is a public suffix', (name) => {
  expect(isShared(name)).toBe(true);
});

test.each([
  'amazonaws.com',
  '.amazonaws.com',
  '.eu-west-3.amazonaws.com',
  '.dkr.ecr.eu-west-3.amazonaws.com',
  '.on.aws',
  '.core.windows.net',
  '.windows.net',
])('%s is above or beside one', (name) => {
  expect(isShared(name)).toBe(true);
});

test.each(['notamazonaws.com', '.my-windows.net', 'amazonaws.com.example.org', '.amazonaws.com.example.org'])(
  '%s only looks like one',
  (name) => {
    expect(isShared(name)).toBe(false);
  },
);

test.each(['', '.', '..', 'com', '::1', 'a b', `${'a.'.repeat(5000)}com`, '\u0000', 'https://example.org/?q=co.uk'])(
  'any other text gets an answer: %j',
  (name) => {
    expect(typeof isShared(name)).toBe('boolean');
  },
);
