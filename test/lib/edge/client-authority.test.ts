import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { App, Stack } from 'aws-cdk-lib/core';
import { ClientAuthority } from '../../../lib/edge/client-authority';
import { clientCa } from '../stacks/edge-stack';

function build(file: string): Template {
  const stack = new Stack(new App(), 'example-edge');
  new ClientAuthority(stack, 'ClientAuthority', { file });
  return Template.fromStack(stack);
}

test('the trust store holds the file of the configuration', () => {
  build(clientCa).hasResourceProperties('AWS::ElasticLoadBalancingV2::TrustStore', {
    CaCertificatesBundleS3Bucket: { 'Fn::Sub': Match.stringLikeRegexp('^cdk-\\w+-assets-') },
    CaCertificatesBundleS3Key: Match.stringLikeRegexp('^[0-9a-f]{64}\\.pem$'),
  });
});

describe('the synth fails on', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'rempart-ca-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  // Assembled here, so that no file of the project resembles a private key.
  const key = ['-----BEGIN', 'PRIVATE KEY-----\nAAAA\n-----END', 'PRIVATE KEY-----'].join(' ');
  const certificate = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';

  test.each([
    ['empty', '', 'no certificate'],
    ['other text', 'hello', 'no certificate'],
    ['a certificate that is cut off', '-----BEGIN CERTIFICATE-----\nAAAA\n', 'no certificate'],
    ['a key', `${key}\n`, 'one with a private key'],
    ['a certificate with its key', `${certificate}${key}\n`, 'one with a private key'],
  ])('%s', (name, text, got) => {
    const file = join(folder, `${name}.pem`);
    writeFileSync(file, text);
    expect(() => build(file)).toThrow(`edge.cloudflare.clientCa: expected a PEM file of certificates at ${file}, got ${got}; put the`);
  });

  test('a missing file, and a folder', () => {
    expect(() => build(join(folder, 'missing.pem'))).toThrow('got no readable file');
    expect(() => build(folder)).toThrow('got no readable file');
  });
});
