// Has a certificate authority issue a certificate over ACME, proving the domain by a DNS record. (RFC 8555, DSS-5.3.2)
import { Client, crypto } from 'acme-client';
import type { Account, AccountSecret } from './account';
import { Unavailable } from './acme-transport';
import type { Material } from './certificate-store';
import type { Pause } from './pause';
import type { ProofRecords } from './proof-records';

export interface Order {
  readonly domain: string;
  /** E-mail address for the authority. */
  readonly contact: string;
  /** URL of the authority's directory. */
  readonly directory: string;
}

/** How often, and how many milliseconds apart, the authority is asked whether it is done. */
export interface Polling {
  readonly backoffAttempts: number;
  readonly backoffMin: number;
  readonly backoffMax: number;
}

/** Some four minutes for the proof, and as many for the certificate. */
const polling: Polling = { backoffAttempts: 20, backoffMin: 2000, backoffMax: 15_000 };

/** How often an authority that is away is asked, and milliseconds between. */
const attempts = 3;
const apart = 20_000;

export interface IssueParts {
  readonly records: ProofRecords;
  readonly account: AccountSecret;
  readonly pause: Pause;
  /** @default twenty times, 2 to 15 seconds apart */
  readonly polling?: Polling;
}

/**
 * A certificate with a new key of RSA 4096, which exists in this process and in what is returned. Throws, with what the authority
 * said, if it issues none; the record of the proof is taken away in any case.
 */
export async function issue(order: Order, parts: IssueParts): Promise<Material> {
  const { domain, directory } = order;
  for (let attempt = 1; ; attempt++) {
    try {
      return await issueOnce(order, parts);
    } catch (error) {
      if (error instanceof Unavailable && attempt < attempts) {
        console.warn(`${directory}: ${error.message}; attempt ${attempt} of ${attempts}`);
        await parts.pause(apart);
        continue;
      }
      const got = error instanceof Error ? error.message : String(error);
      const todo = 'see that the zone is the public one of the domain, that its CAA records admit the authority, and what it limits';
      throw new Error(`certificate for ${domain}: expected one from ${directory}, got ${got}; ${todo}`, { cause: error });
    }
  }
}

async function issueOnce(order: Order, parts: IssueParts): Promise<Material> {
  const { domain } = order;
  const client = await signIn(order, parts);
  const [key, csr] = await crypto.createCsr({ altNames: [domain] }, await crypto.createPrivateRsaKey(4096));
  const pem = await client.auto({
    csr,
    termsOfServiceAgreed: true,
    // Route 53 has said that all its name servers know the record; the library would ask whatever resolver the function has.
    skipChallengeVerification: true,
    challengePriority: ['dns-01'],
    challengeCreateFn: async (_, { type }, value) => {
      if (type !== 'dns-01') throw new Error(`a challenge of type ${type} alone, which is not dns-01`);
      await parts.records.publish(domain, value);
    },
    challengeRemoveFn: (_, __, value) => withdraw(parts.records, domain, value),
  });
  const [certificate = '', ...chain] = crypto.splitPemChain(pem);
  return { certificate, chain: chain.join(''), privateKey: key.toString() };
}

/** A record that stays does no harm: the next proof takes its place. The certificate counts for more. */
async function withdraw(records: ProofRecords, domain: string, value: string): Promise<void> {
  try {
    await records.withdraw(domain, value);
  } catch (error) {
    console.warn(`_acme-challenge.${domain}: the proof could not be taken away`, error);
  }
}

/** The account of the secret, or a new one; its key is in the secret before the authority hears of it. */
async function signIn({ directory, contact }: Order, { account, ...parts }: IssueParts): Promise<Client> {
  const known = await account.read();
  const isKnown = known?.directory === directory;
  const own: Account = isKnown ? known : { ...known, directory, key: await newKey() };
  if (!isKnown) await account.write(own, known);
  const client = new Client({ directoryUrl: directory, accountKey: own.key, ...(parts.polling ?? polling) });
  await client.createAccount({ termsOfServiceAgreed: true, contact: [`mailto:${contact}`] });
  if (isKnown) await changeKey(client, own, account);
  return client;
}

const newKey = async (): Promise<string> => (await crypto.createPrivateEcdsaKey('P-256')).toString();

/** A key that the authority took and the secret did not is lost, and its account with it: the next run makes another. (TOM-3.10) */
async function changeKey(client: Client, own: Account, account: AccountSecret): Promise<void> {
  try {
    const key = await newKey();
    await client.updateAccountKey(key);
    await account.write({ ...own, key }, own);
  } catch (error) {
    console.warn('the key of the account could not be changed; it is tried again with the next certificate', error);
  }
}
