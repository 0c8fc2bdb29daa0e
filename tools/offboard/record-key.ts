// The key that signs the records of off-boardings: in AWS KMS, or in a file for trials.
import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { GetPublicKeyCommand, type KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { messageOf } from '../../runtime/vpn/refusal';
import { ToolError } from '../command-line';

/** A key ECC_NIST_P256 that signs records and nothing else: ECDSA with SHA-256. */
export interface RecordKey {
  /** As in `kms:alias/production-records`. */
  readonly name: string;
  /** In PEM. @throws ToolError if the key does not answer, or is of another type */
  publicKey(): Promise<string>;
  /** A signature in DER, as `openssl dgst -sha256 -verify` reads it. @throws ToolError if the key does not answer */
  sign(record: Uint8Array): Promise<Buffer>;
}

const spec = 'ECC_NIST_P256';
const algorithm = 'ECDSA_SHA_256';
const remedy = "check the name, the key's state and your permissions; create the key as docs/runbook.md says, A person leaves";

export class KmsRecordKey implements RecordKey {
  readonly name: string;

  constructor(
    private readonly client: Pick<KMSClient, 'send'>,
    private readonly keyId: string,
  ) {
    this.name = `kms:${keyId}`;
  }

  async publicKey(): Promise<string> {
    const answer = await this.answered('its public key', () => this.client.send(new GetPublicKeyCommand({ KeyId: this.keyId })));
    const { KeySpec, KeyUsage, PublicKey } = answer;
    if (KeySpec !== spec || KeyUsage !== 'SIGN_VERIFY' || PublicKey === undefined)
      throw refused(this.name, `a key ${spec} for SIGN_VERIFY`, `${KeySpec} for ${KeyUsage}`);
    const key = createPublicKey({ key: Buffer.from(PublicKey), format: 'der', type: 'spki' });
    return key.export({ format: 'pem', type: 'spki' }) as string;
  }

  async sign(record: Uint8Array): Promise<Buffer> {
    const Message = createHash('sha256').update(record).digest();
    const request = new SignCommand({ KeyId: this.keyId, Message, MessageType: 'DIGEST', SigningAlgorithm: algorithm });
    const { Signature } = await this.answered('a signature', () => this.client.send(request));
    if (Signature === undefined) throw refused(this.name, 'a signature', 'none');
    return Buffer.from(Signature);
  }

  private async answered<Answer>(expected: string, ask: () => Promise<Answer>): Promise<Answer> {
    try {
      return await ask();
    } catch (error) {
      const name = error instanceof Error ? error.name : 'Error';
      throw refused(this.name, expected, `${name}: ${messageOf(error)}`);
    }
  }
}

/** A key in a file in PEM, for trials and tests. */
export class LocalRecordKey implements RecordKey {
  readonly name: string;

  constructor(private readonly file: string) {
    this.name = `local:${file}`;
  }

  async publicKey(): Promise<string> {
    const key = createPublicKey(this.privateKey());
    const { asymmetricKeyDetails: { namedCurve } = {} } = key;
    if (namedCurve !== 'prime256v1') throw refused(this.name, `a key ${spec}`, namedCurve ?? 'another one');
    return key.export({ format: 'pem', type: 'spki' }) as string;
  }

  async sign(record: Uint8Array): Promise<Buffer> {
    return sign('sha256', record, this.privateKey());
  }

  private privateKey() {
    try {
      return createPrivateKey(readFileSync(this.file, 'utf8'));
    } catch (error) {
      throw refused(this.name, 'a private key in PEM', messageOf(error));
    }
  }
}

const refused = (where: string, expected: string, got: string): ToolError =>
  new ToolError(`${where}: expected ${expected}, got ${got}; ${remedy}`);
