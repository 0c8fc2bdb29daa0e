// Requests a certificate from an authority over ACME, with a DNS record as proof of the domain. (RFC 8555, DSS-5.3.2)
import { Client, crypto } from 'acme-client';
import type { Account, AccountSecret } from './account';
import { UnavailableError } from './acme-transport';
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

/** Polling of the authority's progress: number of requests, and milliseconds between them. */
export interface Polling {
  readonly backoffAttempts: number;
  readonly backoffMin: number;
  readonly backoffMax: number;
}

/** About four minutes for the proof, and four for the certificate. */
const polling: Polling = { backoffAttempts: 20, backoffMin: 2000, backoffMax: 15_000 };

/** Attempts with an unavailable authority, and milliseconds between them. */
const attempts = 3;
const retryDelay = 20_000;

export interface IssueParts {
  readonly records: ProofRecords;
  readonly account: AccountSecret;
  readonly pause: Pause;
  /** @default twenty times, 2 to 15 seconds apart */
  readonly polling?: Polling;
}

/**
 * A certificate with a new key of RSA 4096, which exists only in this process and in the returned value. The record of
 * the proof is deleted in any case.
 *
 * @throws Error with the authority's reason if it issues no certificate
 */
export async function issue(order: Order, parts: IssueParts): Promise<Material> {
  const { domain, directory } = order;
  for (let attempt = 1; ; attempt++) {
    try {
      return await issueOnce(order, parts);
    } catch (error) {
      if (error instanceof UnavailableError && attempt < attempts) {
        console.warn(`${directory}: ${error.message}; attempt ${attempt} of ${attempts}`);
        await parts.pause(retryDelay);
        continue;
      }
      const got = error instanceof Error ? error.message : String(error);
      const remedy =
        "check that the zone is the domain's public zone, that its CAA records allow the authority, and the authority's rate limits";
      throw new Error(`certificate for ${domain}: expected one from ${directory}, got ${got}; ${remedy}`, { cause: error });
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
    // Route 53 has confirmed the record on all its name servers; the library would query the function's resolver.
    skipChallengeVerification: true,
    challengePriority: ['dns-01'],
    challengeCreateFn: async (_, { type }, value) => {
      if (type !== 'dns-01') throw new Error(`expected a dns-01 challenge, got ${type}`);
      await parts.records.publish(domain, value);
    },
    challengeRemoveFn: (_, __, value) => withdraw(parts.records, domain, value),
  });
  const [certificate = '', ...chain] = crypto.splitPemChain(pem);
  return { certificate, chain: chain.join(''), privateKey: key.toString() };
}

/** A failure is only logged: the next proof replaces the record. */
async function withdraw(records: ProofRecords, domain: string, value: string): Promise<void> {
  try {
    await records.withdraw(domain, value);
  } catch (error) {
    console.warn(`_acme-challenge.${domain}: the record of the proof could not be deleted`, error);
  }
}

/** The account in the secret, or a new one. The key is stored in the secret before it is registered. */
async function signIn({ directory, contact }: Order, { account, ...parts }: IssueParts): Promise<Client> {
  const known = await account.read();
  const isKnown = known?.directory === directory;
  const own: Account = isKnown ? known : { ...known, directory, key: await newKey() };
  if (!isKnown) await account.write(own, known);
  const client = new Client({ directoryUrl: directory, accountKey: own.key, ...(parts.polling ?? polling) });
  await client.createAccount({ termsOfServiceAgreed: true, contact: [`mailto:${contact}`] });
  if (isKnown) await rotateKey(client, own, account);
  return client;
}

const newKey = async (): Promise<string> => (await crypto.createPrivateEcdsaKey('P-256')).toString();

/**
 * If the authority accepts the key and the secret is not written, the account is lost; the next run creates another.
 * (TOM-3.10)
 */
async function rotateKey(client: Client, own: Account, account: AccountSecret): Promise<void> {
  try {
    const key = await newKey();
    await client.updateAccountKey(key);
    await account.write({ ...own, key }, own);
  } catch (error) {
    console.warn('the key of the account could not be rotated; the next certificate retries it', error);
  }
}
