// The certificate of the VPN server in AWS Certificate Manager, with the authority as its chain.
import { type ACMClient, ImportCertificateCommand } from '@aws-sdk/client-acm';
import { messageOf, refusal } from '../../runtime/vpn/refusal';

export interface ServerCertificates {
  /**
   * Stores the certificate, the certificate of the authority and the private key, which is stored nowhere else.
   * Returns the place; a certificate at `place` is replaced.
   */
  import(certificate: string, authority: string, privateKey: string, place?: string): Promise<string>;
}

/**
 * Certificates in ACM. Client VPN takes the ARN for the server and, as the authority signs both, for the clients
 * ("Enable mutual authentication for AWS Client VPN").
 */
export class AcmServerCertificates implements ServerCertificates {
  constructor(
    private readonly client: Pick<ACMClient, 'send'>,
    private readonly deployment: string,
  ) {}

  async import(certificate: string, authority: string, privateKey: string, place?: string): Promise<string> {
    const request = new ImportCertificateCommand({
      Certificate: Buffer.from(certificate),
      CertificateChain: Buffer.from(authority),
      PrivateKey: Buffer.from(privateKey),
      // ACM rejects tags with an ARN: "You cannot apply tags when reimporting a certificate".
      ...(place === undefined ? { Tags: this.tags() } : { CertificateArn: place }),
    });
    const { CertificateArn: arn } = await this.client.send(request).catch((error: unknown) => {
      throw refusal('ACM', 'the import of the server certificate', messageOf(error), 'check your permissions, and run the command again');
    });
    if (arn === undefined) throw refusal('ACM', 'the ARN of the server certificate', 'none', 'run the command again');
    return arn;
  }

  private tags() {
    return [
      { Key: 'rempart:deployment', Value: this.deployment },
      { Key: 'rempart:certificate', Value: 'vpn-server' },
      { Key: 'rempart:classification', Value: 'confidential' },
    ];
  }
}
