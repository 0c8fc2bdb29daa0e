// The parts of the VPN in a folder, for the twin and for tests: the authority's key, the registry, the endpoint's
// files.
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { chmodSync, existsSync, linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ObjectStore, StoredObject } from '../../runtime/object-store';
import { modulusBits } from '../../runtime/vpn/certificate-request';
import type { VpnEndpoint } from '../../runtime/vpn/endpoint';
import { messageOf, refusal } from '../../runtime/vpn/refusal';
import type { SigningKey } from '../../runtime/vpn/signing-key';
import type { ServerCertificates } from './server-certificates';

const keyFile = 'authority.key';

/** Creates the folder and the authority's key in it, unless they exist. Only their owner can read them. */
export function createLocalAuthority(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, keyFile);
  if (existsSync(path)) return;
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: modulusBits });
  createWhole(path, privateKey.export({ format: 'pem', type: 'pkcs8' }) as string);
}

/** A key in a file. */
export class LocalSigningKey implements SigningKey {
  readonly name: string;

  constructor(folder: string) {
    this.name = join(folder, keyFile);
  }

  async publicKey(): Promise<Buffer> {
    return createPublicKey(this.privateKey()).export({ format: 'der', type: 'spki' });
  }

  async sign(message: Uint8Array): Promise<Buffer> {
    return sign('sha256', message, this.privateKey());
  }

  private privateKey() {
    try {
      return createPrivateKey(readFileSync(this.name, 'utf8'));
    } catch (error) {
      throw refusal(this.name, 'the key of the authority', messageOf(error), 'create it with npm run vpn -- init');
    }
  }
}

/**
 * Objects as files, one for each version: `<key>.<version>`. A file appears whole and at most once, so a version has
 * one writer, also among processes.
 */
export class FolderObjects implements ObjectStore {
  constructor(private readonly folder: string) {}

  async read(key: string): Promise<StoredObject | undefined> {
    const version = this.newest(key);
    return version === 0 ? undefined : { text: readFileSync(this.path(key, version), 'utf8'), version: String(version) };
  }

  async write(key: string, text: string, _contentType: string, replaced: StoredObject | undefined): Promise<boolean> {
    return createWhole(this.path(key, Number(replaced?.version ?? 0) + 1), text);
  }

  private path = (key: string, version: number): string => join(this.folder, `${key}.${version}`);

  private newest(key: string): number {
    const names = existsSync(this.folder) ? readdirSync(this.folder) : [];
    const versions = names.flatMap((name) => (name.startsWith(`${key}.`) ? [Number(name.slice(key.length + 1))] : []));
    return Math.max(0, ...versions.filter(Number.isSafeInteger));
  }
}

/** Creates a file in one step, with its content. Returns false if it exists. */
function createWhole(path: string, content: string): boolean {
  const unfinished = `${path}.${process.pid}-${Math.random().toString(36).slice(2)}.unfinished`;
  writeFileSync(unfinished, content, { mode: 0o600, flag: 'wx' });
  try {
    linkSync(unfinished, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(unfinished);
  }
}

/** Replaces a file in one step. */
function replaceWhole(path: string, content: string, mode: number): void {
  const unfinished = `${path}.${process.pid}-${Math.random().toString(36).slice(2)}.unfinished`;
  writeFileSync(unfinished, content, { mode: 0o600, flag: 'wx' });
  chmodSync(unfinished, mode);
  renameSync(unfinished, path);
}

/** The files of an OpenVPN server: its revocation list. The server ends connections itself when it reads the list. */
export class FolderEndpoint implements VpnEndpoint {
  readonly name: string;

  constructor(folder: string) {
    this.name = join(folder, 'revocation-list.pem');
  }

  async revocationList(): Promise<string | undefined> {
    return existsSync(this.name) ? readFileSync(this.name, 'utf8') : undefined;
  }

  async importList(pem: string): Promise<void> {
    // An OpenVPN server reads the list after it has given up its privileges.
    replaceWhole(this.name, pem, 0o644);
  }

  async connections(): Promise<readonly []> {
    return [];
  }

  async terminate(): Promise<void> {}
}

/**
 * The files of an OpenVPN server: its certificate and key in one, so that no reader has one without the other, and the
 * certificate of the authority.
 */
export class FolderServerCertificates implements ServerCertificates {
  constructor(private readonly folder: string) {}

  async import(certificate: string, authority: string, privateKey: string): Promise<string> {
    const place = join(this.folder, 'server.pem');
    replaceWhole(join(this.folder, 'authority.crt'), authority, 0o644);
    replaceWhole(place, `${certificate}${privateKey}`, 0o600);
    return place;
  }
}
