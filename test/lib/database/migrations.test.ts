import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checksumOf, migrationFiles } from '../../../lib/database/migration-files';
import { only, resourcesOf } from '../stacks/data-stack';

const files = { 'migrations/0001_a.sql': 'select 1;', 'migrations/0002_b.sql': 'select 2;' };

test('the files are those of database/, whole', () => {
  const folder = join(__dirname, '../../../database/migrations');
  const found = migrationFiles();
  expect(Object.keys(found)).toEqual(readdirSync(folder).map((name) => `migrations/${name}`));
  expect(found['migrations/0001_roles.sql']).toBe(readFileSync(join(folder, '0001_roles.sql'), 'utf8'));
});

test('line ends of a machine are not part of them, and an empty folder is an error', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rempart-migrations-'));
  try {
    expect(() => migrationFiles(folder)).toThrow(/^database\/migrations: expected SQL files, got none/);
    writeFileSync(join(folder, '0001_a.sql'), 'select 1;\r\nselect 2;\r\n');
    expect(migrationFiles(folder)).toEqual({ 'migrations/0001_a.sql': 'select 1;\nselect 2;\n' });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.each([
  ['another text', { ...files, 'migrations/0002_b.sql': 'select 3;' }],
  ['another name', { 'migrations/0001_a.sql': 'select 1;', 'migrations/0002_c.sql': 'select 2;' }],
  ['one more', { ...files, 'migrations/0003_c.sql': '' }],
  ['text that moved from one to the next', { 'migrations/0001_a.sql': 'select 1;s', 'migrations/0002_b.sql': 'elect 2;' }],
])('%s is another checksum', (_, changed) => {
  expect(checksumOf(changed)).not.toBe(checksumOf(files));
});

test('the order in which files were read is not part of the checksum', () => {
  expect(checksumOf(Object.fromEntries(Object.entries(files).reverse()))).toBe(checksumOf(files));
});

test('run again when files, database or key change, after the database and one at a time', () => {
  expect(only({}, 'Custom::DatabaseMigrations')).toMatchObject({
    Checksum: checksumOf(migrationFiles()),
    Database: { 'Fn::GetAtt': ['DatabaseClusterC6094C50', 'DBClusterResourceId'] },
    ContextKey: { Ref: 'ContextKeyEAD3712C' },
    ServiceTimeout: '960',
  });
  expect(only({}, 'AWS::Lambda::Function', 'MigrationsFunction')).toMatchObject({ ReservedConcurrentExecutions: 1, Timeout: 900 });
  const [schema] = Object.values(resourcesOf({}, 'Custom::DatabaseMigrations'));
  expect(schema?.DependsOn).toEqual(
    expect.arrayContaining(['DatabaseWriter2C00925F', 'DatabaseFromMigrations0D7C95FC', 'MigrationsToDatabase07B99656']),
  );
});
