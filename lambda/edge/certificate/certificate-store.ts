// Certificates in ACM: those that this deployment imported, identified by their tags, and the one in the
// configuration.
import {
  type ACMClient,
  type CertificateSummary,
  DeleteCertificateCommand,
  DescribeCertificateCommand,
  GetCertificateCommand,
  ImportCertificateCommand,
  ListCertificatesCommand,
  ListTagsForCertificateCommand,
  ResourceInUseException,
  ResourceNotFoundException,
} from '@aws-sdk/client-acm';

/** Source of a certificate that the function imports. */
export const kinds = ['issued', 'self-signed'] as const;
export type Kind = (typeof kinds)[number];

export interface OwnCertificate {
  readonly arn: string;
  readonly kind: Kind;
  readonly inUse: boolean;
}

/** Input of an import. The private key is sent to ACM only. */
export interface Material {
  /** The certificate without its chain, in PEM. */
  readonly certificate: string;
  /** The intermediate certificates, in PEM; empty for a self-signed certificate. */
  readonly chain: string;
  readonly privateKey: string;
}

export interface CertificateStore {
  /** The certificates that this deployment imported into this region, oldest first. */
  importedCertificates(): Promise<readonly OwnCertificate[]>;
  /** The certificate in PEM, without its chain. */
  pem(arn: string): Promise<string>;
  /** Status of any certificate, or undefined if it does not exist. */
  status(arn: string): Promise<string | undefined>;
  /** Imports a new certificate, or reimports the one with this ARN. Returns the ARN. */
  import(kind: Kind, material: Material, arn?: string): Promise<string>;
  /** Deletes a certificate. Returns false if a resource still uses it. */
  remove(arn: string): Promise<boolean>;
}

export const deploymentTag = 'rempart:deployment';
export const kindTag = 'rempart:certificate';

/** AWS Certificate Manager in one region. */
export class Acm implements CertificateStore {
  constructor(
    private readonly client: Pick<ACMClient, 'send'>,
    private readonly deployment: string,
  ) {}

  async importedCertificates(): Promise<readonly OwnCertificate[]> {
    const own: OwnCertificate[] = [];
    for (const { CertificateArn: arn, InUse: inUse = true } of await this.importedSummaries()) {
      const kind = arn === undefined ? undefined : await this.kindOf(arn);
      if (arn !== undefined && kind !== undefined) own.push({ arn, kind, inUse });
    }
    return own;
  }

  async pem(CertificateArn: string): Promise<string> {
    const { Certificate: pem } = await this.client.send(new GetCertificateCommand({ CertificateArn }));
    if (pem === undefined) throw new Error(`${CertificateArn}: expected a certificate, got none; check it in ACM`);
    return pem;
  }

  async status(CertificateArn: string): Promise<string | undefined> {
    try {
      const { Certificate: detail } = await this.client.send(new DescribeCertificateCommand({ CertificateArn }));
      return detail?.Status;
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  }

  async import(kind: Kind, { certificate, chain, privateKey }: Material, arn?: string): Promise<string> {
    const bytes = (text: string) => Buffer.from(text, 'utf8');
    const { CertificateArn: imported } = await this.client.send(
      new ImportCertificateCommand({
        Certificate: bytes(certificate),
        PrivateKey: bytes(privateKey),
        ...(chain === '' ? {} : { CertificateChain: bytes(chain) }),
        // ACM rejects tags with an ARN: "You cannot apply tags when reimporting a certificate".
        ...(arn === undefined ? { Tags: this.tags(kind) } : { CertificateArn: arn }),
      }),
    );
    if (imported === undefined) throw new Error('ACM: expected the ARN of the imported certificate, got none; run the function again');
    return imported;
  }

  async remove(CertificateArn: string): Promise<boolean> {
    try {
      await this.client.send(new DeleteCertificateCommand({ CertificateArn }));
      return true;
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return true;
      if (error instanceof ResourceInUseException) return false;
      throw error;
    }
  }

  /** By default ACM lists RSA 2048 certificates only, hence the filter. */
  private async importedSummaries(): Promise<readonly CertificateSummary[]> {
    const found: CertificateSummary[] = [];
    let NextToken: string | undefined;
    do {
      const page = await this.client.send(
        new ListCertificatesCommand({ Includes: { keyTypes: ['RSA_4096'] }, ...(NextToken === undefined ? {} : { NextToken }) }),
      );
      found.push(...(page.CertificateSummaryList ?? []).filter(({ Type }) => Type === 'IMPORTED'));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    const createdAt = ({ CreatedAt }: CertificateSummary): number => CreatedAt?.getTime() ?? 0;
    return found.toSorted((one, other) => createdAt(one) - createdAt(other));
  }

  private async kindOf(CertificateArn: string): Promise<Kind | undefined> {
    try {
      const { Tags: tags = [] } = await this.client.send(new ListTagsForCertificateCommand({ CertificateArn }));
      const value = (key: string) => tags.find(({ Key }) => Key === key)?.Value;
      return value(deploymentTag) === this.deployment ? kinds.find((kind) => kind === value(kindTag)) : undefined;
    } catch (error) {
      // Deleted since the list.
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  }

  private tags(kind: Kind) {
    return [
      { Key: deploymentTag, Value: this.deployment },
      { Key: kindTag, Value: kind },
      { Key: 'rempart:classification', Value: 'confidential' },
    ];
  }
}
