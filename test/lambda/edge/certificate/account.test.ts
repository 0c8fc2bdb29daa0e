// The secret with the account at the authority. Secrets Manager is a mock.
import { AccountSecret } from '../../../../lambda/edge/certificate/account';
import { SecretsManagerStore } from '../../../../runtime/secret-store';
import { SecretsMock } from './mocks';

const name = 'production/certificate-account';
let secrets: SecretsMock;
let account: AccountSecret;

beforeEach(() => {
  secrets = new SecretsMock();
  account = new AccountSecret(new SecretsManagerStore(secrets.client, 'key'), name);
});

test('is made, read and replaced', async () => {
  expect(await account.read()).toBeUndefined();
  const first = { directory: 'https://acme.example.org', key: 'k' };
  await account.write(first, undefined);
  expect(await account.read()).toEqual(first);
  const second = { ...first, key: 'l', issuedBy: first.directory };
  await account.write(second, first);
  expect(await account.read()).toEqual(second);
});

test.each(['', 'null', '[]', '{"directory":"https://acme.example.org"}', '{"directory":1,"key":"k"}'])('%p is refused', async (value) => {
  secrets.values.set(name, value);
  await expect(account.read()).rejects.toThrow(
    `secret ${name}: expected the directory and key of an account, got something else; delete the secret`,
  );
});
