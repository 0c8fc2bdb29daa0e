// The certificates of the account: ours, which are told by their tags, and the one that people gave.
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

/** How the function came by a certificate of its own. */
export const kinds = ['issued', 'self-signed'] as const;
export type Kind = (typeof kinds)[number];

export interface OwnCertificate {
  readonly arn: string;
  readonly kind: Kind;
  readonly inUse: boolean;
}

/** What an import takes. The private key goes to ACM and nowhere else. */
export interface Material {
  /** The certificate alone, in PEM. */
  readonly certificate: string;
  /** What leads from it to the authority, in PEM; empty for a self-signed one. */
  readonly chain: string;
  readonly privateKey: string;
}

export interface CertificateStore {
  /** The certificates that this deployment has imported here, oldest first. */
  own(): Promise<readonly OwnCertificate[]>;
  /** The certificate in PEM, without its chain. */
  pem(arn: string): Promise<string>;
  /** Status and key of any certificate, or nothing if there is none. */
  status(arn: string): Promise<string | undefined>;
  /** Imports a new one, or replaces the content of the one with this ARN. Gives the ARN. */
  import(kind: Kind, material: Material, arn?: string): Promise<string>;
  /** Deletes one; says whether it is gone, which it is not while something uses it. */
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

  async own(): Promise<readonly OwnCertificate[]> {
    const own: OwnCertificate[] = [];
    for (const { CertificateArn: arn, InUse: inUse = true } of await this.imported()) {
      const kind = arn === undefined ? undefined : await this.kindOf(arn);
      if (arn !== undefined && kind !== undefined) own.push({ arn, kind, inUse });
    }
    return own;
  }

  async pem(CertificateArn: string): Promise<string> {
    const { Certificate: pem } = await this.client.send(new GetCertificateCommand({ CertificateArn }));
    if (pem === undefined) throw new Error(`${CertificateArn}: expected a certificate, got none; look at it in ACM`);
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
        // ACM refuses tags with an ARN: "You cannot apply tags when reimporting a certificate".
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

  /** Without the filter, ACM leaves out every key beyond RSA 2048. */
  private async imported(): Promise<readonly CertificateSummary[]> {
    const found: CertificateSummary[] = [];
    let NextToken: string | undefined;
    do {
      const page = await this.client.send(
        new ListCertificatesCommand({ Includes: { keyTypes: ['RSA_4096'] }, ...(NextToken === undefined ? {} : { NextToken }) }),
      );
      found.push(...(page.CertificateSummaryList ?? []).filter(({ Type }) => Type === 'IMPORTED'));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    const made = ({ CreatedAt }: CertificateSummary): number => CreatedAt?.getTime() ?? 0;
    return found.toSorted((one, other) => made(one) - made(other));
  }

  private async kindOf(CertificateArn: string): Promise<Kind | undefined> {
    try {
      const { Tags: tags = [] } = await this.client.send(new ListTagsForCertificateCommand({ CertificateArn }));
      const value = (key: string) => tags.find(({ Key }) => Key === key)?.Value;
      return value(deploymentTag) === this.deployment ? kinds.find((kind) => kind === value(kindTag)) : undefined;
    } catch (error) {
      // Somebody deleted it meanwhile.
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
