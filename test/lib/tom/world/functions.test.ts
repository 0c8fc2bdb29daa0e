// The contract of each function: code with the mark of its control, and variables that the configuration decides.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { FileSystem } from 'aws-cdk-lib/core';
import { controlMark, controlMarkText } from '../../../../lib/config/control-mark';
import { controls, functionName } from '../../../../lib/config/names';
import { settingsSchema } from '../../../../lib/config/settings/settings';
import { siteOf } from '../../../../lib/config/site';
import { Assembly, type DeploymentFacts, type Json } from '../../../../lib/tom/template/assembly';
import { functionType } from '../../../../lib/tom/template/resource-types';
import { declarations } from '../../../../lib/tom/world/all';
import { contextOf, declaredResources } from '../../../../lib/tom/world/declaration';
import type { Form } from '../../../../lib/tom/world/form';
import { functionsDeclarations } from '../../../../lib/tom/world/functions';
import { checksumOf, codeOf } from '../../../../lib/tom/world/functions-code';
import { facts, resource, stack } from '../rules/example';

const root = mkdtempSync(join(tmpdir(), 'rempart-code-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const bucket = 'cdk-hnb659fds-assets-${AWS::AccountId}-eu-west-3';
const bundle = 'exports.handler=()=>process.env.SECURITY_GROUP_ID';
const marked = { 'index.js': bundle, [controlMark]: controlMarkText('ingest', bundle) };

/** Writes a folder of code, with the digest of its files as its name. */
function folderWith(files: Readonly<Record<string, string>>): { readonly path: string; readonly objectKey: string } {
  const path = mkdtempSync(join(root, 'asset-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return { path, objectKey: `${FileSystem.fingerprint(path)}.zip` };
}

interface Judged {
  readonly files?: Readonly<Record<string, string>>;
  readonly value?: Json;
  readonly objectKey?: string;
  readonly form?: Form;
}

const ofIngest = codeOf({ control: 'ingest', variables: ['SECURITY_GROUP_ID'] });

/** Requirements that the code of a function does not meet. */
function faultsOf({ files = marked, value, objectKey, form = ofIngest }: Judged): readonly string[] {
  const asset = folderWith(files);
  const key = objectKey ?? asset.objectKey;
  const lambda = resource(functionType, { Code: { S3Bucket: bucket, S3Key: key } });
  const assets = [{ bucket, path: asset.path, objectKey: key }];
  const assembly = new Assembly(facts, [stack({ Ingest12345678: lambda }, { assets })]);
  const [subject] = assembly.resources;
  if (!subject) throw new Error('expected a resource');
  const context = { resource: subject, assembly, facts, variables: { region: facts.region } };
  const found = value ?? { S3Bucket: bucket, S3Key: key };
  return form.deviations({ value: found, path: 'Properties.Code', context }).map(({ required }) => required);
}

test('code with the mark of its control, below the digest of its folder, is accepted', () => {
  expect(faultsOf({})).toEqual([]);
});

test.each<[string, Judged, RegExp]>([
  ['inline code', { value: { ZipFile: '' } }, /no other property/],
  ['a bucket of a stranger', { value: { S3Bucket: 'stranger', S3Key: 'x' } }, /no other property/],
  ['a further property', { value: { S3Bucket: bucket, S3Key: 'x', S3ObjectVersion: '1' } }, /no other property/],
  ['a key that the manifest does not list', { value: { S3Bucket: bucket, S3Key: `${'0'.repeat(64)}.zip` } }, /among the assets/],
  ['a key with another digest', { objectKey: `${'0'.repeat(64)}.zip` }, /a key with the digest of its folder/],
  ['no mark', { files: { 'index.js': bundle } }, /the asset of the control ingest/],
  ['the mark of another control', { files: { ...marked, [controlMark]: controlMarkText('certificate', bundle) } }, /of the control ingest/],
  ['a mark beside another bundle', { files: { ...marked, 'index.js': `${bundle};` } }, /the digest of index.js/],
  [
    'a bundle that does not read a variable',
    { files: { 'index.js': 'exports.handler=1', [controlMark]: controlMarkText('ingest', 'exports.handler=1') } },
    /SECURITY_GROUP_ID missing/,
  ],
  ['a further file', { files: { ...marked, 'other.js': '' } }, /in the folder of the code/],
])('%s is refused', (_, judged, required) => {
  expect(faultsOf(judged)).toEqual([expect.stringMatching(required)]);
});

test('a folder without the declared files is refused, and one with them accepted', () => {
  const form = codeOf({ control: 'ingest', variables: [], files: /^sql\/\w+\.sql$/ });
  expect(faultsOf({ form })).toEqual([expect.stringMatching(/files/)]);
  expect(faultsOf({ form, files: { ...marked, 'sql/a.sql': 'select 1' } })).toEqual([]);
});

test('a checksum is that of the files in the code of the function', () => {
  const form = checksumOf('Ingest', /^sql\/\w+\.sql$/);
  const files = { ...marked, 'sql/a.sql': 'select 1' };
  // SHA-256 of `sql/a.sql`, a zero byte, the length, a zero byte, and the content.
  const checksum = '1f7151838eb0f019730261222c8d150cf8daeccde0077361a8eac2d7bbb879db';
  expect(faultsOf({ form, files, value: checksum })).toEqual([]);
  expect(faultsOf({ form, files, value: '0'.repeat(64) })).toEqual([expect.stringMatching(/digest of the files/)]);
});

const certificateId = '11111111-2222-4333-8444-555555555555';

test('each control has one function', () => {
  const settings = settingsSchema.parse({
    environment: 'staging',
    owner: 'platform-team',
    access: { vpnCertificate: { home: certificateId }, managementGateway: { home: '8.8.4.4' }, signIn: 'identity-center' },
  });
  const staging = { ...facts, environment: 'staging', settings } as const;
  const functions = [...declaredResources(declarations, staging).values()].filter(({ declaration }) => declaration.type === functionType);
  const names = functions.flatMap((declared) => {
    const context = contextOf(declared, resourceNamed(declared.name), { assembly: new Assembly(staging, []) });
    const found = declared.declaration.form.deviations({ value: { Type: functionType, Properties: {} }, path: '', context });
    return found.filter(({ path }) => path === 'Properties.FunctionName').map(({ required }) => required);
  });
  const site = siteOf('production', 'home', settings, []);
  expect(names.toSorted()).toEqual(controls.map((control) => `"${functionName(site, control)}"`).toSorted());
});

function resourceNamed(name: string) {
  const [, id = ''] = name.split('/');
  const [found] = new Assembly(facts, [stack({ [id]: resource(functionType) })]).resources;
  if (!found) throw new Error('expected a resource');
  return found;
}

/** Paths of the variables of the certificate function that are refused in a configuration. */
function refusedVariables(edge: object, variables: Readonly<Record<string, string>>, changed: Partial<DeploymentFacts> = {}) {
  const settings = settingsSchema.parse({ environment: 'production', owner: 'platform-team', account: '111111111111', edge });
  const changedFacts = { ...facts, ...changed, settings };
  const declared = declaredResources(functionsDeclarations, changedFacts).get('edge/CertificateFunction');
  if (!declared) throw new Error('expected the function');
  const context = contextOf(declared, resourceNamed(declared.name), { assembly: new Assembly(changedFacts, []) });
  const value = { Type: functionType, Properties: { Environment: { Variables: variables } } };
  return declared.declaration.form
    .deviations({ value, path: '', context })
    .map(({ path }) => path.replace('Properties.Environment.Variables.', ''))
    .filter((path) => /^[A-Z_]+$/.test(path));
}

const selfSigned = { MODE: 'self-signed', DEPLOYMENT: 'production', DOMAIN: 'production.rempart.invalid', RENEW_DAYS: '30' };
const arn = 'arn:aws:acm:eu-west-3:111111111111:certificate/12345678-1234-1234-1234-123456789012';
const given = {
  ...{ MODE: 'given', DEPLOYMENT: 'production', DOMAIN: '*' },
  CERTIFICATE_ARN: arn.replace('111111111111', '${AWS::AccountId}'),
};

test('the certificate function has the variables of the mode that the configuration decides', () => {
  expect(refusedVariables({}, selfSigned)).toEqual([]);
  expect(refusedVariables({ certificate: { arn: { home: arn } } }, given)).toEqual([]);
  expect(refusedVariables({ certificate: { arn: { home: arn } } }, selfSigned)).toEqual(
    expect.arrayContaining(['MODE', 'DOMAIN', 'RENEW_DAYS', 'CERTIFICATE_ARN']),
  );
  expect(refusedVariables({}, given)).toEqual(expect.arrayContaining(['MODE', 'DOMAIN', 'RENEW_DAYS', 'CERTIFICATE_ARN']));
});
