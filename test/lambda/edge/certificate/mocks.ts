// Mocks of the services that the function calls, with the SDK's types: they store their input and return the errors of
// AWS.
import { createPrivateKey, randomUUID, X509Certificate } from 'node:crypto';
import {
  type ACMClient,
  DeleteCertificateCommand,
  DescribeCertificateCommand,
  GetCertificateCommand,
  ImportCertificateCommand,
  type ImportCertificateCommandInput,
  ListCertificatesCommand,
  type ListCertificatesCommandOutput,
  ListTagsForCertificateCommand,
  ResourceInUseException,
  ResourceNotFoundException,
  type Tag,
} from '@aws-sdk/client-acm';
import {
  ChangeResourceRecordSetsCommand,
  type ChangeResourceRecordSetsCommandInput,
  GetChangeCommand,
  InvalidChangeBatch,
  type Route53Client,
} from '@aws-sdk/client-route-53';
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  ResourceNotFoundException as NoSuchSecret,
  PutSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';

interface Imported {
  pem: string;
  chain: string;
  privateKey: string;
  readonly tags: readonly Tag[];
  readonly type: 'IMPORTED' | 'AMAZON_ISSUED';
  status: string;
  inUse: boolean;
  readonly created: Date;
}

const text = (bytes: Uint8Array | undefined): string => (bytes === undefined ? '' : Buffer.from(bytes).toString('utf8'));

/** A mock of ACM in one region and account. */
export class AcmMock {
  readonly certificates = new Map<string, Imported>();
  /** Names of the commands that were sent. */
  readonly sent: string[] = [];
  /** Certificates on a page of a list. */
  pageSize = 2;

  /** Puts a certificate there as somebody else would have. Gives its ARN. */
  add(pem: string, rest: Partial<Imported> = {}): string {
    const arn = `arn:aws:acm:eu-west-3:111111111111:certificate/${randomUUID()}`;
    const created = new Date(Date.now() + this.certificates.size);
    this.certificates.set(arn, {
      pem,
      chain: '',
      privateKey: '',
      tags: [],
      type: 'IMPORTED',
      status: 'ISSUED',
      inUse: false,
      created,
      ...rest,
    });
    return arn;
  }

  readonly send = async (command: object): Promise<unknown> => {
    this.sent.push(command.constructor.name.replace('Command', ''));
    if (command instanceof ListCertificatesCommand) return this.list(command.input.NextToken, command.input.Includes?.keyTypes ?? []);
    if (command instanceof ImportCertificateCommand) return this.import(command.input);
    if (command instanceof ListTagsForCertificateCommand) return { Tags: this.find(command.input.CertificateArn).tags };
    if (command instanceof GetCertificateCommand) {
      const { pem, chain } = this.find(command.input.CertificateArn);
      return { Certificate: pem, ...(chain === '' ? {} : { CertificateChain: chain }) };
    }
    if (command instanceof DescribeCertificateCommand) {
      const { status, type } = this.find(command.input.CertificateArn);
      // As the service writes it, unlike its own documentation: the handler must not go by it.
      return { Certificate: { CertificateArn: command.input.CertificateArn, Status: status, Type: type, KeyAlgorithm: 'RSA-4096' } };
    }
    if (command instanceof DeleteCertificateCommand) return this.delete(command.input.CertificateArn);
    throw new Error(`the mock of ACM does not know ${command.constructor.name}`);
  };

  get client(): Pick<ACMClient, 'send'> {
    return { send: this.send } as Pick<ACMClient, 'send'>;
  }

  private find(arn = ''): Imported {
    const found = this.certificates.get(arn);
    if (!found) throw new ResourceNotFoundException({ message: `no certificate ${arn}`, $metadata: {} });
    return found;
  }

  /** Newest first, page by page, and of the key types that were asked for alone: by default none beyond RSA 2048. */
  private list(token = '0', keyTypes: readonly string[]): Omit<ListCertificatesCommandOutput, '$metadata'> {
    const all = [...this.certificates].toReversed().filter(([, { pem }]) => keyTypes.includes(keyTypeOf(pem)));
    const from = Number(token);
    const page = all.slice(from, from + this.pageSize);
    return {
      CertificateSummaryList: page.map(([CertificateArn, { type: Type, inUse: InUse, created: CreatedAt }]) => ({
        CertificateArn,
        Type,
        InUse,
        CreatedAt,
      })),
      ...(from + this.pageSize < all.length ? { NextToken: String(from + this.pageSize) } : {}),
    };
  }

  /** "Prerequisites for importing ACM certificates" and "Reimporting a certificate". */
  private import(input: ImportCertificateCommandInput): { CertificateArn: string } {
    const [pem, chain, privateKey] = [text(input.Certificate), text(input.CertificateChain), text(input.PrivateKey)];
    const certificate = new X509Certificate(pem);
    if (pem.match(/BEGIN CERTIFICATE/g)?.length !== 1) throw new Error('ValidationException: only one certificate');
    if (!certificate.checkPrivateKey(createPrivateKey(privateKey))) throw new Error('ValidationException: the key is another one');
    if (privateKey.length > 5120) throw new Error('ValidationException: the key is too long');
    const isSelfSigned = certificate.issuer === certificate.subject;
    if (!isSelfSigned && !certificate.checkIssued(new X509Certificate(chain))) throw new Error('ValidationException: the chain');
    if (new Date(certificate.validFrom).getTime() > Date.now()) throw new Error('ValidationException: not valid yet');
    const { CertificateArn: arn, Tags: tags } = input;
    if (arn === undefined) return { CertificateArn: this.add(pem, { chain, privateKey, tags: tags ?? [] }) };
    if (tags !== undefined) throw new Error('ValidationException: Tagging is not permitted on re-import.');
    const before = this.find(arn);
    if (keyTypeOf(before.pem) !== keyTypeOf(pem)) throw new Error('ValidationException: the key type cannot be changed');
    Object.assign(before, { pem, chain, privateKey });
    return { CertificateArn: arn };
  }

  private delete(arn = ''): object {
    if (this.find(arn).inUse) throw new ResourceInUseException({ message: `${arn} is in use`, $metadata: {} });
    this.certificates.delete(arn);
    return {};
  }
}

const keyTypeOf = (pem: string): string => {
  const { asymmetricKeyType, asymmetricKeyDetails } = new X509Certificate(pem).publicKey;
  return asymmetricKeyType === 'rsa' ? `RSA_${asymmetricKeyDetails?.modulusLength}` : 'EC_prime256v1';
};

/** A mock of Route 53 with one zone, whose name servers know a change when it has been asked about often enough. */
export class Route53Mock {
  readonly changes: { readonly action: string; readonly name: string; readonly type: string; readonly value: string; asked: number }[] = [];
  /** How often a change is asked about before it is in sync. */
  slowness = 2;
  /** Fails the changes of one kind. */
  refuses: 'UPSERT' | 'DELETE' | undefined;

  /** What name servers answer. */
  readonly txt = (name: string): readonly string[] => {
    const records = new Set<string>();
    for (const change of this.changes.filter(({ asked, ...of }) => of.name === name && (asked > this.slowness || of.action === 'DELETE'))) {
      if (change.action === 'UPSERT') records.clear();
      if (change.action === 'UPSERT') records.add(change.value);
      else records.delete(change.value);
    }
    return [...records];
  };

  readonly send = async (command: object): Promise<unknown> => {
    if (command instanceof ChangeResourceRecordSetsCommand) return this.change(command.input);
    if (command instanceof GetChangeCommand) {
      const change = this.changes[Number(command.input.Id?.replace('/change/C', ''))];
      if (!change) throw new Error(`NoSuchChange: ${command.input.Id}`);
      change.asked++;
      return { ChangeInfo: { Id: command.input.Id, Status: change.asked > this.slowness ? 'INSYNC' : 'PENDING' } };
    }
    throw new Error(`the mock of Route 53 does not know ${command.constructor.name}`);
  };

  get client(): Pick<Route53Client, 'send'> {
    return { send: this.send } as Pick<Route53Client, 'send'>;
  }

  private change({ HostedZoneId: zone, ChangeBatch: batch }: ChangeResourceRecordSetsCommandInput): unknown {
    const [change] = batch?.Changes ?? [];
    const { Name: name = '', Type: type = '', ResourceRecords: [record] = [] } = change?.ResourceRecordSet ?? {};
    const action = change?.Action ?? '';
    if (zone !== 'Z123' || action === this.refuses)
      throw new Error('AccessDenied: not authorized to perform: route53:ChangeResourceRecordSets');
    const value = /^"(.{1,255})"$/.exec(record?.Value ?? '')?.[1];
    if (value === undefined) throw new InvalidChangeBatch({ message: 'TXT values are quoted', $metadata: {} });
    const isThere = this.changes.some((before) => before.name === name && before.value === value);
    if (action === 'DELETE' && !isThere) throw new InvalidChangeBatch({ message: 'no such record', $metadata: {} });
    this.changes.push({ action, name, type, value, asked: 0 });
    return { ChangeInfo: { Id: `/change/C${this.changes.length - 1}`, Status: 'PENDING' } };
  }
}

/** A mock of Secrets Manager. */
export class SecretsMock {
  readonly values = new Map<string, string>();
  /** Fails what writes. */
  refuses = false;

  readonly send = async (command: object): Promise<unknown> => {
    if (command instanceof GetSecretValueCommand) {
      const value = this.values.get(command.input.SecretId ?? '');
      if (value === undefined) throw new NoSuchSecret({ message: 'none', $metadata: {} });
      return { SecretString: value };
    }
    if (this.refuses) throw new Error('AccessDeniedException: secrets');
    if (command instanceof CreateSecretCommand) {
      const { Name: name = '', SecretString: value = '' } = command.input;
      if (this.values.has(name)) throw new Error('ResourceExistsException');
      this.values.set(name, value);
      return {};
    }
    if (command instanceof PutSecretValueCommand) {
      const { SecretId: name = '', SecretString: value = '' } = command.input;
      if (!this.values.has(name)) throw new NoSuchSecret({ message: 'none', $metadata: {} });
      this.values.set(name, value);
      return {};
    }
    throw new Error(`the mock of Secrets Manager does not know ${command.constructor.name}`);
  };

  get client(): Pick<SecretsManagerClient, 'send'> {
    return { send: this.send } as Pick<SecretsManagerClient, 'send'>;
  }
}
