// The key of the certificate authority: its interface, and the key in AWS KMS, which never leaves it. (DSS-5.6.5)
import { createHash } from 'node:crypto';
import { GetPublicKeyCommand, type KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { messageOf, refusal } from './refusal';

/**
 * An RSA key of 2048 bits that signs certificates and revocation lists. Client VPN supports no longer key, and no
 * other type ("Mutual authentication in AWS Client VPN").
 */
export interface SigningKey {
  /** Place of the key, for errors, as in `kms:alias/production-vpn`. */
  readonly name: string;
  /** The public key, a SubjectPublicKeyInfo in DER. @throws Refusal if the key is not answered or of another type */
  publicKey(): Promise<Buffer>;
  /** A signature of a message: RSASSA-PKCS1-v1_5 with SHA-256. @throws Refusal if none is answered */
  sign(message: Uint8Array): Promise<Buffer>;
}

const algorithm = 'RSASSA_PKCS1_V1_5_SHA_256';

/** A key in AWS KMS, by id, ARN or alias. */
export class KmsSigningKey implements SigningKey {
  readonly name: string;

  constructor(
    private readonly client: Pick<KMSClient, 'send'>,
    private readonly keyId: string,
  ) {
    this.name = `kms:${keyId}`;
  }

  async publicKey(): Promise<Buffer> {
    const answer = await this.answered('its public key', () => this.client.send(new GetPublicKeyCommand({ KeyId: this.keyId })));
    const { KeySpec: spec, KeyUsage: usage, SigningAlgorithms: algorithms = [], PublicKey: der } = answer;
    if (spec !== 'RSA_2048' || usage !== 'SIGN_VERIFY' || !algorithms.includes(algorithm) || der === undefined) {
      const remedy = 'name the key of the certificate authority';
      throw refusal(this.name, `a key RSA_2048 for SIGN_VERIFY by ${algorithm}`, `${spec} for ${usage}`, remedy);
    }
    return Buffer.from(der);
  }

  /** Sends the digest: a message of KMS has at most 4096 bytes ("Sign", AWS KMS API Reference). */
  async sign(message: Uint8Array): Promise<Buffer> {
    const Message = createHash('sha256').update(message).digest();
    const request = new SignCommand({ KeyId: this.keyId, Message, MessageType: 'DIGEST', SigningAlgorithm: algorithm });
    const { Signature: signature } = await this.answered('a signature', () => this.client.send(request));
    if (signature === undefined) throw refusal(this.name, 'a signature', 'none', 'run the command again');
    return Buffer.from(signature);
  }

  private async answered<Answer>(expected: string, ask: () => Promise<Answer>): Promise<Answer> {
    try {
      return await ask();
    } catch (error) {
      const name = error instanceof Error ? error.name : 'Error';
      const remedy = "check the network, the key's state and the permissions of your role, and run the command again";
      throw refusal(this.name, expected, `${name}: ${messageOf(error)}`, remedy);
    }
  }
}
